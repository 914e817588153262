//! What a Control Center tenant is before anybody works with it.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::flags::{ApplicationFlag, TenantFlag};
use crate::secret::Secret;

/// The tenant: its address, its people and its flags.
#[derive(Clone, Debug)]
pub struct Config {
    /// The host, `highlandsbank.gethypr.com`.
    pub host: String,
    /// Who may sign in to Control Center.
    pub admins: Vec<Admin>,
    /// The flags of the tenant.
    pub tenant_flags: BTreeSet<TenantFlag>,
    /// The flags that an application gets as soon as an integration of that name is added.
    pub application_flags: BTreeMap<String, BTreeSet<ApplicationFlag>>,
    /// `supportEmail` of `hypr.json`.
    pub support_email: String,
    /// `pinningHash` of `hypr.json`: two base64 SHA-256 digests, one behind the other.
    pub pinning_hash: String,
}

/// A Control Center user with the role Admin.
#[derive(Clone, Debug)]
pub struct Admin {
    /// The address that is typed at sign-in; letter case does not matter.
    pub email: String,
    /// The password.
    pub password: Secret,
}

impl Config {
    /// A tenant with both tenant flags set and nobody who could sign in.
    ///
    /// The pins are digests of the host's name, a convention of the lab as long as no TLS key is pinned.
    #[must_use]
    pub fn new(host: &str) -> Self {
        let pin = |what: &str| STANDARD.encode(Sha256::digest(format!("{what}:{host}").as_bytes()));
        Self {
            host: host.to_owned(),
            admins: Vec::new(),
            tenant_flags: TenantFlag::OF_THE_GUIDE.into(),
            application_flags: BTreeMap::new(),
            support_email: format!("support@{host}"),
            pinning_hash: format!("{}{}", pin("primary"), pin("backup")),
        }
    }
}
