@guide:do-this-first
Feature: Workstation Settings in Advanced mode
  Three settings are on by default; they do not work with this integration and have to be saved off.

  Scenario Outline: A new application has <setting> on
    Given the lab "not-integrated"
    And the administrator adds a new integration
    When the administrator opens "Workstation Settings" of the application "HighlandsPasskey"
    Then the administrator sees "<setting>" set to "on"

    Examples:
      | setting             |
      | Enable Security Key |
      | Enable Offline Mode |
      | Recovery Mode       |

  Scenario: Saving at the bottom of the page is confirmed
    Given the lab "settings-left-on"
    When the administrator opens "Workstation Settings"
    And the administrator types "off" as "Enable Security Key"
    And the administrator clicks "Save"
    Then the administrator sees "Workstation Settings saved successfully"
    And the administrator sees "Enable Security Key" set to "off"

  Scenario: Without Save nothing has changed
    Given the lab "settings-left-on"
    When the administrator opens "Workstation Settings"
    And the administrator types "off" as "Enable Offline Mode"
    And the administrator opens "Workstation Settings"
    Then the administrator sees "Enable Offline Mode" set to "on"

  Scenario: Once all three are saved off, a pairing reports no failure
    Given the lab "settings-left-on"
    When the administrator opens "Workstation Settings"
    And the administrator types "off" as "Enable Security Key"
    And the administrator types "off" as "Enable Offline Mode"
    And the administrator types "off" as "Recovery Mode"
    And the administrator clicks "Save"
    And Carol pairs from the beginning
    And the administrator opens "Audit Trail"
    Then the administrator does not see "LAB_SETTING_LEFT_ON"

  Scenario: The client offers no security key once the setting is saved off
    Given the lab "settings-left-on"
    And Carol is signed in to Windows
    When the administrator opens "Workstation Settings"
    And the administrator types "off" as "Enable Security Key"
    And the administrator clicks "Save"
    And Carol starts pairing up to the choice of a device
    Then Carol does not see "Security Key" in the Passwordless client

  Scenario: Standard mode holds what a new application begins with
    Given the lab "not-integrated"
    When the administrator opens the integrations
    And the administrator clicks "Workstation"
    And the administrator types "off" as "Recovery Mode"
    And the administrator clicks "Save"
    And the administrator adds the integration
    And the administrator opens "Workstation Settings"
    Then the administrator sees "Recovery Mode" set to "off"
    And the administrator sees "Enable Offline Mode" set to "on"
