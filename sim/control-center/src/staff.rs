//! The people who work in Control Center, their roles and what each role may do (`hypr.md` §2.1).
//!
//! Roles are task-based, not hierarchical: a User Manager deletes users, which an App Manager cannot.

use jiff::Timestamp;

use crate::integration::Toggle;
use crate::secret::Secret;

/// A role of Control Center.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Everything.
    Admin,
    /// Sets up and manages applications.
    AppManager,
    /// Manages the users of applications.
    UserManager,
    /// Sees settings and changes nothing.
    Viewer,
    /// Authenticates with HYPR and has no access to Control Center.
    BasicLogin,
}

/// What somebody may do in Control Center.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// See integrations and their users.
    ViewUsers,
    /// See the settings of applications.
    ViewSettings,
    /// Invite users.
    Invite,
    /// Delete users.
    DeleteUsers,
    /// Add, change and delete applications; create access tokens; download the client with its install token.
    ManageApplications,
    /// Control Center Users and global settings.
    Administer,
    /// See the Audit Trail.
    AuditTrail,
}

/// Somebody who signs in to Control Center.
#[derive(Clone, Debug)]
pub struct ControlCenterUser {
    /// The address, as it was typed; letter case does not matter at sign-in.
    pub email: String,
    /// The full name, or empty.
    pub name: String,
    /// The role.
    pub role: Role,
    /// Audit Trail Access; an Admin always has it.
    pub audit_trail: Toggle,
    /// When the user last signed in.
    pub last_active: Option<Timestamp>,
    pub(crate) password: Secret,
}

impl Role {
    /// All roles, in HYPR's order.
    pub const ALL: [Self; 5] = [Self::Admin, Self::AppManager, Self::UserManager, Self::Viewer, Self::BasicLogin];

    /// As the page spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Admin => "Admin",
            Self::AppManager => "App Manager",
            Self::UserManager => "User Manager",
            Self::Viewer => "Viewer",
            Self::BasicLogin => "Basic Login",
        }
    }

    /// What the role may do; the Audit Trail is a switch of each user's own.
    #[must_use]
    pub fn rights(self) -> &'static [Right] {
        match self {
            Self::Admin => &[
                Right::ViewUsers,
                Right::ViewSettings,
                Right::Invite,
                Right::DeleteUsers,
                Right::ManageApplications,
                Right::Administer,
                Right::AuditTrail,
            ],
            Self::AppManager => &[Right::ViewUsers, Right::ViewSettings, Right::Invite, Right::ManageApplications],
            Self::UserManager => &[Right::ViewUsers, Right::Invite, Right::DeleteUsers],
            Self::Viewer => &[Right::ViewUsers, Right::ViewSettings],
            Self::BasicLogin => &[],
        }
    }
}

impl ControlCenterUser {
    /// Whether the user may do this.
    #[must_use]
    pub fn may(&self, right: Right) -> bool {
        let switched_on = right == Right::AuditTrail && self.audit_trail == Toggle::On;
        self.role != Role::BasicLogin && (switched_on || self.role.rights().contains(&right))
    }
}
