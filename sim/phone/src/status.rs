//! What Control Center says of the phone's accounts: fetched when the app opens, after pairing, and before each
//! ceremony of their relying party.

use clockwork::ExchangeId;

use crate::Event;
use crate::account::{AccountId, Phase, Server, Standing};
use crate::control_center::{self, AccountStatus, Failure};
use crate::phone::{Call, Phone};

impl Phone {
    /// Asks for the state of every account of `server`; `None` when the phone is not known there.
    pub(crate) fn fetch_status(&mut self, server: &Server) -> Option<ExchangeId> {
        let request = control_center::status(server, self.enrolments.get(server)?);
        Some(self.send(Call::Status(server.clone()), request))
    }

    /// Takes what Control Center says. When it cannot be reached or is in trouble, the last state stays; when it
    /// refuses the phone itself, none of the accounts there is known any more.
    pub(crate) fn handle_status(&mut self, server: &Server, answer: Result<Vec<AccountStatus>, Failure>) {
        let statuses = match answer {
            Ok(statuses) => statuses,
            Err(failure) => {
                self.call_failed("device status", &failure);
                if !matches!(failure, Failure::Refused { .. }) {
                    return;
                }
                Vec::new()
            }
        };
        let ids: Vec<AccountId> = self.accounts.keys().filter(|id| id.server == *server).cloned().collect();
        for id in ids {
            match statuses.iter().find(|it| it.rp_app_id == id.rp_app_id && it.username == id.username) {
                Some(status) => self.see(&id, status),
                None => self.miss(&id),
            }
        }
    }

    /// Control Center says in which phase the user is.
    pub(crate) fn see_phase(&mut self, id: &AccountId, phase: Phase) {
        let Some(account) = self.accounts.get_mut(id) else { return };
        if account.phase != phase {
            account.phase = phase;
            self.events.push_back(Event::PhaseSeen { account: id.clone(), phase });
        }
        account.confirmation.take_if(|confirmation| confirmation.is_done(phase));
    }

    /// Control Center knows the account. A token that the user allowed before the account was refused must not be spent
    /// after it.
    fn see(&mut self, id: &AccountId, status: &AccountStatus) {
        let was_refused = self.is_refused(id);
        self.adopt(id, status);
        if !was_refused && self.is_refused(id) {
            self.key.revoke_token();
        }
    }

    fn is_refused(&self, id: &AccountId) -> bool {
        self.accounts.get(id).is_some_and(|account| account.refusal().is_some())
    }

    /// Writes down what is new.
    fn adopt(&mut self, id: &AccountId, status: &AccountStatus) {
        let Some(account) = self.accounts.get_mut(id) else { return };
        if account.standing == Standing::Unknown {
            account.standing = Standing::Paired;
            self.events.push_back(Event::AccountKnownAgain { account: id.clone() });
        }
        account.object_id.clone_from(&status.object_id);
        account.relying_party.clone_from(&status.relying_party);
        if account.integration != status.integration {
            account.integration = status.integration;
            self.events.push_back(Event::IntegrationSeen { account: id.clone(), integration: status.integration });
        }
        if account.domain != status.domain() {
            account.domain = status.domain();
            self.events.push_back(Event::DomainSeen { account: id.clone(), domain: status.domain() });
        }
        self.see_phase(id, status.phase);
    }

    /// Control Center does not know the account.
    fn miss(&mut self, id: &AccountId) {
        let Some(account) = self.accounts.get_mut(id) else { return };
        if account.standing == Standing::Paired {
            account.standing = Standing::Unknown;
            self.events.push_back(Event::AccountUnknown { account: id.clone() });
            self.key.revoke_token();
        }
    }
}
