//! Directory roles (Entra built-in roles) and what each lets a signed-in user do.

use uuid::{Uuid, uuid};

/// A built-in directory role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Everything.
    GlobalAdministrator,
    /// Reads everything.
    GlobalReader,
    /// Reads basic directory information.
    DirectoryReaders,
    /// Creates and updates users and groups.
    DirectoryWriters,
    /// Resets any user's authentication methods, and deletes any user.
    PrivilegedAuthenticationAdministrator,
    /// The same for users without a role.
    AuthenticationAdministrator,
    /// Manages the authentication methods policy.
    AuthenticationPolicyAdministrator,
    /// Manages users and groups.
    UserAdministrator,
    /// Assigns directory roles.
    PrivilegedRoleAdministrator,
    /// Manages Conditional Access policies.
    ConditionalAccessAdministrator,
    /// Manages Intune.
    IntuneAdministrator,
    /// Manages applications and consents for them.
    ApplicationAdministrator,
    /// The same, without the application proxy.
    CloudApplicationAdministrator,
    /// Enables, disables and deletes devices.
    CloudDeviceAdministrator,
    /// Resets passwords of users without a role.
    HelpdeskAdministrator,
    /// Manages policies that protect the tenant.
    SecurityAdministrator,
}

/// Something that a directory role may let its holder do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Right {
    /// Read basic directory objects; takes no role.
    ReadDirectory,
    CreateUser,
    /// Also enable, disable, rename and end sessions.
    UpdateUser,
    /// Also restore.
    DeleteUser,
    ResetPassword,
    ReadMethods,
    WriteMethods,
    CreateGroup,
    UpdateGroup,
    UpdateMembers,
    UpdateOwners,
    DeleteGroup,
    ReadMethodPolicy,
    WriteMethodPolicy,
    ReadPolicies,
    WriteConditionalAccess,
    /// Activate and assign directory roles.
    AssignRoles,
    /// Register applications; every member may.
    CreateApplication,
    ManageApplications,
    ManagePrincipals,
    GrantPermissions,
    AssignAppRoles,
    ManageDevices,
    ReadDeviceConfigurations,
    WriteDeviceConfigurations,
    ReadLogs,
    /// Delete a directory object; the type of the object decides.
    DeleteObject,
}

/// How far a right goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    Nobody,
    /// Targets that hold no directory role themselves.
    NonAdmins,
    Anyone,
}

struct BuiltIn {
    role: Role,
    template_id: Uuid,
    display_name: &'static str,
    description: &'static str,
}

const BUILT_IN: &[BuiltIn] = &[
    BuiltIn {
        role: Role::GlobalAdministrator,
        template_id: uuid!("62e90394-69f5-4237-9190-012177145e10"),
        display_name: "Global Administrator",
        description: "Can manage all aspects of Microsoft Entra ID and Microsoft services that use Microsoft Entra identities.",
    },
    BuiltIn {
        role: Role::GlobalReader,
        template_id: uuid!("f2ef992c-3afb-46b9-b7cf-a126ee74c451"),
        display_name: "Global Reader",
        description: "Can read everything that a Global Administrator can, but not update anything.",
    },
    BuiltIn {
        role: Role::DirectoryReaders,
        template_id: uuid!("88d8e3e3-8f55-4a1e-953a-9b9898b8876b"),
        display_name: "Directory Readers",
        description: "Can read basic directory information.",
    },
    BuiltIn {
        role: Role::DirectoryWriters,
        template_id: uuid!("9360feb5-f418-4baa-8175-e2a00bac4301"),
        display_name: "Directory Writers",
        description: "Can read and write basic directory information.",
    },
    BuiltIn {
        role: Role::PrivilegedAuthenticationAdministrator,
        template_id: uuid!("7be44c8a-adaf-4e2a-84d6-ab2649e08a13"),
        display_name: "Privileged Authentication Administrator",
        description: "Can access to view, set and reset authentication method information for any user (admin or non-admin).",
    },
    BuiltIn {
        role: Role::AuthenticationAdministrator,
        template_id: uuid!("c4e39bd9-1100-46d3-8c65-fb160da0071f"),
        display_name: "Authentication Administrator",
        description: "Can access to view, set and reset authentication method information for any non-admin user.",
    },
    BuiltIn {
        role: Role::AuthenticationPolicyAdministrator,
        template_id: uuid!("0526716b-113d-4c15-b2c8-68e3c22b9f80"),
        display_name: "Authentication Policy Administrator",
        description: "Can create and manage the authentication methods policy.",
    },
    BuiltIn {
        role: Role::UserAdministrator,
        template_id: uuid!("fe930be7-5e62-47db-91af-98c3a49a38b1"),
        display_name: "User Administrator",
        description: "Can manage all aspects of users and groups, including resetting passwords for limited admins.",
    },
    BuiltIn {
        role: Role::PrivilegedRoleAdministrator,
        template_id: uuid!("e8611ab8-c189-46e8-94e1-60213ab1f814"),
        display_name: "Privileged Role Administrator",
        description: "Can manage role assignments in Microsoft Entra ID, and all aspects of Privileged Identity Management.",
    },
    BuiltIn {
        role: Role::ConditionalAccessAdministrator,
        template_id: uuid!("b1be1c3e-b65d-4f19-8427-f6fa0d97feb9"),
        display_name: "Conditional Access Administrator",
        description: "Can manage Conditional Access capabilities.",
    },
    BuiltIn {
        role: Role::IntuneAdministrator,
        template_id: uuid!("3a2c62db-5318-420d-8d74-23affee5d9d5"),
        display_name: "Intune Administrator",
        description: "Can manage all aspects of the Intune product.",
    },
    BuiltIn {
        role: Role::ApplicationAdministrator,
        template_id: uuid!("9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"),
        display_name: "Application Administrator",
        description: "Can create and manage all aspects of app registrations and enterprise apps.",
    },
    BuiltIn {
        role: Role::CloudApplicationAdministrator,
        template_id: uuid!("158c047a-c907-4556-b7ef-446551a6b5f7"),
        display_name: "Cloud Application Administrator",
        description: "Can create and manage all aspects of app registrations and enterprise apps except App Proxy.",
    },
    BuiltIn {
        role: Role::CloudDeviceAdministrator,
        template_id: uuid!("7698a772-787b-4ac8-901f-60d6b08affd2"),
        display_name: "Cloud Device Administrator",
        description: "Limited access to manage devices in Microsoft Entra ID.",
    },
    BuiltIn {
        role: Role::HelpdeskAdministrator,
        template_id: uuid!("729827e3-9c14-49f7-bb1b-9608f156bbb8"),
        display_name: "Helpdesk Administrator",
        description: "Can reset passwords for non-administrators and Helpdesk Administrators.",
    },
    BuiltIn {
        role: Role::SecurityAdministrator,
        template_id: uuid!("194ae4cb-b126-40b2-bd5b-6091b380977d"),
        display_name: "Security Administrator",
        description: "Can read security information and reports, and manage configuration in Microsoft Entra ID and Office 365.",
    },
];

/// The `wids` entry of a user without a role.
pub(crate) const MEMBER_WID: Uuid = uuid!("b79fbf4d-3ef9-4689-8143-76b194e85509");

impl Role {
    /// The role template's id.
    #[must_use]
    pub fn template_id(self) -> Uuid {
        self.built_in().template_id
    }

    /// The name that the portal shows: `Directory Writers`.
    #[must_use]
    pub fn display_name(self) -> &'static str {
        self.built_in().display_name
    }

    /// The role of that name.
    #[must_use]
    pub fn by_display_name(name: &str) -> Option<Self> {
        BUILT_IN.iter().find(|built_in| built_in.display_name == name).map(|built_in| built_in.role)
    }

    pub(crate) fn description(self) -> &'static str {
        self.built_in().description
    }

    /// Every role that the tenant has, in the order of their templates' ids.
    pub fn all() -> impl Iterator<Item = Self> {
        let mut all: Vec<&BuiltIn> = BUILT_IN.iter().collect();
        all.sort_by_key(|built_in| built_in.template_id);
        all.into_iter().map(|built_in| built_in.role)
    }

    /// The role with this template id.
    pub(crate) fn by_template_id(id: Uuid) -> Option<Self> {
        BUILT_IN.iter().find(|built_in| built_in.template_id == id).map(|built_in| built_in.role)
    }

    /// The object id of the activated role. It is not its template's; convention of the lab: both ids of tenant and
    /// template, combined by exclusive or.
    pub(crate) fn object_id(self, tenant: Uuid) -> Uuid {
        Uuid::from_u128(tenant.as_u128() ^ self.template_id().as_u128())
    }

    /// The role whose activated object has this id.
    pub(crate) fn by_object_id(tenant: Uuid, id: Uuid) -> Option<Self> {
        Self::by_template_id(Uuid::from_u128(tenant.as_u128() ^ id.as_u128()))
    }

    /// The table of role capabilities (entra.md §2.5), restricted to what the routes need.
    pub(crate) fn reach(self, right: Right) -> Reach {
        use Reach::{Anyone, Nobody, NonAdmins};
        use Right as R;
        match (self, right) {
            (Self::GlobalAdministrator, _) => Anyone,
            (
                Self::GlobalReader,
                R::ReadMethods | R::ReadMethodPolicy | R::ReadPolicies | R::ReadDeviceConfigurations | R::ReadLogs,
            ) => Anyone,
            (
                Self::DirectoryWriters,
                R::CreateUser
                | R::UpdateUser
                | R::CreateGroup
                | R::UpdateGroup
                | R::UpdateMembers
                | R::UpdateOwners
                | R::GrantPermissions
                | R::AssignAppRoles,
            ) => Anyone,
            (
                Self::PrivilegedAuthenticationAdministrator,
                R::UpdateUser | R::DeleteUser | R::ResetPassword | R::ReadMethods | R::WriteMethods,
            ) => Anyone,
            (
                Self::AuthenticationAdministrator,
                R::UpdateUser | R::DeleteUser | R::ResetPassword | R::ReadMethods | R::WriteMethods,
            ) => NonAdmins,
            (Self::AuthenticationPolicyAdministrator, R::ReadMethodPolicy | R::WriteMethodPolicy) => Anyone,
            (
                Self::UserAdministrator,
                R::CreateUser
                | R::UpdateUser
                | R::CreateGroup
                | R::UpdateGroup
                | R::UpdateMembers
                | R::UpdateOwners
                | R::DeleteGroup,
            ) => Anyone,
            (Self::UserAdministrator, R::DeleteUser | R::ResetPassword) => NonAdmins,
            (Self::HelpdeskAdministrator, R::ResetPassword) => NonAdmins,
            (Self::PrivilegedRoleAdministrator, R::AssignRoles | R::GrantPermissions | R::AssignAppRoles) => Anyone,
            (
                Self::ApplicationAdministrator | Self::CloudApplicationAdministrator,
                R::ManageApplications | R::ManagePrincipals | R::GrantPermissions | R::AssignAppRoles,
            ) => Anyone,
            (
                Self::ConditionalAccessAdministrator | Self::SecurityAdministrator,
                R::ReadPolicies | R::WriteConditionalAccess,
            ) => Anyone,
            (Self::SecurityAdministrator, R::ReadLogs | R::ReadMethodPolicy) => Anyone,
            (Self::IntuneAdministrator, R::ReadDeviceConfigurations | R::WriteDeviceConfigurations) => Anyone,
            (Self::IntuneAdministrator | Self::CloudDeviceAdministrator, R::ManageDevices) => Anyone,
            _ => Nobody,
        }
    }

    fn built_in(self) -> &'static BuiltIn {
        BUILT_IN.iter().find(|built_in| built_in.role == self).expect("every role stands in the table")
    }
}
