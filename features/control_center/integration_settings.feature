@guide:setting-up-the-hypr-tenant
Feature: Integration Settings
  The tab describes the Native Azure Login Experience and switches the integration on, with confetti.

  Background:
    Given the lab "not-integrated"
    And the administrator adds a new integration

  Scenario: The tab describes what the integration does
    When the administrator opens "Integration Settings"
    Then the administrator sees "Native Azure Login Experience"
    And the administrator sees "the HYPR Mobile App acts as their FIDO2 security key"

  Scenario: While DISABLED the tab says what users cannot do
    When the administrator opens "Integration Settings"
    Then the administrator sees "Users can pair with HYPR, but cannot register or authenticate to Entra."
    And the administrator can click "Enable"

  Scenario: Enable is confirmed with confetti
    When the administrator opens "Integration Settings"
    And the administrator clicks "Enable"
    Then the administrator sees "Integration enabled"
    And the administrator sees "Confetti"

  Scenario: Close leads back to the settings of an enabled integration
    When the administrator opens "Integration Settings"
    And the administrator clicks "Enable"
    And the administrator clicks "Close"
    Then the administrator sees "ENABLED"
    And the administrator cannot click "Enable"
    And the administrator can click "Disable"

  Scenario: The tab names the three groups in Entra
    When the administrator opens "Integration Settings"
    Then the administrator sees "HYPR Group (Eligible for Pairing)" in the column "Group"
    And the administrator sees "HYPR Group (Client Paired with HYPR)" in the column "Group"
    And the administrator sees "HYPR Group (Client Paired with Azure)" in the column "Group"

  Scenario: A deleted integration leaves its groups in Entra
    When the administrator opens "Integration Settings"
    And the administrator clicks "Delete Integration"
    And the administrator clicks "Delete"
    Then the administrator sees "There are no integrations yet."
    And Entra has HYPR's three groups
