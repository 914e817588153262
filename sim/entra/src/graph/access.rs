//! Who calls Graph and whether they may: a token's permission, and for a signed-in user also the role (entra.md §2.5).

use jiff::Timestamp;
use uuid::Uuid;

use super::call::Call;
use super::error::GraphError;
use super::routes::Route;
use super::service_principals::Principal;
use crate::applications::{Application, first_party};
use crate::directory::{User, UserId};
use crate::roles::{Reach, Right};
use crate::tenant::{Session, Tenant};
use crate::tokens::{BadToken, Claims, GRAPH_URL};

/// Who calls.
#[derive(Clone, Debug)]
pub(crate) enum Caller {
    /// A signed-in user, through an application.
    User {
        id: UserId,
        /// The name, for the journal.
        upn: String,
        scopes: Vec<String>,
        amr: Vec<String>,
        /// The session that reads its own writes; the portal's pages are read from any replica, and have none.
        session: Option<Session>,
    },
    /// An application by itself.
    Application {
        /// The object id of its service principal.
        principal: Uuid,
        /// Its client id.
        app: Uuid,
        /// Its name, for the journal.
        name: String,
        roles: Vec<String>,
    },
}

impl Caller {
    /// Reads and checks the `Authorization` header.
    pub(crate) fn authenticate(tenant: &Tenant, now: Timestamp, header: Option<&str>) -> Result<Self, GraphError> {
        let claims = Self::claims(tenant, now, header)?;
        let dead = || GraphError::revoked(now);
        let app = tenant.application(claims.appid).ok_or_else(dead)?;
        let Some(scopes) = claims.scp else {
            let (principal, name) = (app.service_principal_id, app.display_name.clone());
            return Ok(Self::Application { principal, app: app.app_id, name, roles: claims.roles });
        };
        let user = tenant.user(claims.oid).ok_or_else(dead)?;
        // In whole seconds, as `iat` is: a token of the same second as the change is of after it.
        if claims.iat < user.sessions_valid_from.as_second() {
            return Err(GraphError::revoked(user.sessions_valid_from));
        }
        if !user.account_enabled {
            return Err(dead());
        }
        let scopes = scopes.split_whitespace().map(str::to_owned).collect();
        let session = Some(Session { user: user.id, app: claims.appid, since: claims.auth_time });
        Ok(Self::User { id: user.id, upn: user.upn.clone(), scopes, amr: claims.amr, session })
    }

    fn claims(tenant: &Tenant, now: Timestamp, header: Option<&str>) -> Result<Claims, GraphError> {
        let token = header
            .and_then(|header| header.split_once(' '))
            .filter(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty());
        let (_, token) = token.ok_or_else(|| GraphError::invalid_token("Access token is empty."))?;
        let claims: Claims = tenant.signing_key.verify(token.trim()).map_err(|bad| {
            GraphError::invalid_token(match bad {
                BadToken::Malformed if !token.contains('.') => {
                    "IDX14100: JWT is not well formed, there are no dots (.)."
                }
                BadToken::Malformed => "CompactToken parsing failed with error code: 80049217",
                BadToken::Signature => "Access token validation failure. Invalid signature.",
            })
        })?;
        if ![first_party::GRAPH.to_string().as_str(), GRAPH_URL].contains(&claims.aud.as_str()) {
            return Err(GraphError::invalid_token("Access token validation failure. Invalid audience."));
        }
        if now.as_second() >= claims.exp || now.as_second() < claims.nbf {
            return Err(GraphError::invalid_token("Lifetime validation failed, the token is expired."));
        }
        if claims.tid != tenant.id() {
            return Err(GraphError::invalid_token("Access token validation failure. Invalid tenant."));
        }
        Ok(claims)
    }

    /// The signed-in user's session, which reads its own writes; an application has none.
    pub(crate) fn session(&self) -> Option<Session> {
        match self {
            Self::User { session, .. } => *session,
            Self::Application { .. } => None,
        }
    }

    /// The client id of the application that calls; a page of Microsoft's own that asks within the process has none.
    pub(crate) fn app(&self) -> Option<Uuid> {
        match self {
            Self::User { session, .. } => session.map(|session| session.app),
            Self::Application { app, .. } => Some(*app),
        }
    }

    /// The visitor of one of Microsoft's own web apps.
    pub(crate) fn visitor(user: &User, amr: Vec<String>, app: &Application) -> Self {
        let scopes = app.grants_for(first_party::GRAPH, user.id).into_iter().map(str::to_owned).collect();
        Self::User { id: user.id, upn: user.upn.clone(), scopes, amr, session: None }
    }

    /// How the journal names the caller.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::User { upn, .. } => upn,
            Self::Application { name, .. } => name,
        }
    }

    /// Whether the caller's token carries one of these permissions: a scope, or an app role for an application.
    pub(crate) fn holds(&self, sufficient: &[&str]) -> bool {
        let (Self::User { scopes: held, .. } | Self::Application { roles: held, .. }) = self;
        held.iter().any(|held| sufficient.contains(&held.as_str()))
    }

    /// The object id of whoever calls.
    pub(crate) fn principal(&self) -> Option<Uuid> {
        match self {
            Self::User { id, .. } => Some(*id),
            Self::Application { principal, .. } => Some(*principal),
        }
    }

    /// The signed-in user's id.
    pub(crate) fn user(&self) -> Option<UserId> {
        match self {
            Self::User { id, .. } => Some(*id),
            Self::Application { .. } => None,
        }
    }
}

/// Permission ∩ role for a signed-in user, app role for an application.
pub(crate) fn authorize(call: &Call<'_>, route: &Route) -> Result<(), GraphError> {
    match &call.caller {
        Caller::Application { .. } if route.is_about_me() => {
            Err(GraphError::bad_request("/me request is only valid with delegated authentication flow."))
        }
        Caller::Application { roles, principal, .. } => {
            permitted(route.access.application.satisfied_by(roles) && owns_enough(call, *principal, route.right))
        }
        Caller::User { id, scopes, amr, .. } => {
            // Only a path that names a user has a target; a collection is nobody's own.
            let names_user = route.is_about_me() || call.captures.get("user").is_some();
            let target = call.user().ok().filter(|_| names_user);
            let is_own = target.is_some_and(|target| target.id == *id);
            if is_own && route.access.own.satisfied_by(scopes) {
                return check_fresh(amr, route);
            }
            let user = call.tenant.user(*id).ok_or_else(GraphError::denied)?;
            let by_role =
                || owns(call, *id, route.right) || reaches(call.tenant, user, needed(call, route.right), target);
            permitted(route.access.delegated.satisfied_by(scopes) && by_role())
        }
    }
}

fn permitted(yes: bool) -> Result<(), GraphError> {
    if yes { Ok(()) } else { Err(GraphError::denied()) }
}

/// Changing one's own methods takes a sign-in with multi-factor authentication.
fn check_fresh(amr: &[String], route: &Route) -> Result<(), GraphError> {
    let fresh = amr.iter().any(|method| method == "mfa" || method == "ngcmfa");
    match route.own_operation {
        Some(operation) if !fresh => Err(GraphError::mfa_needed(operation)),
        _ => Ok(()),
    }
}

/// Whether a user's roles let the user do something to somebody.
pub(crate) fn reaches(tenant: &Tenant, user: &User, right: Right, target: Option<&User>) -> bool {
    // Every member reads basic directory information and registers applications, with a role or without; which object
    // is to be deleted the handler knows.
    let of_all = [Right::ReadDirectory, Right::CreateApplication, Right::DeleteObject].contains(&right);
    let of_members = if of_all { Reach::Anyone } else { Reach::Nobody };
    let of_roles = tenant.roles_in_effect(user).iter().map(|role| role.reach(right)).max();
    match of_roles.unwrap_or(Reach::Nobody).max(of_members) {
        Reach::Anyone => true,
        Reach::NonAdmins => target.is_none_or(|target| target.roles.is_empty()),
        Reach::Nobody => false,
    }
}

/// A group that roles may be assigned to is changed by those who may assign them.
fn needed(call: &Call<'_>, right: Right) -> Right {
    let of_group = [Right::UpdateGroup, Right::UpdateMembers, Right::UpdateOwners, Right::DeleteGroup].contains(&right);
    let is_assignable = || call.group().is_ok_and(|group| group.is_assignable_to_role == Some(true));
    if of_group && is_assignable() { Right::AssignRoles } else { right }
}

/// An owner manages a group or an application without any role.
fn owns(call: &Call<'_>, user: UserId, right: Right) -> bool {
    match right {
        Right::UpdateGroup | Right::UpdateMembers | Right::UpdateOwners | Right::DeleteGroup => {
            call.group().is_ok_and(|group| group.owners.contains(&user))
        }
        Right::ManageApplications | Right::ManagePrincipals => owned_application(call, user),
        _ => false,
    }
}

fn owned_application(call: &Call<'_>, owner: Uuid) -> bool {
    let of_principal = || match call.principal() {
        Ok(Principal::Of(application)) => application.owners.contains(&owner),
        Ok(Principal::Graph(_)) | Err(_) => false,
    };
    call.application().is_ok_and(|application| application.owners.contains(&owner)) || of_principal()
}

/// `Application.ReadWrite.OwnedBy` reaches only what the calling application owns.
fn owns_enough(call: &Call<'_>, principal: Uuid, right: Right) -> bool {
    let is_change = [Right::ManageApplications, Right::ManagePrincipals].contains(&right);
    let holds_all = || call.caller.holds(&["Application.ReadWrite.All", "Directory.ReadWrite.All"]);
    let is_there = call.application().is_ok() || call.principal().is_ok();
    !is_change || holds_all() || !is_there || owned_application(call, principal)
}
