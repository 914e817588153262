//! From a new key to Paired with Azure: the phone reports the key to Control Center and asks every 5 seconds, for up
//! to 5 minutes, whether Azure knows it. How HYPR does this is not documented: a convention of the lab.

use jiff::{SignedDuration, Timestamp};
use wire::Base64Url;

use crate::account::{AccountId, Phase};
use crate::control_center::{self, Failure};
use crate::phone::{Call, Phone};
use crate::{Activity, Event, Use};

const INTERVAL: SignedDuration = SignedDuration::from_secs(5);
const PATIENCE: SignedDuration = SignedDuration::from_mins(5);

/// A new key, as Control Center hears of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Passkey {
    pub(crate) credential_id: Base64Url,
    pub(crate) user_handle: Base64Url,
}

/// A key that waits for Azure's confirmation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Confirmation {
    passkey: Passkey,
    report: Report,
    /// When to ask next; nothing once patience has run out.
    next: Option<Timestamp>,
    until: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Report {
    /// Control Center has not taken it yet.
    Due,
    /// Control Center has it.
    Taken,
}

impl Confirmation {
    fn start(now: Timestamp, passkey: Passkey) -> Self {
        Self { passkey, report: Report::Due, next: Some(now + INTERVAL), until: now + PATIENCE }
    }

    /// Another five minutes: the app was opened again, and has asked for the phase already.
    pub(crate) fn restart(&mut self, now: Timestamp) {
        self.next = Some(match self.report {
            Report::Due => now,
            Report::Taken => now + INTERVAL,
        });
        self.until = now + PATIENCE;
    }

    pub(crate) fn poll_timeout(&self) -> Option<Timestamp> {
        self.next
    }

    pub(crate) fn is_done(&self, phase: Phase) -> bool {
        phase == Phase::PairedWithAzure && self.report == Report::Taken
    }
}

impl Phone {
    /// A key was made for a paired account.
    pub(crate) fn confirm(&mut self, now: Timestamp, id: &AccountId, passkey: Passkey) {
        let Some(account) = self.accounts.get_mut(id) else { return };
        account.confirmation = Some(Confirmation::start(now, passkey));
        account.activity.push(Activity { at: now, what: Use::Registered });
        self.events.push_back(Event::PasskeyMade { account: id.clone() });
        self.ask_for_confirmation(id);
    }

    /// Asks for every account whose time has come.
    pub(crate) fn tick_confirmations(&mut self, now: Timestamp) {
        let due: Vec<AccountId> =
            self.accounts.values().filter(|account| is_due(account, now)).map(|account| account.id.clone()).collect();
        for id in due {
            let Some(confirmation) = self.accounts.get_mut(&id).and_then(|account| account.confirmation.as_mut())
            else {
                continue;
            };
            if now >= confirmation.until {
                confirmation.next = None;
                self.events.push_back(Event::ConfirmationGivenUp { account: id });
            } else {
                confirmation.next = Some(now + INTERVAL);
                self.ask_for_confirmation(&id);
            }
        }
    }

    /// The answer to a report.
    pub(crate) fn handle_report_taken(&mut self, id: &AccountId, answer: Result<Phase, Failure>) {
        let phase = match answer {
            Ok(phase) => phase,
            Err(failure) => return self.call_failed("report passkey", &failure),
        };
        let Some(account) = self.accounts.get_mut(id) else { return };
        if let Some(confirmation) = &mut account.confirmation {
            confirmation.report = Report::Taken;
        }
        self.events.push_back(Event::PasskeyReported { account: id.clone() });
        self.see_phase(id, phase);
    }

    /// Reports the key, again if Control Center has not taken it; after that asks for the phase.
    fn ask_for_confirmation(&mut self, id: &AccountId) {
        let Some(account) = self.accounts.get(id) else { return };
        let (Some(confirmation), Some(phone)) = (&account.confirmation, self.enrolments.get(&id.server)) else {
            return;
        };
        match confirmation.report {
            Report::Taken => drop(self.fetch_status(&id.server)),
            Report::Due => {
                let request = control_center::report_passkey(id, &account.relying_party, &confirmation.passkey, phone);
                self.send(Call::Report(id.clone()), request);
            }
        }
    }
}

fn is_due(account: &crate::Account, now: Timestamp) -> bool {
    account.confirmation.as_ref().and_then(Confirmation::poll_timeout).is_some_and(|at| at <= now)
}
