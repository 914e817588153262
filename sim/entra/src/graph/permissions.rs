//! Which permission opens which route: `permissions.json`, Microsoft's permission map for the routes of the lab
//! (v1.0 and beta merged; entra.md §2.1, §2.8), read once.
//!
//! The service accepts `Directory.AccessAsUser.All` for directory objects wherever the signed-in user's role allows the
//! operation.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use uuid::Uuid;

/// Everything in `permissions.json`.
#[derive(Debug, Deserialize)]
pub(crate) struct Permissions {
    /// Every permission by its name: `User.Read`.
    pub(crate) permissions: BTreeMap<String, Permission>,
    /// By verb and path: `GET users/{user}`.
    routes: BTreeMap<String, Access>,
}

/// One permission of Microsoft Graph's service principal.
#[derive(Debug, Deserialize)]
pub(crate) struct Permission {
    /// Its id as a delegated permission (`oauth2PermissionScopes`).
    pub(crate) delegated: Option<Uuid>,
    /// Its id as an application permission (`appRoles`).
    pub(crate) application: Option<Uuid>,
    /// Who may consent to it.
    pub(crate) consent: Consent,
    /// What it lets an application do, in words of the lab.
    pub(crate) text: String,
}

/// Who may consent to a delegated permission.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Consent {
    User,
    Admin,
}

/// The permissions that open one route.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Access {
    /// Delegated permissions, within the user's role.
    #[serde(default)]
    pub(crate) delegated: Alternatives,
    /// Delegated permissions for the signed-in user's own object, whatever the role.
    #[serde(default)]
    pub(crate) own: Alternatives,
    /// Application permissions.
    #[serde(default)]
    pub(crate) application: Alternatives,
}

/// Any of these will do; `A + B` is both.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Alternatives(Vec<String>);

static MAP: LazyLock<Permissions> = LazyLock::new(|| {
    serde_json::from_str(include_str!("permissions.json")).expect("permissions.json is well formed, as a test asserts")
});

impl Permissions {
    /// The map.
    pub(crate) fn get() -> &'static Self {
        &MAP
    }

    /// The permissions that open a route; every route of the table has an entry, as a test asserts.
    pub(crate) fn of_route(&self, verb: &str, path: &str) -> Option<&Access> {
        self.routes.get(&format!("{verb} {path}"))
    }

    /// Verb and path of every entry.
    #[cfg(test)]
    pub(crate) fn route_names(&self) -> impl Iterator<Item = &str> {
        self.routes.keys().map(String::as_str)
    }

    /// The name of the delegated permission that somebody may have spelled otherwise.
    pub(crate) fn delegated(&self, spelled: &str) -> Option<&str> {
        self.named(|name, permission| permission.delegated.is_some() && name.eq_ignore_ascii_case(spelled))
    }

    /// Who may consent to a permission.
    pub(crate) fn consenter(&self, name: &str) -> Option<Consent> {
        self.permissions.get(name).map(|permission| permission.consent)
    }

    /// What a permission lets an application do.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.permissions.get(name).map(|permission| permission.text.as_str())
    }

    /// The name of the delegated permission with this id.
    pub(crate) fn scope(&self, id: Uuid) -> Option<&str> {
        self.named(|_, permission| permission.delegated == Some(id))
    }

    /// The name of the application permission with this id.
    pub(crate) fn app_role(&self, id: Uuid) -> Option<&str> {
        self.named(|_, permission| permission.application == Some(id))
    }

    fn named(&self, fits: impl Fn(&str, &Permission) -> bool) -> Option<&str> {
        self.permissions.iter().find(|(name, permission)| fits(name, permission)).map(|(name, _)| name.as_str())
    }
}

impl Alternatives {
    /// Whether what a token carries is enough.
    pub(crate) fn satisfied_by(&self, held: &[String]) -> bool {
        let holds = |name: &str| held.iter().any(|held| held == name);
        self.0.iter().any(|needed| needed.split(" + ").all(holds))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_permission_of_a_route_is_known_with_the_id_of_its_kind() {
        let map = Permissions::get();
        for (route, access) in &map.routes {
            let delegated = access.delegated.0.iter().chain(&access.own.0).map(|names| (names, true));
            let all = delegated.chain(access.application.0.iter().map(|names| (names, false)));
            for (name, is_delegated) in all.flat_map(|(names, kind)| names.split(" + ").map(move |name| (name, kind))) {
                let permission = map.permissions.get(name).unwrap_or_else(|| panic!("{route}: {name} is unknown"));
                let id = if is_delegated { permission.delegated } else { permission.application };
                assert!(id.is_some(), "{route}: {name} is no permission of that kind");
            }
        }
    }

    #[test]
    fn an_id_names_one_permission_and_its_kind() {
        let map = Permissions::get();
        let ids: Vec<Uuid> =
            map.permissions.values().flat_map(|p| p.delegated.into_iter().chain(p.application)).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
        let id = "b7887744-6746-4312-813d-72daeaee7e2d".parse().unwrap();
        assert_eq!((map.scope(id), map.app_role(id)), (Some("UserAuthenticationMethod.ReadWrite.All"), None));
    }

    #[test]
    fn some_routes_take_two_permissions_together() {
        let both = Alternatives(vec!["A + B".into(), "C".into()]);
        let check = |held: &[&str]| both.satisfied_by(&held.iter().map(|&name| name.to_owned()).collect::<Vec<_>>());
        assert_eq!([check(&["A"]), check(&["A", "B"]), check(&["C"]), check(&[])], [false, true, true, false]);
    }
}
