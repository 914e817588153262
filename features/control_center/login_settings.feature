@guide:setting-up-the-hypr-tenant
Feature: Login Settings
  The tab restricts domains and gives the desktop client; the rest of it is being built.

  Background:
    Given the lab "default"

  Scenario: What is still being built says so
    When the administrator opens "Login Settings"
    Then the administrator sees "Installation Guides are currently being built."
    And the administrator sees "Access Control is currently being built."

  @guide:restrict-domains
  Scenario: The toggle is off, and any domain is accepted
    When the administrator opens "Login Settings"
    Then the administrator sees "Off: users of any domain are accepted."
    And the administrator cannot click "+Add Domain"

  @guide:restrict-domains
  Scenario: Switched on, the dialog expands
    When the administrator opens "Login Settings"
    And the administrator clicks "Restrict Domains"
    Then the administrator can click "+Add Domain"
    And the administrator does not see "Off: users of any domain are accepted."

  @guide:restrict-domains
  Scenario: Each domain that is added opens a field for another
    When the administrator opens "Login Settings"
    And the administrator clicks "Restrict Domains"
    And the administrator clicks "+Add Domain"
    And the administrator types "highlands_azure.com" as "Domain"
    And the administrator clicks "+Add Domain"
    Then the administrator sees "highlands_azure.com" in the column "Domain"
    And the administrator sees "Domain" set to ""

  @guide:restrict-domains
  Scenario: A domain with https:// is refused
    When the administrator opens "Login Settings"
    And the administrator clicks "Restrict Domains"
    And the administrator clicks "+Add Domain"
    And the administrator types "https://highlands_azure.com" as "Domain"
    And the administrator clicks "Save"
    Then the administrator sees "is not a domain name. Type it without https://"
    And the administrator does not see "Restrict Domains saved successfully"

  @guide:restrict-domains
  Scenario: An empty list is not saved
    When the administrator opens "Login Settings"
    And the administrator clicks "Restrict Domains"
    And the administrator clicks "Save"
    Then the administrator sees "Add at least one domain, or turn Restrict Domains off."

  @guide:restrict-domains
  Scenario: The x beside a domain removes it
    Given the administrator has restricted the domains to "highlands_azure.com,lowlands.example"
    When the administrator opens "Login Settings"
    And the administrator clicks "x" beside "lowlands.example"
    And the administrator clicks "Save"
    Then the administrator sees "Restrict Domains saved successfully"
    And the administrator sees "highlands_azure.com" in the column "Domain"
    And the administrator does not see "lowlands.example"

  @guide:restrict-domains
  Scenario: What is not saved has no effect
    When the administrator opens "Login Settings"
    And the administrator clicks "Restrict Domains"
    And the administrator clicks "+Add Domain"
    And the administrator types "lowlands.example" as "Domain"
    And the administrator clicks "+Add Domain"
    And the administrator opens "Login Settings"
    Then the administrator sees "Off: users of any domain are accepted."

  @guide:restrict-domains
  Scenario: Switched off and saved, any domain is accepted again
    Given the administrator has restricted the domains to "lowlands.example"
    And Carol is signed in to Windows
    And Carol has started pairing
    When the administrator opens "Login Settings"
    And the administrator clicks "Restrict Domains"
    And the administrator clicks "Save"
    And Carol scans the QR code and authenticates
    Then User Management lists Carol under Paired with HYPR, and nowhere else
