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
}

/// Something that a directory role may let its holder do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Right {
    /// Read basic directory objects; takes no role.
    ReadDirectory,
    CreateUser,
    UpdateUser,
    DeleteUser,
    ReadMethods,
    WriteMethods,
    CreateGroup,
    UpdateMembers,
    DeleteGroup,
    ReadMethodPolicy,
    WriteMethodPolicy,
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

    /// The table of role capabilities, restricted to what the routes need.
    pub(crate) fn reach(self, right: Right) -> Reach {
        use Reach::{Anyone, Nobody, NonAdmins};
        match (self, right) {
            (Self::GlobalAdministrator, _) => Anyone,
            (Self::GlobalReader, Right::ReadMethods | Right::ReadMethodPolicy) => Anyone,
            (
                Self::DirectoryWriters,
                Right::CreateUser | Right::UpdateUser | Right::CreateGroup | Right::UpdateMembers,
            ) => Anyone,
            (
                Self::PrivilegedAuthenticationAdministrator,
                Right::UpdateUser | Right::DeleteUser | Right::ReadMethods | Right::WriteMethods,
            ) => Anyone,
            (
                Self::AuthenticationAdministrator,
                Right::UpdateUser | Right::DeleteUser | Right::ReadMethods | Right::WriteMethods,
            ) => NonAdmins,
            (Self::AuthenticationPolicyAdministrator, Right::ReadMethodPolicy | Right::WriteMethodPolicy) => Anyone,
            (
                Self::UserAdministrator,
                Right::CreateUser | Right::UpdateUser | Right::CreateGroup | Right::UpdateMembers | Right::DeleteGroup,
            ) => Anyone,
            (Self::UserAdministrator, Right::DeleteUser) => NonAdmins,
            _ => Nobody,
        }
    }

    fn built_in(self) -> &'static BuiltIn {
        BUILT_IN.iter().find(|built_in| built_in.role == self).expect("every role stands in the table")
    }
}
