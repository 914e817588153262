@guide:user-management
Feature: User Device Details
  The Mobile Devices tab of one user, with what was paired with FIDO2.

  Scenario: The tab has the guide's columns
    Given the lab "default"
    And Carol is paired with HYPR
    When the administrator opens the Device Details of Carol
    Then the administrator can click "Mobile Devices"
    And the administrator sees the columns "Device Name, Model, Mobile OS, Device ID, FIDO ID, Date Created, Authenticators, Workstations, Workstation ID, Web Domains, Username, Domain ID"

  Scenario: The phone and its workstation
    Given the lab "default"
    And Carol is paired with HYPR
    When the administrator opens the Device Details of Carol
    Then the administrator sees "iPhone 14" in the column "Model"
    And the administrator sees "IOS" in the column "Mobile OS"
    And the administrator sees "WS-CAROL" in the column "Workstations"

  Scenario: A user Paired with HYPR has a FIDO2 web domain and a FIDO2 username
    Given the lab "default"
    And Carol is paired with HYPR
    When the administrator opens the Device Details of Carol
    Then the administrator sees "login.microsoft.com" in the column "Web Domains"
    And the administrator sees "carol.shaw@highlands_azure.com" in the column "Username"

  Scenario Outline: The Authenticators icons of <person> before the key
    Given the lab "default"
    And <person> is paired with HYPR
    When the administrator opens the Device Details of <person>
    Then the administrator sees "<icon>" in the column "Authenticators"

    Examples:
      | person | icon        |
      | Carol  | Face ID     |
      | Dave   | Fingerprint |

  Scenario: The key adds an icon of its own
    Given the lab "default"
    And Carol is paired with Azure
    When the administrator opens the Device Details of Carol
    Then the administrator sees "Face ID, FIDO2" in the column "Authenticators"

  Scenario: A user who has never paired has no mobile device
    Given the lab "default"
    When the administrator opens the Device Details of Carol
    Then the administrator sees "No mobile devices."
