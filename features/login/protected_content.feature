@guide:logging-in-to-azure-protected-content
Feature: Logging in to Azure-protected content
  Chrome asks for a login; the phone answers it in place of a password.

  Background:
    Given the lab "default"
    And Carol is paired with Azure

  Scenario: Microsoft 365 opens with the phone
    When Carol opens Microsoft 365 in Chrome with the security key
    And Carol accepts on the phone and gives the biometric
    And Carol clicks "No" in Chrome
    Then Carol sees "Carol Shaw" in Chrome

  Scenario: The password page offers other ways to sign in
    Given Carol has opened "https://www.office.com/" in Chrome
    When Carol types "carol.shaw@highlands_azure.com" as "Email, phone, or Skype" in Chrome
    And Carol clicks "Next" in Chrome
    And Carol clicks "Other ways to sign in" in Chrome
    Then Carol sees "Use Windows Hello or a security key" in Chrome

  Scenario: Edge signs in by itself
    When Carol opens "https://www.office.com/" in Edge
    Then Carol sees "Carol Shaw" in Edge

  Scenario: Declining leaves the content closed
    When Carol opens Microsoft 365 in Chrome with the security key
    And Carol taps "Decline" on the phone
    Then the security key has answered "CTAP2_ERR_OPERATION_DENIED"
    And Carol does not see "Carol Shaw" in Chrome

  Scenario: A phone does not sign in somebody else
    Given Carol has opened "https://www.office.com/" in Chrome
    When Carol types "dave.munro@highlands_azure.com" as "Email, phone, or Skype" in Chrome
    And Carol clicks "Next" in Chrome
    And Carol clicks "Other ways to sign in" in Chrome
    And Carol clicks "Use Windows Hello or a security key" in Chrome
    And Carol clicks "Security key" in the Windows dialog
    And Carol accepts on the phone and gives the biometric
    Then Entra has refused with AADSTS135012
    And Carol does not see "Dave Munro" in Chrome

  Scenario: A wrong password is refused in Microsoft's words
    Given Carol has opened "https://www.office.com/" in Chrome
    When Carol types "carol.shaw@highlands_azure.com" as "Email, phone, or Skype" in Chrome
    And Carol clicks "Next" in Chrome
    And Carol types "wrong" as "Password" in Chrome
    And Carol clicks "Sign in" in Chrome
    Then Entra has refused with AADSTS50126
    And Carol sees "Your account or password is incorrect" in Chrome

  Scenario: Firefox leaves the choice to Windows
    Given Carol has opened "https://www.office.com/" in Firefox
    When Carol types "carol.shaw@highlands_azure.com" as "Email, phone, or Skype" in Firefox
    And Carol clicks "Next" in Firefox
    And Carol clicks "Other ways to sign in" in Firefox
    And Carol clicks "Use Windows Hello or a security key" in Firefox
    Then Carol sees "Touch your security key" in the Windows dialog
    And Carol sees "Accept" on the phone

  Scenario: Firefox opens Microsoft 365 with the phone
    Given Carol has opened "https://www.office.com/" in Firefox
    When Carol types "carol.shaw@highlands_azure.com" as "Email, phone, or Skype" in Firefox
    And Carol clicks "Next" in Firefox
    And Carol clicks "Other ways to sign in" in Firefox
    And Carol clicks "Use Windows Hello or a security key" in Firefox
    And Carol accepts on the phone and gives the biometric
    And Carol clicks "No" in Firefox
    Then Carol sees "Carol Shaw" in Firefox

  Scenario: What Edge signs in with lasts fourteen days
    When 15 days pass
    And Carol opens "https://www.office.com/" in Edge
    Then Carol sees "Email, phone, or Skype" in Edge

  Scenario: The day after its machine was disabled Edge asks who is there
    Given an administrator has disabled the workstation of Carol in Entra
    When 2 days pass
    And Carol opens "https://www.office.com/" in Edge
    Then Carol sees "Email, phone, or Skype" in Edge

  Scenario: Chrome begins with the key once Carol has signed in with it
    Given Carol has opened Microsoft 365 in Chrome with the security key
    And Carol has accepted on the phone and given the biometric
    And Carol has clicked "No" in Chrome
    And Carol has clicked "Sign out" in Chrome
    And Carol has opened "https://www.office.com/" in Chrome
    When Carol types "carol.shaw@highlands_azure.com" as "Email, phone, or Skype" in Chrome
    And Carol clicks "Next" in Chrome
    Then Carol sees "Face, fingerprint, PIN or security key" in Chrome
    And Carol does not see "Password" in Chrome
