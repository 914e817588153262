//! Applies what an operation has found out.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::ControlCenter;
use super::line::Conclusion;
use crate::event::{Event, Link};
use crate::graph::Failure;
use crate::integration::Groups;
use crate::name::ApplicationName;
use crate::operation::{Check, Deletion, Outcome, Purpose, Refusal};
use crate::people::{Person, Phase, Standing, Stay, User};

impl ControlCenter {
    pub(super) fn conclude(&mut self, now: Timestamp, rp_app_id: &str, outcome: Outcome) -> Conclusion {
        match outcome {
            Outcome::AddIntegration { name, result } => self.add_concluded(now, name, result),
            Outcome::FindUser { username, purpose, result } => {
                self.find_concluded(now, rp_app_id, &username, &purpose, result)
            }
            Outcome::MoveGroups { username, person, groups, result } => {
                self.move_concluded(now, rp_app_id, &username, person, groups, result)
            }
            Outcome::ConfirmPasskey { username, result } => {
                let compared = result.map(|ids| self.keys_listed(now, rp_app_id, &username, &ids));
                self.concluded(now, rp_app_id, Some(&username), "confirm a user's key", compared)
            }
            Outcome::RefreshAccounts { checks, result } => self.refresh_concluded(now, rp_app_id, checks, result),
            Outcome::DeleteKeys { username, results } => self.delete_concluded(now, rp_app_id, &username, results),
        }
    }

    fn add_concluded(&mut self, now: Timestamp, name: ApplicationName, result: Result<Groups, Refusal>) -> Conclusion {
        let rp_app_id = name.to_string();
        match result {
            Ok(groups) => {
                self.integration_added(now, name, groups);
                Conclusion::Done
            }
            Err(refusal) => {
                self.lines.remove(&rp_app_id);
                self.note(now, Event::IntegrationRefused { rp_app_id, reason: refusal.text.clone() });
                Conclusion::Refused(refusal)
            }
        }
    }

    fn find_concluded(
        &mut self,
        now: Timestamp,
        rp_app_id: &str,
        username: &str,
        purpose: &Purpose,
        result: Result<Person, Failure>,
    ) -> Conclusion {
        let applied = result.map(|person| match purpose {
            Purpose::Invitation => self.user_invited(now, rp_app_id, &person),
            Purpose::Session(session_id) => {
                if let Some(session) = self.sessions.get_mut(session_id) {
                    session.person = Some(person);
                }
            }
        });
        self.concluded(now, rp_app_id, Some(username), "find a user in Entra", applied)
    }

    fn move_concluded(
        &mut self,
        now: Timestamp,
        rp_app_id: &str,
        username: &str,
        person: Option<Person>,
        groups: BTreeSet<Phase>,
        result: Result<(), Failure>,
    ) -> Conclusion {
        let into = groups.first().copied();
        self.change_user(now, rp_app_id, username, |user| {
            user.groups = groups;
            person.iter().for_each(|person| user.learn(person));
        });
        if result.is_ok() {
            let (rp_app_id, username) = (rp_app_id.to_owned(), username.to_owned());
            self.note(now, Event::GroupMoved { rp_app_id, username, into });
        }
        self.part_with(rp_app_id, username);
        self.concluded(now, rp_app_id, Some(username), "move a user to the group of the phase", result)
    }

    /// Graph has listed the methods of a user.
    fn keys_listed(&mut self, now: Timestamp, rp_app_id: &str, username: &str, ids: &BTreeSet<String>) {
        let confirmed = self.change_user(now, rp_app_id, username, |user| user.compare_keys(ids));
        for device_id in confirmed.unwrap_or_default() {
            let link = Link { rp_app_id: rp_app_id.to_owned(), username: username.to_owned(), device_id };
            self.note(now, Event::PasskeyConfirmed(link));
        }
    }

    fn refresh_concluded(
        &mut self,
        now: Timestamp,
        rp_app_id: &str,
        checks: Vec<Check>,
        result: Result<(), Failure>,
    ) -> Conclusion {
        for check in checks {
            self.change_user(now, rp_app_id, &check.username, |user| match &check.person {
                Some(person) => user.learn(person),
                None => user.standing = Standing::Removed,
            });
            if let Some(ids) = check.method_ids {
                self.keys_listed(now, rp_app_id, &check.username, &ids);
            }
        }
        if let Some(integration) = self.integrations.get_mut(rp_app_id) {
            integration.last_check_failure = result.as_ref().err().map(ToString::to_string);
        }
        self.concluded(now, rp_app_id, None, "confirm the accounts with Entra", result)
    }

    fn delete_concluded(
        &mut self,
        now: Timestamp,
        rp_app_id: &str,
        username: &str,
        results: Vec<(String, Result<Deletion, Failure>)>,
    ) -> Conclusion {
        let mut conclusion = Conclusion::Done;
        for (credential_id, result) in results {
            self.change_user(now, rp_app_id, username, |user| key_tried(user, &credential_id, &result));
            match result {
                Ok(_) => {
                    let (rp_app_id, username) = (rp_app_id.to_owned(), username.to_owned());
                    self.note(now, Event::KeyDeleted { rp_app_id, username });
                }
                Err(failure) => {
                    conclusion =
                        self.concluded(now, rp_app_id, Some(username), "delete a user's key in Entra", Err(failure));
                }
            }
        }
        self.part_with(rp_app_id, username);
        conclusion
    }

    /// A deleted user leaves the list when nothing of the user is left in Entra.
    pub(super) fn part_with(&mut self, rp_app_id: &str, username: &str) {
        let Some(integration) = self.integrations.get_mut(rp_app_id) else { return };
        let parted = integration
            .user(username)
            .is_some_and(|user| user.stay == Stay::Leaving && user.groups.is_empty() && user.doomed_keys.is_empty());
        if parted {
            integration.users.remove(&username.to_lowercase());
        }
    }

    fn concluded(
        &mut self,
        now: Timestamp,
        rp_app_id: &str,
        username: Option<&str>,
        task: &'static str,
        result: Result<(), Failure>,
    ) -> Conclusion {
        let Err(failure) = result else { return Conclusion::Done };
        let event = Event::EntraRefused {
            rp_app_id: rp_app_id.to_owned(),
            username: username.map(str::to_owned),
            task,
            code: failure.code(),
            reason: failure.to_string(),
        };
        self.note(now, event);
        Conclusion::Failed(failure)
    }
}

fn key_tried(user: &mut User, credential_id: &str, result: &Result<Deletion, Failure>) {
    match result {
        Ok(deletion) => {
            user.doomed_keys.retain(|key| key.credential_id != credential_id);
            if *deletion == Deletion::NotFound {
                user.missing_keys.push(credential_id.to_owned());
            }
        }
        Err(failure) => {
            let doomed = user.doomed_keys.iter_mut().filter(|key| key.credential_id == credential_id);
            doomed.for_each(|key| key.failure = Some(failure.to_string()));
        }
    }
}
