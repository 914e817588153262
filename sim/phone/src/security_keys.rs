//! My Security Keys and My Computers (guide: "HYPR Mobile App Changes"): the lists, and for a key the instructions
//! before Azure knows it, the details after, rename, delete and login activity.

use clockwork::{Button, Icon, Row, Screen};
use jiff::Timestamp;

use crate::account::{Account, AccountId, Join, Machine, Phase, Refusal, Removal, Standing, Use};
use crate::control_center::{self, Failure};
use crate::phone::{Biometric, Call, Phone};
use crate::screens::{View, field};
use crate::{Event, words};

/// A page about one key.
#[derive(Clone)]
pub(crate) enum KeyPage {
    /// Instructions until Azure knows the key, details from then on.
    Overview,
    Renaming {
        label: String,
    },
    Deleting,
    Activity,
}

impl Phone {
    pub(crate) fn tap_in_key(&mut self, id: &AccountId, page: KeyPage, label: &str) -> Option<()> {
        let overview = View::Key(id.clone(), KeyPage::Overview);
        match (page, label) {
            (KeyPage::Overview, words::RENAME) => {
                let label = self.accounts.get(id).and_then(|account| account.label.clone()).unwrap_or_default();
                self.show(View::Key(id.clone(), KeyPage::Renaming { label }));
            }
            (KeyPage::Overview, words::DELETE) => self.show(View::Key(id.clone(), KeyPage::Deleting)),
            (KeyPage::Overview, words::LOGIN_ACTIVITY) => self.show(View::Key(id.clone(), KeyPage::Activity)),
            (KeyPage::Overview, words::BACK) => self.show(View::SecurityKeys),
            (KeyPage::Renaming { label }, words::SAVE) => {
                self.rename(id, label.trim());
                self.show(overview);
            }
            (KeyPage::Renaming { .. } | KeyPage::Deleting, words::CANCEL) | (KeyPage::Activity, words::BACK) => {
                self.show(overview);
            }
            (KeyPage::Deleting, words::DELETE) => self.delete(id),
            _ => return None,
        }
        Some(())
    }

    /// Asks Control Center again for every removal that it has not confirmed.
    pub(crate) fn retry_removals(&mut self) {
        let postponed = self.accounts.values().filter(|it| it.standing == Standing::Removing(Removal::Postponed));
        let ids: Vec<AccountId> = postponed.map(|account| account.id.clone()).collect();
        ids.iter().for_each(|id| self.ask_for_removal(id));
    }

    pub(crate) fn handle_removal(&mut self, id: &AccountId, answer: Result<(), Failure>) {
        let failure = match answer {
            Ok(()) => return self.forget(id, Event::Removed { account: id.clone() }),
            Err(failure) => failure,
        };
        self.call_failed("remove account", &failure);
        let Some(account) = self.accounts.get_mut(id) else { return };
        let (removal, event) = if failure.refuses_the_phone() {
            (Removal::Refused, Event::RemovalRefused { account: id.clone() })
        } else {
            (Removal::Postponed, Event::RemovalPostponed { account: id.clone() })
        };
        account.standing = Standing::Removing(removal);
        self.events.push_back(event);
    }

    fn rename(&mut self, id: &AccountId, label: &str) {
        let Some(account) = self.accounts.get_mut(id) else { return };
        account.label = (!label.is_empty()).then(|| label.to_owned());
        self.events.push_back(Event::Renamed { account: id.clone(), label: label.to_owned() });
    }

    /// The key is unusable from this moment on, whether or not Control Center can be reached.
    fn delete(&mut self, id: &AccountId) {
        let Some(account) = self.accounts.get(id) else { return };
        if account.standing == Standing::Removing(Removal::Refused) {
            return self.forget(id, Event::Dropped { account: id.clone() });
        }
        let keys: Vec<Vec<u8>> = self.credentials_of(account).map(|credential| credential.id.clone()).collect();
        for key in keys {
            self.key.delete_credential(&key);
        }
        self.key.revoke_token();
        self.events.push_back(Event::Deleted { account: id.clone() });
        self.ask_for_removal(id);
        self.show(View::SecurityKeys);
    }

    fn ask_for_removal(&mut self, id: &AccountId) {
        let Some(account) = self.accounts.get_mut(id) else { return };
        account.standing = Standing::Removing(Removal::Asked);
        account.confirmation = None;
        if let Some(phone) = self.enrolments.get(&id.server) {
            let request = control_center::remove(id, phone);
            self.send(Call::Remove(id.clone()), request);
        }
    }

    /// Nothing of the account stays; `event` says why.
    fn forget(&mut self, id: &AccountId, event: Event) {
        self.accounts.remove(id);
        if !self.accounts.keys().any(|other| other.server == id.server) {
            self.enrolments.remove(&id.server);
        }
        if self.accounts.is_empty() {
            self.azure_biometric = Biometric::NotRegistered;
        }
        self.events.push_back(event);
        if self.is_about(id) {
            self.show(View::SecurityKeys);
        }
    }

    /// The hybrid-joined workstations, each with the account that was paired from it, as My Computers lists them.
    pub(crate) fn computers(&self) -> impl Iterator<Item = (&Account, &Machine)> {
        let machines = self.accounts.values().flat_map(|account| account.machines.iter().map(move |it| (account, it)));
        machines.filter(|(_, machine)| machine.join == Join::Hybrid)
    }

    /// The arrow leads to the same details as in My Security Keys: a computer has no pairing of its own.
    pub(crate) fn computers_screen(&self) -> Screen {
        let rows = self.computers().map(|(account, machine)| {
            let mut row = row(&[("Computer", &machine.name), ("Account", &account.id.username)]);
            row.icons.extend(warnings(account));
            row.buttons.push(Button::new(words::OPEN_ROW));
            row
        });
        list(words::MY_COMPUTERS, words::NO_COMPUTERS, rows.collect())
    }

    pub(crate) fn keys_screen(&self) -> Screen {
        let rows = self.accounts.values().map(|account| {
            let mut row = row(&[("Account", &account.id.username), ("Application", &account.id.rp_app_id)]);
            row.cells.extend(account.label.iter().map(|label| (words::NAME.to_owned(), label.clone())));
            row.icons.extend(warnings(account));
            row.buttons.push(Button::new(words::OPEN_ROW));
            row
        });
        list(words::MY_SECURITY_KEYS, words::NO_SECURITY_KEYS, rows.collect())
    }

    pub(crate) fn key_screen(&self, id: &AccountId, page: &KeyPage) -> Screen {
        let Some(account) = self.accounts.get(id) else { return self.keys_screen() };
        match page {
            KeyPage::Overview => overview(account, self.by_its_clock(account.paired_at)),
            KeyPage::Renaming { label } => {
                let mut screen = Screen::new(words::RENAME_TITLE, &[&id.username], &[words::SAVE, words::CANCEL]);
                screen.fields.push(field(words::NAME, label));
                screen
            }
            KeyPage::Deleting => {
                let texts = [id.username.as_str(), words::DELETE_WARNING];
                Screen::new(words::DELETE_TITLE, &texts, &[words::DELETE, words::CANCEL])
            }
            KeyPage::Activity => {
                let rows = account.activity.iter().rev().map(|activity| {
                    let what = match activity.what {
                        Use::Registered => "Registered",
                        Use::SignedIn => "Signed in",
                    };
                    row(&[
                        ("When", &self.by_its_clock(activity.at).to_string()),
                        ("What", what),
                        ("Where", &account.relying_party),
                    ])
                });
                list(words::LOGIN_ACTIVITY, words::NO_ACTIVITY, rows.collect())
            }
        }
    }
}

/// Instructions while the pairing is incomplete or broken, details otherwise.
fn overview(account: &Account, paired_at: Timestamp) -> Screen {
    let texts: &[&str] = match (account.standing, account.phase) {
        (Standing::Removing(Removal::Refused), _) => &[words::REMOVAL_REFUSED],
        (Standing::Removing(Removal::Asked | Removal::Postponed), _) => &[words::REMOVAL_POSTPONED],
        (Standing::Unknown, _) => &[words::NO_LONGER_PAIRED_TEXT],
        (Standing::Paired, Phase::PairedWithAzure) => &[],
        (Standing::Paired, _) => &words::INSTRUCTIONS,
    };
    let buttons: &[&str] = if texts.is_empty() {
        &[words::RENAME, words::DELETE, words::LOGIN_ACTIVITY, words::BACK]
    } else {
        &[words::DELETE, words::BACK]
    };
    let mut screen = Screen::new(account.label.as_deref().unwrap_or(&account.id.username), texts, buttons);
    screen.icons.extend(warnings(account));
    if texts.is_empty() {
        let machines: Vec<&str> = account.machines.iter().map(|machine| machine.name.as_str()).collect();
        screen.rows = vec![
            row(&[("Detail", "Account"), ("Value", &account.id.username)]),
            row(&[("Detail", "Name"), ("Value", &account.display_name)]),
            row(&[("Detail", "Application"), ("Value", &account.id.rp_app_id)]),
            row(&[("Detail", "Web domain"), ("Value", &account.relying_party)]),
            row(&[("Detail", "Computers"), ("Value", &machines.join(", "))]),
            row(&[("Detail", "Paired since"), ("Value", &paired_at.to_string())]),
        ];
    }
    screen
}

/// An account's warning icons: how far the pairing is, then what keeps it from working.
fn warnings(account: &Account) -> impl Iterator<Item = Icon> {
    let pairing = match (account.standing, account.phase) {
        (Standing::Removing(_), _) => Some(words::REMOVAL_NOT_FINISHED),
        (Standing::Unknown, _) => Some(words::NO_LONGER_PAIRED),
        (Standing::Paired, Phase::Pending | Phase::PairedWithHypr) => Some(words::PAIRING_INCOMPLETE),
        (Standing::Paired, Phase::PairedWithAzure) => None,
    };
    let refusal = match account.refusal() {
        Some(Refusal::IntegrationDisabled) => Some(words::INTEGRATION_DISABLED),
        Some(Refusal::DomainNotAccepted) => Some(words::DOMAIN_NOT_ACCEPTED),
        Some(Refusal::NotPaired) | None => None,
    };
    pairing.into_iter().chain(refusal).map(|hover| Icon::new(words::WARNING, hover))
}

fn list(title: &str, none: &str, rows: Vec<Row>) -> Screen {
    let texts: &[&str] = if rows.is_empty() { &[none] } else { &[] };
    Screen { rows, ..Screen::new(title, texts, &[words::BACK]) }
}

fn row(cells: &[(&str, &str)]) -> Row {
    let cells = cells.iter().map(|&(column, value)| (column.to_owned(), value.to_owned()));
    Row { cells: cells.collect(), ..Row::default() }
}
