@guide:setting-up-the-hypr-tenant
Feature: Download Desktop Client
  An archive with the installer and the parameters that lead it to this integration.

  Scenario: The popup leaves the choice to go back
    Given the lab "default"
    When the administrator opens "Login Settings"
    And the administrator clicks "Download Desktop Client"
    And the administrator clicks "Back"
    Then the administrator sees "Login Settings"
    And the administrator can click "Download Desktop Client"

  Scenario: Whoever is unsure is told to ask
    Given the lab "default"
    When the administrator opens "Login Settings"
    And the administrator clicks "Download Desktop Client"
    Then the administrator sees "go back and contact your support"
    And the administrator can click "Download Now"

  Scenario: The archive holds the installer and its parameters
    Given the lab "default"
    When the administrator downloads the desktop client
    Then the downloaded archive holds "WorkforceAccess-8.3.0_x64.msi, hypr.json"

  Scenario: The parameters lead to this integration
    Given the lab "default"
    When the administrator downloads the desktop client
    Then the installation parameter "rpUrl" is "https://highlandsbank.gethypr.com/rp"
    And the installation parameter "appId" is "HighlandsPasskey"
    And the installation parameter "supportEmail" is "support@highlandsbank.gethypr.com"

  Scenario: From the form to a paired phone, by hand
    Given the lab "not-integrated"
    And the administrator adds a new integration
    And the feature flag "FIDO2_MOBILE_AUTHENTICATOR" of the application is on
    And the feature flag "RP_APP_WORKSTATION_ENABLED" of the application is on
    And the administrator has enabled the integration
    And the administrator has downloaded the desktop client
    And Carol has installed the Passwordless client from the archive
    And Carol is signed in to Windows
    And Carol has started pairing
    When Carol scans the QR code and authenticates
    Then User Management lists Carol under Paired with HYPR, and nowhere else

  Scenario: An install token of somebody else's pairs nothing
    Given the lab "default"
    And the administrator has downloaded the desktop client
    And Carol has installed the Passwordless client with the install token "0f03f635-4d9a-46ff-b537-cd97ad77cb6e"
    And Carol is signed in to Windows
    When Carol opens the Passwordless client
    And Carol clicks "Start Pairing" in the Passwordless client
    And Carol clicks "Continue" in the Passwordless client
    Then Carol sees "The access token is not accepted here." in the Passwordless client

  Scenario: At pairing the install token is exchanged for one of the workstation's own
    Given the lab "default"
    And the administrator has downloaded the desktop client
    When Carol pairs from the beginning
    Then the install token no longer opens the list of phones of Carol's workstation
    And Carol sees "Carol's iPhone" in the Passwordless client
