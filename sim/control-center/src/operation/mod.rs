//! Work that needs Entra in the middle: each operation is an enum of states named for what it waits for.
//!
//! An operation is a value: it takes answers and says what to ask next. It changes nothing; what it has found out is its
//! [`Outcome`], and `center::conclude` applies that.

mod add_integration;
mod confirm_passkey;
mod delete_keys;
mod find_user;
mod move_groups;
mod refresh_accounts;

use std::collections::BTreeSet;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

pub(crate) use add_integration::AddIntegration;
pub use add_integration::{FormField, Refusal};
pub(crate) use confirm_passkey::ConfirmPasskey;
pub(crate) use delete_keys::{DeleteKeys, Deletion};
pub(crate) use find_user::{FindUser, Purpose};
pub(crate) use move_groups::{MoveGroups, Plan};
pub(crate) use refresh_accounts::{Check, Keys, RefreshAccounts, Target};

use crate::graph::{Answer, Errand, Failure};
use crate::integration::Groups;
use crate::name::ApplicationName;
use crate::people::{Person, Phase, Standing};

/// Names an operation, for whoever waits for its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OperationId(pub(crate) u64);

/// What comes of an answer.
#[derive(Debug)]
pub(crate) enum Step<S> {
    Ask(Errand, S),
    Done(Outcome),
}

/// An operation under way.
#[derive(Debug)]
pub(crate) enum Operation {
    AddIntegration(AddIntegration),
    FindUser(FindUser),
    MoveGroups(MoveGroups),
    ConfirmPasskey(ConfirmPasskey),
    RefreshAccounts(RefreshAccounts),
    DeleteKeys(DeleteKeys),
}

/// What an operation has found out or done.
#[derive(Debug)]
pub(crate) enum Outcome {
    AddIntegration {
        name: ApplicationName,
        result: Result<Groups, Refusal>,
    },
    FindUser {
        username: String,
        purpose: Purpose,
        result: Result<Person, Failure>,
    },
    /// `person` when the user had to be looked up; `groups` are those that the user is in now.
    MoveGroups {
        username: String,
        person: Option<Person>,
        groups: BTreeSet<Phase>,
        result: Result<(), Failure>,
    },
    /// The ids of the user's FIDO2 methods.
    ConfirmPasskey {
        username: String,
        result: Result<BTreeSet<String>, Failure>,
    },
    RefreshAccounts {
        checks: Vec<Check>,
        result: Result<(), Failure>,
    },
    DeleteKeys {
        username: String,
        results: Vec<(String, Result<Deletion, Failure>)>,
    },
}

impl Operation {
    pub(crate) fn handle(self, answer: Result<Answer, Failure>) -> Step<Self> {
        match self {
            Self::AddIntegration(state) => state.handle(answer).map(Self::AddIntegration),
            Self::FindUser(state) => state.handle(answer).map(Self::FindUser),
            Self::MoveGroups(state) => state.handle(answer).map(Self::MoveGroups),
            Self::ConfirmPasskey(state) => state.handle(answer).map(Self::ConfirmPasskey),
            Self::RefreshAccounts(state) => state.handle(answer).map(Self::RefreshAccounts),
            Self::DeleteKeys(state) => state.handle(answer).map(Self::DeleteKeys),
        }
    }
}

impl<S> Step<S> {
    pub(crate) fn ask(errand: impl Into<Errand>, state: S) -> Self {
        Self::Ask(errand.into(), state)
    }

    pub(crate) fn map<T>(self, wrap: impl FnOnce(S) -> T) -> Step<T> {
        match self {
            Self::Ask(errand, state) => Step::Ask(errand, wrap(state)),
            Self::Done(outcome) => Step::Done(outcome),
        }
    }
}

/// A list of Graph, `entra.md` §2.1.
#[derive(Deserialize)]
struct List<T> {
    value: Vec<T>,
    #[serde(rename = "@odata.nextLink")]
    next_link: Option<String>,
}

/// A user of Graph, §2.4.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UserAnswer {
    #[serde(deserialize_with = "object_id")]
    id: String,
    display_name: Option<String>,
    user_principal_name: String,
    mail: Option<String>,
    account_enabled: Option<bool>,
}

/// A directory object of which only the id matters.
#[derive(Deserialize)]
struct Object {
    #[serde(deserialize_with = "object_id")]
    id: String,
}

/// A FIDO2 method of which only the id matters; it is compared, and goes into no address.
#[derive(Deserialize)]
struct Method {
    id: String,
}

/// An object id, which goes into addresses: what could lead them elsewhere is none.
fn object_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let id = String::deserialize(deserializer)?;
    let plain = id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if plain && (1..=OBJECT_ID_LEN_MAX).contains(&id.len()) { Ok(id) } else { Err(D::Error::custom("no object id")) }
}

/// Graph's are UUIDs of 36 characters.
const OBJECT_ID_LEN_MAX: usize = 64;

fn read_person(answer: &Answer) -> Result<Person, Failure> {
    let user: UserAnswer = answer.read()?;
    Ok(Person {
        object_id: user.id,
        display_name: user.display_name.unwrap_or_default(),
        email: user.mail.unwrap_or_else(|| user.user_principal_name.clone()),
        username: user.user_principal_name,
        standing: if user.account_enabled == Some(false) { Standing::Suspended } else { Standing::Active },
    })
}

fn read_method_ids(answer: &Answer) -> Result<BTreeSet<String>, Failure> {
    let keys: List<Method> = answer.read()?;
    Ok(keys.value.into_iter().map(|key| key.id).collect())
}
