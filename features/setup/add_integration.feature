@guide:setting-up-the-hypr-tenant
Feature: Adding an Enterprise Passkey integration
  An administrator fills a form with what was saved while the application was registered in Entra.
  Control Center tries every value against Entra before it says that the integration was added.

  Rule: A complete registration is accepted
    Background:
      Given the lab "not-integrated"

    Scenario: Everything that the guide sets up is in place
      When the administrator adds the integration
      Then the administrator sees "Maybe Later"
      And Entra has HYPR's three groups

    Scenario: Maybe Later leads to Integration User Management
      When the administrator adds the integration
      And the administrator clicks "Maybe Later"
      Then the administrator sees "Paired with HYPR"
      And the administrator sees "Paired with Azure"

    Scenario: A new integration is DISABLED
      Given the administrator adds a new integration
      When the administrator opens "Integration Settings"
      Then the administrator sees "DISABLED"

    Scenario: Enable asks for nothing more
      Given the administrator adds a new integration
      When the administrator enables the integration
      And the administrator opens "Integration Settings"
      Then the administrator sees "ENABLED"

  Rule: The Application Name follows the rule for every rpAppId
    Background:
      Given the lab "not-integrated"

    Scenario Outline: A name that the rule does not allow: <name>
      When the administrator adds the integration with "<name>" as "Application Name"
      Then the administrator sees "<words>"
      And Entra has no group of HYPR's

      Examples:
        | name                     | words         |
        | Highlands.Passkey        | may hold only |
        | Highlands/Passkey        | may hold only |
        | TwentyFourCharactersLong | 23 characters |

    Scenario Outline: A name that the rule allows: <name>
      When the administrator adds the integration with "<name>" as "Application Name"
      Then the administrator sees "Maybe Later"

      Examples:
        | name                    |
        | Highlands Passkey_2-    |
        | TwentyThreeCharactersOk |

    Scenario: A name can be given once
      Given the administrator adds a new integration
      When the administrator adds the integration
      Then the administrator sees "already"

  Rule: What Entra refuses is refused with Entra's code
    Scenario: The id of the client secret is pasted in place of its value
      Given the lab "not-integrated"
      When the administrator adds the integration with the id of the secret in place of its value
      Then the administrator sees "AADSTS7000215"
      And Entra has no group of HYPR's

    Scenario: The Client ID belongs to no application
      Given the lab "not-integrated"
      When the administrator adds the integration with "6f1d1c1e-0000-4000-8000-000000000001" as "Client ID"
      Then the administrator sees "AADSTS700016"

    Scenario: The Tenant ID belongs to no tenant
      Given the lab "not-integrated"
      When the administrator adds the integration with "6f1d1c1e-0000-4000-8000-000000000002" as "Tenant ID"
      Then the administrator sees "AADSTS90002"

    Scenario: The password of the service account is wrong
      Given the lab "not-integrated"
      When the administrator adds the integration with "not the password" as "Service Account Password"
      Then the administrator sees "AADSTS50126"

    Scenario: The client secret has expired
      Given the lab "not-integrated"
      When 181 days pass
      And the administrator adds the integration
      Then the administrator sees "AADSTS7000222"

    @guide:create-service-account
    Scenario: Nobody has set the permanent password of the service account
      Given the lab "temporary-password"
      When the administrator adds the integration
      Then the administrator sees "AADSTS50055"

    @guide:create-service-account
    Scenario: A Conditional Access policy does not exclude the service account
      Given the lab "conditional-access"
      When the administrator adds the integration
      Then the administrator sees "AADSTS50079"
      And the administrator sees "Exclude the service account from the Conditional Access policy that asks for MFA."

    @guide:create-service-account
    Scenario: Excluding the service account from the Conditional Access policy mends it
      Given the lab "conditional-access"
      When an administrator excludes the service account from the Conditional Access policy "Require MFA for everybody"
      And the administrator adds the integration
      Then the administrator sees "Maybe Later"
      And Entra has HYPR's three groups

    @guide:grant-application-required-api-permissions
    Scenario: Nobody has granted admin consent
      Given the lab "no-consent"
      When the administrator adds the integration
      Then the administrator sees "AADSTS65001"

    @guide:grant-application-required-api-permissions
    Scenario: A permission is missing
      Given the lab "missing-permission"
      When the administrator adds the integration
      Then the administrator sees "UserAuthenticationMethod.ReadWrite.All"
      And Entra has no group of HYPR's

    @guide:create-service-account
    Scenario: A role of the service account is missing
      Given the lab "missing-role"
      When the administrator adds the integration
      Then the administrator sees "Privileged Authentication Administrator"
      And Entra has no group of HYPR's

  Rule: Feature flags come first
    @guide:feature-flags
    Scenario: Without the flag of the tenant there is no Native Azure Login Experience
      Given the lab "no-tenant-flags"
      When the administrator looks for the Native Azure Login Experience
      Then the administrator does not see "Native Azure Login Experience"

    @guide:feature-flags
    Scenario: Without the flag of the application the client gets no QR code
      Given the lab "no-application-flags"
      And Carol is signed in to Windows
      When Carol opens the Passwordless client
      And Carol clicks "Start Pairing" in the Passwordless client
      And Carol clicks "Continue" in the Passwordless client
      Then Carol sees "RP_APP_WORKSTATION_ENABLED" in the Passwordless client
