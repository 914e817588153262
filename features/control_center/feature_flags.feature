@guide:setting-up-the-hypr-tenant
Feature: Feature flags of the tenant and of one application
  Two flags belong to the tenant, two to each new application, and those must not be set at the global level.

  Rule: The tenant's flags come before the integration
    Background:
      Given the lab "not-integrated"

    Scenario: Without AZURE_IDP_INTEGRATION Azure AD is not offered
      Given the feature flag "AZURE_IDP_INTEGRATION" is globally off
      When the administrator opens the integrations
      And the administrator clicks "Add New Integrations"
      Then the administrator cannot click "Azure AD"
      And the administrator sees "No integrations are offered to this tenant."

    Scenario: Without AZURE_NATIVE_LOGIN only the HYPR Login Experience is offered
      Given the feature flag "AZURE_NATIVE_LOGIN" is globally off
      When the administrator looks for the Native Azure Login Experience
      Then the administrator cannot click "Native Azure Login Experience"
      And the administrator can click "HYPR Login Experience"

    Scenario: Both flags set again, the way is open again
      Given the feature flag "AZURE_NATIVE_LOGIN" is globally off
      When the administrator turns the feature flag "AZURE_NATIVE_LOGIN" globally on
      And the administrator adds the integration
      Then the administrator sees "Integration added"

    Scenario: A new application has neither of its flags
      Given the administrator adds a new integration
      When the administrator opens "Feature Flags"
      Then the administrator sees "FIDO2_MOBILE_AUTHENTICATOR" set to "off"
      And the administrator sees "RP_APP_WORKSTATION_ENABLED" set to "off"

  Rule: The application's flags come before the first pairing
    Background:
      Given the lab "default"
      And Carol is signed in to Windows

    Scenario: Without FIDO2_MOBILE_AUTHENTICATOR the scan is refused and nothing is recorded
      Given the feature flag "FIDO2_MOBILE_AUTHENTICATOR" of the application is off
      And Carol has started pairing
      When Carol scans the QR code
      Then Carol sees "FIDO2_MOBILE_AUTHENTICATOR" on the phone
      And User Management lists Carol under Pending, and nowhere else

    Scenario: Set again, the flag lets the phone pair
      Given the feature flag "FIDO2_MOBILE_AUTHENTICATOR" of the application is off
      And the feature flag "FIDO2_MOBILE_AUTHENTICATOR" of the application is on
      And Carol has started pairing
      When Carol scans the QR code and authenticates
      Then User Management lists Carol under Paired with HYPR, and nowhere else

  Rule: Application flags are not for the global level
    Background:
      Given the lab "default"

    Scenario: Control Center warns of a flag that is set globally
      When the administrator turns the feature flag "RP_APP_WORKSTATION_ENABLED" globally on
      Then the administrator sees "RP_APP_WORKSTATION_ENABLED is set for every application. Set it for the application alone."

    Scenario: A flag that is set globally cannot be taken from one application
      Given Carol is signed in to Windows
      And the feature flag "RP_APP_WORKSTATION_ENABLED" is globally on
      And the feature flag "RP_APP_WORKSTATION_ENABLED" of the application is off
      When Carol starts pairing
      Then Carol does not see "RP_APP_WORKSTATION_ENABLED" in the Passwordless client

    Scenario: Setting a flag is written down
      When the administrator turns the feature flag "FIDO2_MOBILE_AUTHENTICATOR" of the application off
      And the administrator opens "Audit Trail"
      Then the administrator sees "FIDO2_MOBILE_AUTHENTICATOR of HighlandsPasskey was turned off."
