//! No phone makes or uses a key for Entra while it knows that the integration is DISABLED, that the domain is not
//! accepted, or that HYPR does not know the account (guide: "HYPR Mobile App Changes").

use std::collections::BTreeMap;

use lab::Lab;
use lab::ctap;
use lab::journal::Event;
use lab::phone::{AccountId, Domain, ENTRA, Event as PhoneEvent, Integration};

/// What a phone has heard of one account.
#[derive(Clone, Copy)]
struct Heard {
    integration: Integration,
    domain: Domain,
    is_known: bool,
}

/// What each phone of the lab has heard, by the phone's name in the journal.
#[derive(Default)]
struct Ears<'a>(BTreeMap<(&'a str, AccountId), Heard>);

/// The keys that were made or used against what the phone had heard, in the order of the journal.
pub(super) fn broken(lab: &Lab) -> Vec<String> {
    let events = lab.journal().entries().iter().filter_map(|entry| match &entry.event {
        Event::Phone(event) => Some((entry.actor.as_str(), event)),
        _ => None,
    });
    check(events)
}

/// The same for the events of phones, each with its actor.
pub(super) fn check<'a>(events: impl Iterator<Item = (&'a str, &'a PhoneEvent)>) -> Vec<String> {
    let mut ears = Ears::default();
    let mut problems = Vec::new();
    for (actor, event) in events {
        match event {
            PhoneEvent::Authenticator(ctap::Event::CredentialCreated { rp_id, user, .. }) if rp_id == ENTRA => {
                problems.extend(ears.forbid(actor, user.as_deref(), "made a key"));
            }
            PhoneEvent::Authenticator(ctap::Event::Asserted { rp_id, user, .. }) if rp_id == ENTRA => {
                problems.extend(ears.forbid(actor, user.as_deref(), "used its key"));
            }
            event => ears.hear(actor, event),
        }
    }
    problems
}

impl<'a> Ears<'a> {
    fn hear(&mut self, actor: &'a str, event: &PhoneEvent) {
        let mut change = |account: &AccountId, change: fn(&mut Heard)| {
            self.0.get_mut(&(actor, account.clone())).into_iter().for_each(change);
        };
        match event {
            PhoneEvent::Paired { account, integration, .. } => {
                let heard = Heard { integration: *integration, domain: Domain::Accepted, is_known: true };
                self.0.insert((actor, account.clone()), heard);
            }
            PhoneEvent::IntegrationSeen { account, integration: Integration::Enabled } => {
                change(account, |heard| heard.integration = Integration::Enabled);
            }
            PhoneEvent::IntegrationSeen { account, integration: Integration::Disabled } => {
                change(account, |heard| heard.integration = Integration::Disabled);
            }
            PhoneEvent::DomainSeen { account, domain: Domain::Accepted } => {
                change(account, |heard| heard.domain = Domain::Accepted);
            }
            PhoneEvent::DomainSeen { account, domain: Domain::NotAccepted } => {
                change(account, |heard| heard.domain = Domain::NotAccepted);
            }
            PhoneEvent::AccountKnownAgain { account } => change(account, |heard| heard.is_known = true),
            PhoneEvent::AccountUnknown { account } | PhoneEvent::Deleted { account } => {
                change(account, |heard| heard.is_known = false);
            }
            PhoneEvent::AppReinstalled => self.0.retain(|(phone, _), _| *phone != actor),
            _ => {}
        }
    }

    fn forbid(&self, actor: &str, user: Option<&str>, what: &str) -> Option<String> {
        let is_theirs = |account: &AccountId| user.is_some_and(|user| account.username.eq_ignore_ascii_case(user));
        let mut heard = self.0.iter().filter(|((phone, account), _)| *phone == actor && is_theirs(account));
        let why = heard.find_map(|(_, heard)| match heard {
            Heard { is_known: false, .. } => Some("HYPR does not know the account"),
            Heard { domain: Domain::NotAccepted, .. } => Some("its domain is not accepted"),
            Heard { integration: Integration::Disabled, .. } => Some("the integration is disabled"),
            _ => None,
        })?;
        Some(format!("{actor} {what} of {} although it had heard that {why}", user.unwrap_or_default()))
    }
}
