Feature: Setting up the Entra tenant in the portal
  An administrator does by hand, page by page, what the other features find done: register an application, give it
  permissions and a secret, create a service account, enable security keys in Entra and in Intune.

  Rule: Whoever follows the guide has what Control Center asks for
    @guide:register-application @guide:grant-application-required-api-permissions @guide:create-client-secret
    @guide:create-service-account @guide:enable-security-keys @guide:enable-security-keys-in-intune
    Scenario: From "Register Application" to "Enable Security Keys in Intune"
      Given the lab "new-tenant"
      # Register Application
      When the administrator signs in to "portal.azure.com" as Grace
      And the administrator clicks "Azure Active Directory"
      And the administrator clicks "App registrations"
      And the administrator clicks "New registration"
      Then the administrator sees "Register an application"
      When the administrator types "HYPRAuthApp" as "Name"
      And the administrator clicks "Accounts in this organizational directory only"
      And the administrator clicks "Register"
      Then the administrator sees "HYPRAuthApp"
      And the administrator sees "Accounts in this organizational directory only"
      And the administrator saves what stands beside "Application (client) ID" as "Client ID"
      And the administrator saves what stands beside "Directory (tenant) ID" as "Tenant ID"
      # Grant Application Required API Permissions
      When the administrator clicks "Home"
      And the administrator clicks "App registrations"
      And the administrator selects "HYPRAuthApp"
      And the administrator clicks "API permissions"
      Then the administrator sees "User.Read"
      When the administrator clicks "..." beside "User.Read"
      And the administrator clicks "Remove Permission"
      And the administrator clicks "Yes"
      Then the administrator does not see "User.Read"
      When the administrator clicks "Add a permission"
      And the administrator clicks "Microsoft Graph"
      And the administrator clicks "Delegated permissions"
      Then the administrator sees "Request API permissions: Delegated permissions"
      When the administrator ticks "Directory.AccessAsUser.All"
      And the administrator ticks "UserAuthenticationMethod.ReadWrite.All"
      And the administrator clicks "Add Permissions"
      Then the administrator sees "Directory.AccessAsUser.All"
      And the administrator sees "UserAuthenticationMethod.ReadWrite.All"
      And the administrator sees "Not granted for Highlands Bank"
      When the administrator clicks "Grant admin consent for Highlands Bank"
      And the administrator clicks "Yes"
      Then the administrator sees "Granted for Highlands Bank"
      And the administrator sees "Delegated"
      And the administrator does not see "Not granted for Highlands Bank"
      # Create Client Secret
      When the administrator clicks "Certificates & secrets"
      And the administrator clicks "New client secret"
      And the administrator types "for HYPR" as "Description"
      And the administrator chooses "365 days (12 months)" as "Expires"
      And the administrator clicks "Add"
      Then the administrator sees "for HYPR"
      And the administrator saves what stands beside "Value" as "Client Secret"
      # Create Service Account
      When the administrator clicks "Home"
      And the administrator clicks "Azure Active Directory"
      And the administrator clicks "Users"
      And the administrator clicks "New user"
      And the administrator clicks "Create user"
      And the administrator types "hyprserviceaccount" as "User name"
      And the administrator types "HYPR Service Account" as "Name"
      And the administrator clicks "Let me create the password"
      And the administrator types "Svc-1-Temporary!" as "Initial password"
      And the administrator clicks "Create"
      Then the administrator sees "hyprserviceaccount@highlands_azure.com"
      When the administrator selects "HYPR Service Account"
      Then the administrator saves what stands beside "User principal name" as "Service Account Username"
      When the administrator clicks "Assigned roles"
      And the administrator clicks "Add Assignments"
      And the administrator types "Directory Writers" as "Search by name"
      And the administrator clicks "Search"
      And the administrator ticks "Directory Writers"
      And the administrator types "Privileged" as "Search by name"
      And the administrator clicks "Search"
      And the administrator ticks "Privileged Authentication Administrator"
      And the administrator clicks "Add"
      Then the administrator sees "Directory Writers"
      And the administrator sees "Privileged Authentication Administrator"
      When the administrator opens an incognito browser
      And the administrator goes to "portal.azure.com"
      And the administrator types "hyprserviceaccount@highlands_azure.com" as "Email, phone, or Skype"
      And the administrator clicks "Next"
      And the administrator types "Svc-1-Temporary!" as "Password"
      And the administrator clicks "Sign in"
      Then the administrator sees "Update your password"
      When the administrator types "Svc-1-Temporary!" as "Current password"
      And the administrator types "Svc-7-Permanent!" as "New password"
      And the administrator types "Svc-7-Permanent!" as "Confirm password"
      And the administrator clicks "Sign in"
      And the administrator clicks "No"
      Then the administrator sees "Welcome to Azure!"
      And the administrator saves "Svc-7-Permanent!" as "Service Account Password"
      # Enable Security Keys in the Entra/Azure Tenant
      When the administrator opens an incognito browser
      And the administrator signs in to "portal.azure.com" as Grace
      And the administrator clicks "Azure Active Directory"
      And the administrator clicks "Security"
      And the administrator clicks "Authentication methods"
      And the administrator selects "FIDO2 security key"
      Then the administrator sees "FIDO2 security key settings"
      When the administrator chooses "Yes" as "Enable"
      And the administrator chooses "All users" as "Target"
      And the administrator clicks "Save"
      Then the administrator sees "Optional"
      When the administrator clicks "Configure"
      And the administrator chooses "Yes" as "Allow self-service set up"
      And the administrator chooses "No" as "Enforce attestation"
      And the administrator chooses "No" as "Enforce key restrictions"
      And the administrator clicks "Save"
      And the administrator clicks "Authentication methods"
      Then the administrator sees "All users"
      # Enable Security Keys in Intune
      When the administrator goes to "intune.microsoft.com"
      And the administrator clicks "Devices"
      And the administrator clicks "Windows enrollment"
      And the administrator clicks "Windows Hello for Business"
      And the administrator chooses "Enabled" as "Use security keys for sign-in"
      And the administrator clicks "Save"
      Then Entra's Intune lets people sign in to Windows by security key
      # Setting Up the HYPR Tenant
      When the administrator adds the integration with what was saved
      Then the administrator sees "Maybe Later"
      And Entra has HYPR's three groups

  Rule: The value of a client secret is visible once
    @guide:create-client-secret
    Scenario: The value is gone when the page is opened again
      Given the lab "not-integrated"
      When the administrator signs in to "portal.azure.com" as Grace
      And the administrator clicks "App registrations"
      And the administrator selects "HYPRAuthApp"
      And the administrator clicks "Certificates & secrets"
      And the administrator clicks "New client secret"
      And the administrator types "second" as "Description"
      And the administrator clicks "Add"
      And the administrator saves what stands beside "Value" of "second" as "Client Secret"
      And the administrator clicks "Certificates & secrets"
      Then the administrator sees "second"
      And the administrator does not see what was saved as "Client Secret"

  Rule: What the integration form refuses is mended in the portal
    @guide:grant-application-required-api-permissions
    Scenario: Admin consent was not granted
      Given the lab "no-consent"
      When the administrator adds the integration
      Then the administrator sees "AADSTS65001"
      When the administrator signs in to "portal.azure.com" as Grace
      And the administrator clicks "App registrations"
      And the administrator selects "HYPRAuthApp"
      And the administrator clicks "API permissions"
      Then the administrator sees "Not granted for Highlands Bank"
      When the administrator clicks "Grant admin consent for Highlands Bank"
      And the administrator clicks "Yes"
      And the administrator adds the integration
      Then the administrator sees "Maybe Later"

    @guide:grant-application-required-api-permissions
    Scenario: The type of a permission is not asked, and Delegated is taken
      Given the lab "missing-permission-delegated"
      When the administrator signs in to "portal.azure.com" as Grace
      And the administrator clicks "App registrations"
      And the administrator selects "HYPRAuthApp"
      And the administrator clicks "API permissions"
      And the administrator clicks "Add a permission"
      And the administrator clicks "Microsoft Graph"
      Then the administrator cannot click "Application permissions"
      When the administrator ticks "UserAuthenticationMethod.ReadWrite.All"
      And the administrator clicks "Add Permissions"
      And the administrator clicks "Grant admin consent for Highlands Bank"
      And the administrator clicks "Yes"
      Then the administrator sees "Delegated"
      When the administrator adds the integration
      Then the administrator sees "Maybe Later"

    @guide:grant-application-required-api-permissions
    Scenario: A permission was added, and consent not granted anew
      Given the lab "missing-permission"
      When the administrator signs in to "portal.azure.com" as Grace
      And the administrator clicks "App registrations"
      And the administrator selects "HYPRAuthApp"
      And the administrator clicks "API permissions"
      And the administrator clicks "Add a permission"
      And the administrator clicks "Microsoft Graph"
      And the administrator clicks "Delegated permissions"
      And the administrator ticks "UserAuthenticationMethod.ReadWrite.All"
      And the administrator clicks "Add Permissions"
      And the administrator adds the integration
      Then the administrator sees "UserAuthenticationMethod.ReadWrite.All"
      And Entra has no group of HYPR's

    @guide:create-service-account
    Scenario: A role takes its time to appear, and to count
      Given the lab "slow-replication"
      When the administrator signs in to "portal.azure.com" as Grace
      And the administrator clicks "Azure Active Directory"
      And the administrator clicks "Users"
      And the administrator selects "HYPR Service Account"
      And the administrator clicks "Assigned roles"
      And the administrator clicks "Add Assignments"
      And the administrator ticks "Privileged Authentication Administrator"
      And the administrator clicks "Add"
      Then the administrator does not see "Privileged Authentication Administrator"
      When the administrator clicks "Add Assignments"
      And the administrator ticks "Privileged Authentication Administrator"
      And the administrator clicks "Add"
      Then the administrator sees "A conflicting object"
      When 1 minute passes
      And the administrator clicks "Assigned roles"
      Then the administrator sees "Privileged Authentication Administrator"
      When the administrator adds the integration
      Then the administrator sees "Maybe Later"

    @guide:create-service-account
    Scenario: Without Directory Writers HYPR cannot make its groups
      Given the lab "not-integrated"
      When the administrator signs in to "portal.azure.com" as Grace
      And the administrator clicks "Azure Active Directory"
      And the administrator clicks "Users"
      And the administrator selects "HYPR Service Account"
      And the administrator clicks "Assigned roles"
      And the administrator clicks "Remove" beside "Directory Writers"
      And the administrator clicks "Yes"
      Then the administrator does not see "Directory Writers"
      When the administrator adds the integration
      Then the administrator sees "Directory Writers"
      And Entra has no group of HYPR's

    @guide:create-service-account
    Scenario: The service account is asked for MFA, and a Conditional Access policy must exclude it
      Given the lab "conditional-access"
      When the administrator goes to "portal.azure.com"
      And the administrator types "hyprserviceaccount@highlands_azure.com" as "Email, phone, or Skype"
      And the administrator clicks "Next"
      And the administrator types "Svc-7-Permanent!" as "Password"
      And the administrator clicks "Sign in"
      Then the administrator sees "Verify your identity"
      When the administrator opens an incognito browser
      And the administrator signs in to "portal.azure.com" as Grace
      And the administrator clicks "Azure Active Directory"
      And the administrator clicks "Security"
      And the administrator clicks "Conditional Access"
      And the administrator selects "Require MFA for everybody"
      And the administrator types "grace.admin@highlands_azure.com, hyprserviceaccount@highlands_azure.com" as "Exclude users"
      And the administrator clicks "Save"
      And the administrator adds the integration
      Then the administrator sees "Maybe Later"

    @guide:create-service-account
    Scenario: Nobody had signed in as the service account to set its password
      Given the lab "temporary-password"
      When the administrator opens an incognito browser
      And the administrator goes to "portal.azure.com"
      And the administrator types "hyprserviceaccount@highlands_azure.com" as "Email, phone, or Skype"
      And the administrator clicks "Next"
      And the administrator types "Svc-7-Permanent!" as "Password"
      And the administrator clicks "Sign in"
      And the administrator types "Svc-7-Permanent!" as "Current password"
      And the administrator types "Svc-9-Changed!" as "New password"
      And the administrator types "Svc-9-Changed!" as "Confirm password"
      And the administrator clicks "Sign in"
      And the administrator adds the integration with "Svc-9-Changed!" as "Service Account Password"
      Then the administrator sees "Maybe Later"

  Rule: Whoever has no role changes nothing
    Background:
      Given the lab "not-integrated"
      And the administrator signs in to "portal.azure.com" as Dave

    Scenario: Somebody without a role creates no user
      When the administrator clicks "Azure Active Directory"
      And the administrator clicks "Users"
      And the administrator clicks "New user"
      And the administrator clicks "Create user"
      And the administrator types "mallory" as "User name"
      And the administrator types "Mallory" as "Name"
      And the administrator clicks "Create"
      Then the administrator sees "You do not have access."
      And the administrator sees "Insufficient privileges to complete the operation."

    Scenario: Somebody without a role does not see the policy for security keys
      When the administrator clicks "Azure Active Directory"
      And the administrator clicks "Security"
      And the administrator clicks "Authentication methods"
      Then the administrator sees "You do not have access"
      And the administrator does not see "FIDO2 security key"

    Scenario: Somebody without a role grants no consent
      When the administrator clicks "App registrations"
      And the administrator selects "HYPRAuthApp"
      And the administrator clicks "API permissions"
      And the administrator clicks "Grant admin consent for Highlands Bank"
      And the administrator clicks "Yes"
      Then the administrator sees "Insufficient privileges to complete the operation."

    Scenario: Somebody without a role deletes no key of somebody else
      When the administrator clicks "Azure Active Directory"
      And the administrator clicks "Users"
      And the administrator selects "Carol Shaw"
      And the administrator clicks "Authentication methods"
      Then the administrator sees "You do not have access"

  Rule: What happens to an account in the portal is felt elsewhere
    @guide:unpaired-users
    Scenario: A key that an administrator deletes is gone
      Given the lab "default"
      And Carol is paired with Azure
      When the administrator signs in to "portal.azure.com" as Grace
      And the administrator clicks "Azure Active Directory"
      And the administrator clicks "Users"
      And the administrator selects "Carol Shaw"
      And the administrator clicks "Authentication methods"
      And the administrator clicks "Delete" beside "FIDO2 security key"
      And the administrator clicks "Yes"
      Then the administrator does not see "FIDO2 security key"
      And Entra has 0 security keys of Carol
      And User Management shows "Azure pairing no longer exists" beside Carol under Paired with Azure

    @guide:unpaired-users
    Scenario: An account that an administrator suspends
      Given the lab "default"
      And Carol is paired with Azure
      When the administrator signs in to "portal.azure.com" as Grace
      And the administrator clicks "Azure Active Directory"
      And the administrator clicks "Users"
      And the administrator selects "Carol Shaw"
      And the administrator clicks "Edit properties"
      And the administrator unticks "Account enabled"
      And the administrator clicks "Save"
      Then the administrator sees "Disabled"
      And User Management shows "Azure pairing no longer exists" beside Carol under Paired with Azure

    Scenario: A user who is restored has the key again
      Given the lab "default"
      And Carol is paired with Azure
      When the administrator signs in to "portal.azure.com" as Grace
      And the administrator clicks "Azure Active Directory"
      And the administrator clicks "Users"
      And the administrator selects "Carol Shaw"
      And the administrator clicks "Delete"
      And the administrator clicks "Yes"
      Then the administrator does not see "Carol Shaw"
      When the administrator clicks "Deleted users"
      And the administrator clicks "Restore user" beside "Carol Shaw"
      And the administrator clicks "Yes"
      And the administrator clicks "Users"
      Then the administrator sees "Carol Shaw"
      And Entra has 1 security key of Carol

    @guide:enable-security-keys
    Scenario: Security keys that are switched off are not offered
      Given the lab "default"
      And Carol is signed in to Windows
      When the administrator signs in to "portal.azure.com" as Grace
      And the administrator clicks "Azure Active Directory"
      And the administrator clicks "Security"
      And the administrator clicks "Authentication methods"
      And the administrator selects "FIDO2 security key"
      And the administrator chooses "No" as "Enable"
      And the administrator clicks "Save"
      And Carol opens "https://mysignins.microsoft.com/security-info" in Edge
      And Carol clicks "UPDATE INFO" in Edge
      Then Carol sees "Security key is not available" in Edge
