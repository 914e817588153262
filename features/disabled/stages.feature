@guide:integration-disabled
Feature: Disabled and restricted at each stage of the journey
  The phone asks HYPR before each ceremony, and goes by what it heard last when it cannot ask.

  Rule: Before and between the two halves of pairing
    Scenario: The account on the phone bears the icon of a disabled integration
      Given the lab "disabled-integration"
      And Carol is paired with HYPR
      When Carol taps "My Security Keys" on the phone
      Then Carol sees the icon "Integration Disabled" beside "carol.shaw@highlands_azure.com" on the phone

    Scenario: Enabled between the halves, the icon goes when the app opens
      Given the lab "disabled-integration"
      And Carol is paired with HYPR
      And the administrator has enabled the integration
      When Carol opens the HYPR Mobile App anew
      And Carol taps "My Security Keys" on the phone
      Then Carol sees no icon "Integration Disabled" beside "carol.shaw@highlands_azure.com" on the phone

    Scenario: Enabled between the halves, the phone can be registered
      Given the lab "disabled-integration"
      And Carol is paired with HYPR
      And the administrator has enabled the integration
      When Carol pairs with Azure
      Then User Management lists Carol under Paired with Azure, and nowhere else

    Scenario: Enabled between scan and biometric, nobody is warned
      Given the lab "disabled-integration"
      And Carol is signed in to Windows
      And Carol has started pairing
      And Carol has scanned the QR code
      And the administrator has enabled the integration
      And Carol has given the right biometric
      When Carol taps "Done" on the phone
      Then Carol does not see "Your organization has disabled this integration" on the phone

    Scenario: Disabled while the phone asks, what it has heard still counts
      Given the lab "default"
      And Carol is paired with HYPR
      And Carol has asked security info for a security key
      And Carol has walked through the Windows dialogs
      And the administrator has disabled the integration
      When Carol accepts on the phone and registers a biometric
      Then Carol sees "Name your security key" in Edge

  Rule: After pairing, a phone that cannot ask goes by what it heard last
    Background:
      Given the lab "default"
      And Carol is paired with Azure

    Scenario: Disabled behind its back, it still unlocks Windows
      Given the phone of Carol is offline
      And the administrator has disabled the integration
      When Carol unlocks the workstation with the phone
      Then Carol is logged in to Windows

    Scenario: Back online, it refuses
      Given the phone of Carol is offline
      And the administrator has disabled the integration
      And Carol has unlocked the workstation with the phone
      And Carol has closed the HYPR Mobile App
      And Carol has locked the workstation
      When everything can be reached again
      And Carol chooses the security key on the sign-in screen
      Then the security key has answered "CTAP2_ERR_OPERATION_DENIED"
      And Carol is not logged in to Windows

    Scenario: Enabled behind its back, it still refuses
      Given the administrator has disabled the integration
      And Carol has opened the HYPR Mobile App anew
      And the phone of Carol is offline
      And the administrator has enabled the integration
      And Carol has locked the workstation
      When Carol chooses the security key on the sign-in screen
      Then the security key has answered "CTAP2_ERR_OPERATION_DENIED"
      And Carol sees "Your organization has disabled this integration" on the phone

    Scenario: Its domain removed behind its back, it still unlocks Windows
      Given the phone of Carol is offline
      And the administrator has restricted the domains to "lowlands.example"
      When Carol unlocks the workstation with the phone
      Then Carol is logged in to Windows

    Scenario: Disabled and enabled behind its back, it has missed nothing
      Given the phone of Carol is offline
      And the administrator has disabled the integration
      And the administrator has enabled the integration
      When everything can be reached again
      And Carol unlocks the workstation with the phone
      Then Carol is logged in to Windows

    Scenario: Disabled, the phone can still be unpaired
      Given the administrator has disabled the integration
      When Carol deletes the security key on the phone
      Then Entra has 0 security keys of Carol
      And User Management lists Carol under Pending, and nowhere else

  Rule: The integration is deleted
    Background:
      Given the lab "default"
      And Carol is paired with Azure
      And the administrator has deleted the integration

    Scenario: The phone calls the account no longer paired
      When Carol opens the HYPR Mobile App anew
      And Carol taps "My Security Keys" on the phone
      Then Carol sees the icon "No longer paired" beside "carol.shaw@highlands_azure.com" on the phone

    Scenario: The phone refuses to unlock Windows, though Entra still has the key
      Given Carol has locked the workstation
      When Carol chooses the security key on the sign-in screen
      Then the security key has answered "CTAP2_ERR_OPERATION_DENIED"
      And Entra has 1 security key of Carol

    Scenario: The client has no phone left once its list is fetched
      When Carol restarts the Passwordless client
      Then Carol does not see "Carol's iPhone" in the Passwordless client

  @guide:restrict-domains
  Rule: Domains that are added and removed at each stage
    Background:
      Given the lab "default"

    Scenario: Removed between the halves, the phone refuses to be registered
      Given Carol is paired with HYPR
      And the administrator has restricted the domains to "lowlands.example"
      And Carol has asked security info for a security key
      When Carol walks through the Windows dialogs
      Then the security key has answered "CTAP2_ERR_OPERATION_DENIED"
      And Carol sees "Your organization does not accept the domain highlands_azure.com" on the phone

    Scenario: Removed after pairing, Azure-protected content stays closed
      Given Carol is paired with Azure
      And the administrator has restricted the domains to "lowlands.example"
      When Carol opens Microsoft 365 in Chrome with the security key
      Then the security key has answered "CTAP2_ERR_OPERATION_DENIED"
      And Carol does not see "Carol Shaw" in Chrome

    Scenario: Removed after pairing, the account bears the icon of its domain
      Given Carol is paired with Azure
      And the administrator has restricted the domains to "lowlands.example"
      When Carol opens the HYPR Mobile App anew
      And Carol taps "My Security Keys" on the phone
      Then Carol sees the icon "Domain Not Accepted" beside "carol.shaw@highlands_azure.com" on the phone

    Scenario Outline: The list is <domains> after pairing, and the phone unlocks Windows
      Given Carol is paired with Azure
      And the administrator has restricted the domains to "<domains>"
      When Carol unlocks the workstation with the phone
      Then Carol is logged in to Windows

      Examples:
        | domains                               |
        | highlands_azure.com                   |
        | Highlands_AZURE.com                   |
        | lowlands.example, highlands_azure.com |

    Scenario Outline: The list is <domains> after pairing, and the phone refuses
      Given Carol is paired with Azure
      And the administrator has restricted the domains to "<domains>"
      And Carol has locked the workstation
      When Carol chooses the security key on the sign-in screen
      Then the security key has answered "CTAP2_ERR_OPERATION_DENIED"

      Examples:
        | domains                   |
        | azure.highlands_azure.com |
        | highlands-azure.com       |

    Scenario: Removed and added again, the phone unlocks Windows again
      Given Carol is paired with Azure
      And the administrator has restricted the domains to "lowlands.example"
      And Carol has opened the HYPR Mobile App anew
      And the administrator has restricted the domains to "lowlands.example, highlands_azure.com"
      When Carol unlocks the workstation with the phone
      Then Carol is logged in to Windows

    Scenario: Turned away once, the user pairs when the domain is added
      Given the administrator has restricted the domains to "lowlands.example"
      And Carol is signed in to Windows
      And Carol has started pairing
      And Carol has scanned the QR code
      And the administrator has restricted the domains to "highlands_azure.com"
      When 5 seconds pass
      And Carol clicks "Try Again" in the Passwordless client
      And Carol scans the QR code and authenticates
      Then User Management lists Carol under Paired with HYPR, and nowhere else

    Scenario: The client says that the phone was refused
      Given the administrator has restricted the domains to "lowlands.example"
      And Carol is signed in to Windows
      And Carol has started pairing
      When Carol scans the QR code
      Then within 5 seconds Carol sees "highlands_azure.com" in the Passwordless client

    Scenario: A disabled integration and a domain that is not accepted: the phone names the domain
      Given Carol is paired with Azure
      And the administrator has disabled the integration
      And the administrator has restricted the domains to "lowlands.example"
      And Carol has locked the workstation
      When Carol chooses the security key on the sign-in screen
      Then Carol sees "Your organization does not accept the domain highlands_azure.com" on the phone
