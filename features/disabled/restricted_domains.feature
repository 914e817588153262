@guide:restrict-domains
Feature: Restricted domains
  Only users of an accepted domain may pair, whatever the case of the letters.

  Scenario: Saving the list is confirmed
    Given the lab "default"
    When the administrator restricts the domains to "highlands_azure.com"
    Then the administrator sees "Restrict Domains saved successfully"

  Scenario: A user of another domain is refused at the scan
    Given the lab "restricted-domains"
    And Carol is signed in to Windows
    And Carol has started pairing
    When Carol scans the QR code
    Then Carol sees "Your organization does not accept the domain highlands_azure.com" on the phone

  Scenario: Nothing is recorded of a user who is refused
    Given the lab "restricted-domains"
    And Carol is signed in to Windows
    And Carol has started pairing
    When Carol scans the QR code
    Then User Management lists Carol under Pending, and nowhere else

  Scenario Outline: An accepted domain: <domain>
    Given the lab "default"
    And the administrator has restricted the domains to "<domain>"
    And Carol is signed in to Windows
    And Carol has started pairing
    When Carol scans the QR code and authenticates
    Then User Management lists Carol under Paired with HYPR, and nowhere else

    Examples:
      | domain                               |
      | highlands_azure.com                  |
      | HIGHLANDS_Azure.com                  |
      | lowlands.example,highlands_azure.com |

  Scenario: A sub-domain is another domain
    Given the lab "default"
    And the administrator has restricted the domains to "azure.highlands_azure.com"
    And Carol is signed in to Windows
    And Carol has started pairing
    When Carol scans the QR code
    Then Carol sees "does not accept the domain" on the phone

  Scenario: A domain removed after pairing stops new ceremonies
    Given the lab "default"
    And Carol is paired with Azure
    And the administrator has restricted the domains to "lowlands.example"
    And Carol has locked the workstation
    When Carol chooses the security key on the sign-in screen
    Then the security key has answered "CTAP2_ERR_OPERATION_DENIED"
    And Carol is not logged in to Windows

  Scenario: A domain removed after pairing leaves the pairing as it is
    Given the lab "default"
    And Carol is paired with Azure
    When the administrator restricts the domains to "lowlands.example"
    Then User Management lists Carol under Paired with Azure, and nowhere else
    And Entra has 1 security key of Carol
