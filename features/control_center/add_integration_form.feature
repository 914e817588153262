@guide:setting-up-the-hypr-tenant
Feature: The way to the Add Integration form
  Integrations, Add New Integrations, Azure AD, the choice of a login experience, and a form whose every field is looked at.

  Background:
    Given the lab "not-integrated"

  Scenario: Azure AD asks for the login experience
    When the administrator opens the integrations
    And the administrator clicks "Add New Integrations"
    And the administrator clicks "Azure AD"
    Then the administrator sees "Select your login experience"
    And the administrator can click "Native Azure Login Experience"
    And the administrator can click "HYPR Login Experience"

  Scenario: Next without a choice goes nowhere
    When the administrator opens the integrations
    And the administrator clicks "Add New Integrations"
    And the administrator clicks "Azure AD"
    And the administrator clicks "Next"
    Then the administrator sees "Select a login experience."

  Scenario Outline: The form asks for <field>
    When the administrator adds the integration with "" as "<field>"
    Then the administrator sees "<words>"
    And Entra has no group of HYPR's

    Examples:
      | field                    | words                               |
      | Application Name         | Enter an Application Name.          |
      | Client ID                | Enter the Client ID.                |
      | Tenant ID                | Enter the Tenant ID.                |
      | Client Secret            | Enter the Client Secret.            |
      | Service Account Username | Enter the Service Account Username. |
      | Service Account Password | Enter the Service Account Password. |

  Scenario: A name of HYPR's own is refused
    When the administrator adds the integration with "HYPRDefaultApplication" as "Application Name"
    Then the administrator sees "This Application Name is reserved by HYPR."

  Scenario: A refused form keeps what was typed, but no secret
    When the administrator adds the integration with "Highlands.Passkey" as "Application Name"
    Then the administrator sees "Application Name" set to "Highlands.Passkey"
    And the administrator sees "Client Secret" set to ""
    And the administrator sees "Service Account Password" set to ""

  Scenario: The service account does not exist
    When the administrator adds the integration with "nobody@highlands_azure.com" as "Service Account Username"
    Then the administrator sees "Check the Service Account Username: the tenant has no such account."
    And the administrator sees "AADSTS50034"

  Scenario: The popup after a success offers to invite users or to do it later
    When the administrator adds the integration
    Then the administrator sees "Integration added"
    And the administrator can click "Invite Users"
    And the administrator can click "Maybe Later"

  Scenario: The new integration is an application of its name
    Given the administrator adds a new integration
    When the administrator opens the integrations
    And the administrator clicks "Advanced"
    Then the administrator sees "Choose an App"
    And the administrator sees "HighlandsPasskey" in the column "Application"
