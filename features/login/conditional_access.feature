@guide:logging-in-to-azure-protected-content
Feature: Conditional Access decides who gets to Azure-protected content
  An administrator's policies judge every sign-in, whatever it was done with.

  Background:
    Given the lab "default"
    And Carol is paired with Azure

  Rule: A policy that blocks lets nobody in whom it includes
    Scenario: A right password does not help
      Given Conditional Access blocks Carol
      And Carol has opened "https://www.office.com/" in Chrome
      When Carol types "carol.shaw@highlands_azure.com" as "Email, phone, or Skype" in Chrome
      And Carol clicks "Next" in Chrome
      And Carol types "Heather-42-Loch" as "Password" in Chrome
      And Carol clicks "Sign in" in Chrome
      Then Carol sees "You cannot access this right now" in Chrome
      And Carol sees "Error code: 53003" in Chrome
      And Entra has refused with AADSTS53003

    Scenario: The phone does not help either
      Given Conditional Access blocks Carol
      When Carol opens Microsoft 365 in Chrome with the security key
      And Carol accepts on the phone and gives the biometric
      Then Carol sees "Error code: 53003" in Chrome
      And Carol does not see "Welcome, Carol Shaw" in Chrome

    Scenario: Windows is not asked
      Given Conditional Access blocks Carol
      And Carol has locked the workstation
      When Carol unlocks the workstation with the phone
      Then Carol is logged in to Windows

    Scenario: Exclusion beats inclusion
      Given Conditional Access blocks Carol
      And an administrator has excluded Carol from the Conditional Access policy "Block"
      When Carol opens Microsoft 365 in Chrome with the security key
      And Carol accepts on the phone and gives the biometric
      And Carol clicks "No" in Chrome
      Then Carol sees "Welcome, Carol Shaw" in Chrome

  Rule: A phishing-resistant method is the phone's passkey, not a code by text message
    Scenario: The phone satisfies the policy
      Given Conditional Access asks Carol for a phishing-resistant method
      When Carol opens Microsoft 365 in Chrome with the security key
      And Carol accepts on the phone and gives the biometric
      And Carol clicks "No" in Chrome
      Then Carol sees "Welcome, Carol Shaw" in Chrome

    Scenario: After a password only the phone is offered
      Given Conditional Access asks Carol for a phishing-resistant method
      And Carol has opened "https://www.office.com/" in Chrome
      When Carol types "carol.shaw@highlands_azure.com" as "Email, phone, or Skype" in Chrome
      And Carol clicks "Next" in Chrome
      And Carol types "Heather-42-Loch" as "Password" in Chrome
      And Carol clicks "Sign in" in Chrome
      Then Carol sees "Verify your identity" in Chrome
      And Carol sees "Use Windows Hello or a security key" in Chrome
      And Carol does not see "Text +X" in Chrome

    Scenario: Who has a telephone and no passkey stays outside
      Given Conditional Access asks Dave for a phishing-resistant method
      And Dave is signed in to Windows
      And Dave has opened "https://www.office.com/" in Chrome
      When Dave types "dave.munro@highlands_azure.com" as "Email, phone, or Skype" in Chrome
      And Dave clicks "Next" in Chrome
      And Dave types "Thistle-17-Glen" as "Password" in Chrome
      And Dave clicks "Sign in" in Chrome
      Then Dave sees "You have no method to verify your identity with" in Chrome
      And Dave sees "AADSTS50079" in Chrome

  Rule: HYPR's groups serve for policies
    @guide:setting-up-the-hypr-tenant
    Scenario: Who has an Enterprise Passkey has to use it
      Given Conditional Access asks the members of "HYPR Group (Client Paired with Azure)" for a phishing-resistant method
      And Carol has opened "https://www.office.com/" in Chrome
      When Carol types "carol.shaw@highlands_azure.com" as "Email, phone, or Skype" in Chrome
      And Carol clicks "Next" in Chrome
      And Carol types "Heather-42-Loch" as "Password" in Chrome
      And Carol clicks "Sign in" in Chrome
      Then Carol sees "Use Windows Hello or a security key" in Chrome
      And Carol does not see "Text +X" in Chrome

    @guide:pairing
    Scenario: Who has paired with HYPR and not with Azure can be kept out
      Given Conditional Access blocks the members of "HYPR Group (Client Paired with HYPR)"
      And Dave is paired with HYPR
      When Dave opens "https://www.office.com/" in Edge
      Then Dave sees "You cannot access this right now" in Edge

    @guide:pairing
    Scenario: Who has completed pairing is let in by the same policy
      Given Conditional Access blocks the members of "HYPR Group (Client Paired with HYPR)"
      When Carol opens "https://www.office.com/" in Edge
      Then Carol sees "Welcome, Carol Shaw" in Edge
