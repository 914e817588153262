@guide:integration-disabled
Feature: A DISABLED integration
  While the integration is DISABLED a user can pair with HYPR by QR code, is warned,
  and can neither register with nor authenticate to Entra.

  Scenario: The phone warns whoever pairs
    Given the lab "disabled-integration"
    And Carol is signed in to Windows
    And Carol has started pairing
    When Carol scans the QR code and authenticates
    And Carol taps "Done" on the phone
    Then Carol sees "Your organization has disabled this integration" on the phone

  Scenario: Pairing with HYPR is recorded all the same
    Given the lab "disabled-integration"
    And Carol is signed in to Windows
    And Carol has started pairing
    When Carol scans the QR code and authenticates
    Then User Management lists Carol under Paired with HYPR, and nowhere else

  Scenario: The phone refuses to be registered
    Given the lab "disabled-integration"
    And Carol is paired with HYPR
    And Carol has asked security info for a security key
    When Carol walks through the Windows dialogs
    Then the security key has answered "CTAP2_ERR_OPERATION_DENIED"
    And Carol sees "Your organization has disabled this integration" on the phone
    And Entra has 0 security keys of Carol

  @determinism
  Scenario: Disabled after pairing, the phone refuses to sign in
    Given the lab "default"
    And Carol is paired with Azure
    And the administrator has disabled the integration
    And Carol has locked the workstation
    When Carol chooses the security key on the sign-in screen
    Then the security key has answered "CTAP2_ERR_OPERATION_DENIED"
    And Carol is not logged in to Windows

  Scenario: Disabled after pairing, Azure-protected content stays closed
    Given the lab "default"
    And Carol is paired with Azure
    And the administrator has disabled the integration
    When Carol opens Microsoft 365 in Chrome with the security key
    Then the security key has answered "CTAP2_ERR_OPERATION_DENIED"
    And Carol does not see "Carol Shaw" in Chrome

  Scenario: Disabled between pairing with HYPR and pairing with Azure
    Given the lab "default"
    And Carol is paired with HYPR
    And the administrator has disabled the integration
    And Carol has asked security info for a security key
    When Carol walks through the Windows dialogs
    Then the security key has answered "CTAP2_ERR_OPERATION_DENIED"
    And Entra has 0 security keys of Carol

  Scenario: Disabling destroys nothing
    Given the lab "default"
    And Carol is paired with Azure
    When the administrator disables the integration
    Then Entra has 1 security key of Carol
    And Entra has Carol in "HYPR Group (Client Paired with Azure)" only

  Scenario: Enabled again, the phone signs in again
    Given the lab "default"
    And Carol is paired with Azure
    And the administrator has disabled the integration
    And the administrator has enabled the integration
    When Carol unlocks the workstation with the phone
    Then Carol is logged in to Windows
