//! Users of an integration and what their phones hold for them (guide "User Management for HYPR Enterprise Passkey").

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::graph::method_id;

/// How far a user has come; each phase is a tab of User Management and a group in Entra.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Invited, or unpaired.
    Pending,
    /// A phone is paired with HYPR, Entra does not know its key yet.
    PairedWithHypr,
    /// Entra knows the key: the Enterprise Passkey works.
    PairedWithAzure,
}

impl Phase {
    /// All phases, in the order of the tabs.
    pub const ALL: [Self; 3] = [Self::Pending, Self::PairedWithHypr, Self::PairedWithAzure];

    /// The words of the tab.
    #[must_use]
    pub fn tab(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::PairedWithHypr => "Paired with HYPR",
            Self::PairedWithAzure => "Paired with Azure",
        }
    }

    /// The group in Entra, guide "HYPR Groups in Entra/AzureAD".
    #[must_use]
    pub fn group_name(self) -> &'static str {
        match self {
            Self::Pending => "HYPR Group (Eligible for Pairing)",
            Self::PairedWithHypr => "HYPR Group (Client Paired with HYPR)",
            Self::PairedWithAzure => "HYPR Group (Client Paired with Azure)",
        }
    }
}

impl std::fmt::Display for Phase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.tab())
    }
}

/// What Entra says about an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The UPN, as Entra spells it.
    pub username: String,
    /// The object id.
    pub object_id: String,
    /// The full name.
    pub display_name: String,
    /// The mail address, or the UPN when there is none.
    pub email: String,
    /// Whether it may sign in.
    pub standing: Standing,
}

/// Whether an account in Entra may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// As far as Control Center has heard.
    Active,
    /// `accountEnabled` is false.
    Suspended,
    /// Entra has no such user.
    Removed,
}

/// Whether the user stays in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stay {
    Member,
    /// Deleted by an administrator; the line goes when Entra holds nothing of it any more.
    Leaving,
}

/// A user of one integration.
#[derive(Clone, Debug)]
pub struct User {
    /// The UPN, as first seen.
    pub username: String,
    /// The mail address.
    pub email: String,
    /// The full name, if Entra has told it.
    pub display_name: String,
    /// The object id in Entra, once it has been told.
    pub object_id: Option<String>,
    /// What the last check said.
    pub standing: Standing,
    /// When anything was last heard from one of the user's devices.
    pub last_active: Option<Timestamp>,
    /// When the last pairing ended, if one did.
    pub unpaired_at: Option<Timestamp>,
    /// Pairings by device id.
    pub accounts: BTreeMap<String, Account>,
    /// Keys that must go from Entra but are still there as far as Control Center knows.
    pub doomed_keys: Vec<DoomedKey>,
    /// Credential ids that were to go from Entra and were not found there; they are looked for once more, because an
    /// account that is restored brings its keys back.
    pub(crate) missing_keys: Vec<String>,
    /// The groups that the user is in, as far as Control Center knows.
    pub(crate) groups: BTreeSet<Phase>,
    pub(crate) stay: Stay,
}

/// A pairing of one user with one phone.
#[derive(Clone, Debug)]
pub struct Account {
    /// `User` and 26 characters.
    pub fido_user: String,
    /// The workstations at which it was made.
    pub workstations: BTreeSet<String>,
    /// The credentials that the phone made for Entra.
    pub passkeys: Vec<Passkey>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A credential that a phone made for Entra's relying party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// base64url, as the phone reported it.
    pub credential_id: String,
    /// The relying party that asked for it.
    pub rp_id: String,
    /// Whether Entra knows it.
    pub state: PasskeyState,
}

/// Whether Entra knows a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasskeyState {
    /// The phone has made it; Entra has not confirmed it yet.
    Reported,
    /// Graph lists it among the user's methods.
    Confirmed,
    /// Graph listed it once and does no longer.
    Gone,
}

/// A key to be deleted in Entra.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoomedKey {
    /// base64url.
    pub credential_id: String,
    /// Why the last attempt failed, if one did.
    pub failure: Option<String>,
}

impl User {
    pub(crate) fn new(username: &str) -> Self {
        Self {
            username: username.to_owned(),
            email: username.to_owned(),
            display_name: String::new(),
            object_id: None,
            standing: Standing::Active,
            last_active: None,
            unpaired_at: None,
            accounts: BTreeMap::new(),
            doomed_keys: Vec::new(),
            missing_keys: Vec::new(),
            groups: BTreeSet::new(),
            stay: Stay::Member,
        }
    }

    /// The phase follows from the pairings; nobody sets it.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.accounts.values().map(Account::phase).max().unwrap_or(Phase::Pending)
    }

    /// The words beside the Email field of a user who once was paired.
    #[must_use]
    pub fn unpaired_warning(&self) -> Option<&'static str> {
        let unpaired = self.phase() == Phase::Pending && self.unpaired_at.is_some();
        unpaired.then_some("This user unpaired from HYPR.")
    }

    /// Why the Azure pairing no longer exists, if it once did.
    ///
    /// That the user keeps the tab, and the words of the reason, are a convention of the lab.
    #[must_use]
    pub fn azure_trouble(&self) -> Option<&'static str> {
        let keys = || self.accounts.values().flat_map(|account| &account.passkeys);
        if self.phase() != Phase::PairedWithAzure {
            None
        } else if self.standing == Standing::Removed {
            Some("The account no longer exists in Entra.")
        } else if self.standing == Standing::Suspended {
            Some("The account is suspended in Entra.")
        } else if !keys().any(|key| key.state == PasskeyState::Confirmed) {
            Some("The key was deleted in Entra.")
        } else {
            None
        }
    }

    /// Whether a phone has reported a credential that Entra has not confirmed.
    #[must_use]
    pub fn awaits_confirmation(&self) -> bool {
        self.accounts.values().flat_map(|account| &account.passkeys).any(|key| key.state == PasskeyState::Reported)
    }

    /// Whether `search` stands in the email, the username or the name, in any letter case.
    #[must_use]
    pub fn is_like(&self, search: &str) -> bool {
        let search = search.to_lowercase();
        [&self.email, &self.username, &self.display_name].iter().any(|text| text.to_lowercase().contains(&search))
    }

    /// The group in Entra in which the user is to be; none for one whom an administrator has deleted.
    #[must_use]
    pub fn target_group(&self) -> Option<Phase> {
        (self.stay == Stay::Member).then(|| self.phase())
    }

    /// Whether that is the only one of HYPR's groups in which the user is, as far as Control Center knows.
    #[must_use]
    pub fn groups_settled(&self) -> bool {
        self.groups == self.target_group().into_iter().collect()
    }

    pub(crate) fn learn(&mut self, person: &Person) {
        self.object_id = Some(person.object_id.clone());
        self.display_name.clone_from(&person.display_name);
        self.email.clone_from(&person.email);
        self.standing = person.standing;
    }

    /// Compares the reported keys with the ids of the methods that Graph lists; the answer is the devices whose key is
    /// new to Entra.
    pub(crate) fn compare_keys(&mut self, method_ids: &BTreeSet<String>) -> Vec<String> {
        let is_back = |id: &String| method_id(id).is_some_and(|id| method_ids.contains(&id));
        let back = std::mem::take(&mut self.missing_keys).into_iter().filter(is_back);
        self.doomed_keys.extend(back.map(|credential_id| DoomedKey { credential_id, failure: None }));
        let mut confirmed = Vec::new();
        for (device_id, account) in &mut self.accounts {
            for key in &mut account.passkeys {
                let known = method_id(&key.credential_id).is_some_and(|id| method_ids.contains(&id));
                match (key.state, known) {
                    (PasskeyState::Reported, true) => {
                        key.state = PasskeyState::Confirmed;
                        confirmed.push(device_id.clone());
                    }
                    (PasskeyState::Gone, true) => key.state = PasskeyState::Confirmed,
                    (PasskeyState::Confirmed, false) => key.state = PasskeyState::Gone,
                    _ => {}
                }
            }
            // A key that was made anew takes the place of the one that was deleted in Entra.
            if account.passkeys.iter().any(|key| key.state == PasskeyState::Confirmed) {
                account.passkeys.retain(|key| key.state != PasskeyState::Gone);
            }
        }
        confirmed
    }

    /// The pairing with `device_id` ends; its keys are doomed.
    pub(crate) fn unpair(&mut self, now: Timestamp, device_id: &str) -> bool {
        let Some(account) = self.accounts.remove(device_id) else { return false };
        let keys = account.passkeys.into_iter().filter(|key| key.state != PasskeyState::Gone);
        self.doomed_keys.extend(keys.map(|key| DoomedKey { credential_id: key.credential_id, failure: None }));
        self.unpaired_at = Some(now);
        true
    }
}

impl Account {
    /// How far this pairing has come.
    #[must_use]
    pub fn phase(&self) -> Phase {
        if self.passkeys.iter().any(|key| key.state != PasskeyState::Reported) {
            Phase::PairedWithAzure
        } else {
            Phase::PairedWithHypr
        }
    }
}
