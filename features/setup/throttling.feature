@guide:setting-up-the-hypr-tenant
Feature: Microsoft Graph throttles
  Entra lets an application ask for so much in so much time, and everybody for so much together. Who asks for more is
  told how long to wait. Control Center waits, and gives up when it has been told so four times.

  Rule: Control Center waits as long as it is told
    Background:
      Given the lab "throttled"

    Scenario: Its third change within a minute has to wait
      When the administrator adds the integration
      Then the administrator does not see "Maybe Later"
      When 59 seconds pass
      Then the administrator does not see "Maybe Later"
      When 1 second passes
      Then the administrator sees "Maybe Later"
      And Entra has HYPR's three groups

    Scenario: Somebody else has used up what the tenant has
      Given an administrator's script has created 2 groups in Entra
      When the administrator adds the integration
      And 60 seconds pass
      Then the administrator does not see "Maybe Later"
      And within 1 minute the administrator sees "Maybe Later"
      And Entra has HYPR's three groups

  Rule: Graph under load refuses everybody
    Scenario: The load goes by while Control Center waits
      Given the lab "not-integrated"
      And Microsoft Graph is under load for 25 seconds
      When the administrator adds the integration
      And 29 seconds pass
      Then the administrator does not see "Maybe Later"
      When 1 second passes
      Then the administrator sees "Maybe Later"
      And Entra has HYPR's three groups

    Scenario: The load lasts longer than Control Center tries
      Given the lab "not-integrated"
      And Microsoft Graph is under load for 1 minute
      When the administrator adds the integration
      And 30 seconds pass
      Then the administrator sees "Entra is busy: it answered 429 TooManyRequests to every one of 4 attempts."
      When 30 seconds pass
      Then Entra has no group of HYPR's
      When the administrator adds the integration
      Then the administrator sees "Maybe Later"

    @guide:user-management-for-hypr-enterprise-passkey
    Scenario: User Management shows what it last knew when accounts cannot be confirmed
      Given the lab "default"
      And Carol is paired with Azure
      And Microsoft Graph is under load for 1 minute
      When the administrator opens "User Management"
      And 30 seconds pass
      Then the administrator sees "The accounts could not be confirmed with Entra."
      And the administrator sees "429 TooManyRequests"
      When 30 seconds pass
      Then User Management lists Carol under Paired with Azure, and nowhere else
      And the administrator does not see "The accounts could not be confirmed with Entra."

    @guide:user-management-for-hypr-enterprise-passkey
    Scenario: A key that was deleted under load is noticed once the load is over
      Given the lab "default"
      And Carol is paired with Azure
      And an administrator has deleted the security keys of Carol in Entra
      And Microsoft Graph is under load for 15 seconds
      When the administrator opens "User Management"
      And 20 seconds pass
      Then User Management shows "Azure pairing no longer exists" beside Carol under Paired with Azure
