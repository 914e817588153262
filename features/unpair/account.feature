@guide:unpaired-users
Feature: The account itself is suspended or removed in Entra
  HYPR hears of it when User Management is opened, and shows that the Azure pairing no longer exists.

  Background:
    Given the lab "default"
    And Carol is paired with Azure

  Rule: A removed account
    Scenario: The icon says that the account is gone
      When an administrator deletes the account of Carol in Entra
      Then User Management shows "The account no longer exists in Entra." beside Carol under Paired with Azure

    Scenario: Its key unlocks nothing
      Given an administrator has deleted the account of Carol in Entra
      And Carol has locked the workstation
      And Carol has chosen the security key on the sign-in screen
      When Carol accepts on the phone and gives the biometric
      Then Entra has refused with AADSTS500344
      And Carol is not logged in to Windows

    Scenario: Restored, the icon is gone
      Given an administrator has deleted the account of Carol in Entra
      And an administrator has restored the account of Carol in Entra
      When the administrator opens "User Management"
      Then User Management shows no icon beside Carol under Paired with Azure

    Scenario: Restored, its key unlocks Windows again
      Given an administrator has deleted the account of Carol in Entra
      And an administrator has restored the account of Carol in Entra
      When Carol unlocks the workstation with the phone
      Then Carol is logged in to Windows

    Scenario: The administrator of HYPR takes it off the list
      Given an administrator has deleted the account of Carol in Entra
      When the administrator deletes Carol in User Management
      Then User Management lists Carol nowhere

    Scenario: The phone lets it go
      Given an administrator has deleted the account of Carol in Entra
      When Carol deletes the security key on the phone
      Then Carol sees "No security key is paired." on the phone

    Scenario: Unpaired and then restored, it comes back without the key
      Given an administrator has deleted the account of Carol in Entra
      And Carol has deleted the security key on the phone
      When 10 seconds pass
      And an administrator restores the account of Carol in Entra
      And the administrator opens "User Management"
      Then Entra has 0 security keys of Carol
      And Entra has Carol in "HYPR Group (Eligible for Pairing)" only

  Rule: A suspended account
    Scenario: The icon says that it is suspended
      When an administrator suspends the account of Carol in Entra
      Then User Management shows "The account is suspended in Entra." beside Carol under Paired with Azure

    Scenario: Suspension lifted, the icon is gone
      Given an administrator has suspended the account of Carol in Entra
      And the administrator has opened "User Management"
      When an administrator lifts the suspension of Carol in Entra
      Then User Management shows no icon beside Carol under Paired with Azure

    Scenario: Suspension lifted, the phone unlocks Windows again
      Given an administrator has suspended the account of Carol in Entra
      And an administrator has lifted the suspension of Carol in Entra
      When Carol unlocks the workstation with the phone
      Then Carol is logged in to Windows

    Scenario: Unpaired on the phone meanwhile, its key goes from Entra
      Given an administrator has suspended the account of Carol in Entra
      When Carol deletes the security key on the phone
      Then Entra has 0 security keys of Carol

    Scenario: Nobody has opened User Management, so HYPR has not heard of it
      When an administrator suspends the account of Carol in Entra
      And Carol restarts the Passwordless client
      Then Carol sees no icon "Pairing incomplete" beside "Carol's iPhone" in the Passwordless client
