//! The line to one Entra tenant: one operation at a time, so that two moves of the same user never cross.

use std::collections::VecDeque;

use clockwork::{ExchangeId, Outbox, Reply};
use jiff::Timestamp;

use super::ControlCenter;
use crate::event::Event;
use crate::graph::{Connection, Courier, Failure, Link, Progress};
use crate::name::ApplicationName;
use crate::operation::{
    AddIntegration, ConfirmPasskey, DeleteKeys, FindUser, Keys, MoveGroups, Operation, OperationId, Plan, Purpose,
    RefreshAccounts, Refusal, Step, Target,
};
use crate::people::{Phase, User};

/// How an operation ended, for whoever waited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conclusion {
    /// It did what it was to do.
    Done,
    /// The integration was not added.
    Refused(Refusal),
    /// Entra did not play along.
    Failed(Failure),
    /// The integration was deleted meanwhile.
    Abandoned,
}

/// Work to be done when its turn comes; what it needs to know is read then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Job {
    AddIntegration { name: ApplicationName },
    FindUser { username: String, purpose: Purpose },
    MoveGroups { username: String },
    ConfirmPasskey { username: String },
    RefreshAccounts,
    DeleteKeys { username: String },
}

/// What runs and what waits.
pub(super) struct Line {
    link: Link,
    running: Option<Running>,
    waiting: VecDeque<(OperationId, Job)>,
}

struct Running {
    id: OperationId,
    operation: Operation,
    courier: Courier,
}

impl Line {
    pub(super) fn new(connection: Connection) -> Self {
        Self { link: Link::new(connection), running: None, waiting: VecDeque::new() }
    }

    /// The Entra tenant at its other end.
    pub(super) fn tenant_id(&self) -> &str {
        self.link.tenant_id()
    }

    pub(super) fn awaits(&self, reply: ExchangeId) -> bool {
        self.running.as_ref().is_some_and(|running| running.courier.awaits(reply))
    }

    pub(super) fn deadline(&self) -> Option<Timestamp> {
        self.running.as_ref().and_then(|running| running.courier.deadline())
    }

    pub(super) fn handle_timeout(&mut self, now: Timestamp, outbox: &mut Outbox) {
        if let Some(running) = self.running.take() {
            let courier = running.courier.handle_timeout(now, &mut self.link, outbox);
            self.running = Some(Running { courier, ..running });
        }
    }

    /// Everything that will not come to its end.
    fn operations(&self) -> impl Iterator<Item = OperationId> {
        let running = self.running.as_ref().map(|running| running.id);
        running.into_iter().chain(self.waiting.iter().map(|(id, _)| *id))
    }
}

impl ControlCenter {
    /// The end of a watched operation, once; nothing while it is under way.
    pub fn take_conclusion(&mut self, id: OperationId) -> Option<Conclusion> {
        self.conclusions.remove(&id)
    }

    /// Keeps the end of the operation for [`ControlCenter::take_conclusion`].
    pub(super) fn watch(&mut self, id: OperationId) {
        self.watched.insert(id);
    }

    pub(super) fn new_operation(&mut self) -> OperationId {
        self.operations_begun += 1;
        OperationId(self.operations_begun)
    }

    /// Queues a job; one that waits already is not queued twice.
    pub(super) fn enqueue(&mut self, now: Timestamp, rp_app_id: &str, job: Job) {
        let waits = self.lines.get(rp_app_id).is_some_and(|line| line.waiting.iter().any(|(_, other)| *other == job));
        if !waits {
            let id = self.new_operation();
            self.enqueue_as(now, rp_app_id, id, job);
        }
    }

    /// Queues a job under an id that somebody may watch.
    pub(super) fn enqueue_as(&mut self, now: Timestamp, rp_app_id: &str, id: OperationId, job: Job) {
        match self.lines.get_mut(rp_app_id) {
            Some(line) => line.waiting.push_back((id, job)),
            None => self.finish(id, Conclusion::Abandoned),
        }
        self.run_line(now, rp_app_id);
    }

    /// Ends the line; nothing that waits in it comes to its end.
    pub(super) fn cut_line(&mut self, rp_app_id: &str) {
        if let Some(line) = self.lines.remove(rp_app_id) {
            line.operations().for_each(|id| self.finish(id, Conclusion::Abandoned));
        }
    }

    pub(super) fn reply_arrived(&mut self, now: Timestamp, rp_app_id: &str, reply: Reply) {
        let Some(line) = self.lines.get_mut(rp_app_id) else { return };
        let Some(Running { id, operation, courier }) = line.running.take() else { return };
        match courier.handle(now, reply, &mut line.link, &mut self.outbox) {
            Progress::UnderWay(courier) => {
                let busy = courier.deadline().map(|until| (courier.words(), until));
                line.running = Some(Running { id, operation, courier });
                if let Some((call, until)) = busy {
                    self.note(now, Event::EntraBusy { rp_app_id: rp_app_id.to_owned(), call, until });
                }
            }
            Progress::Arrived(answer) => {
                self.take_step(now, rp_app_id, id, operation.handle(answer));
                self.run_line(now, rp_app_id);
            }
        }
    }

    /// Starts jobs until one has to wait for Entra.
    fn run_line(&mut self, now: Timestamp, rp_app_id: &str) {
        while let Some(line) = self.lines.get_mut(rp_app_id).filter(|line| line.running.is_none()) {
            let Some((id, job)) = line.waiting.pop_front() else { return };
            match self.start(rp_app_id, &job) {
                Some(step) => self.take_step(now, rp_app_id, id, step),
                None => {
                    if let Job::MoveGroups { username } = &job {
                        self.part_with(rp_app_id, username);
                    }
                    self.finish(id, Conclusion::Done);
                }
            }
        }
    }

    fn take_step(&mut self, now: Timestamp, rp_app_id: &str, id: OperationId, step: Step<Operation>) {
        match step {
            Step::Ask(errand, operation) => {
                if let Some(line) = self.lines.get_mut(rp_app_id) {
                    let courier = Courier::send(now, errand, &mut line.link, &mut self.outbox);
                    line.running = Some(Running { id, operation, courier });
                }
            }
            Step::Done(outcome) => {
                let conclusion = self.conclude(now, rp_app_id, outcome);
                self.finish(id, conclusion);
            }
        }
    }

    fn finish(&mut self, id: OperationId, conclusion: Conclusion) {
        if self.watched.remove(&id) {
            self.conclusions.insert(id, conclusion);
        }
    }

    /// The first step of a job; none when the world has made it needless.
    fn start(&self, rp_app_id: &str, job: &Job) -> Option<Step<Operation>> {
        let user = |username: &str| self.integration(rp_app_id)?.user(username);
        Some(match job {
            Job::AddIntegration { name } => AddIntegration::start(name.clone()).map(Operation::AddIntegration),
            Job::FindUser { username, purpose } => {
                FindUser::start(username.clone(), purpose.clone()).map(Operation::FindUser)
            }
            Job::MoveGroups { username } => {
                let user = user(username).filter(|user| !user.groups_settled())?;
                let plan = Plan {
                    username: user.username.clone(),
                    ids: self.integration(rp_app_id)?.groups.clone(),
                    present: user.groups.clone(),
                    target: user.target_group(),
                    person: None,
                };
                MoveGroups::start(plan, user.object_id.clone()).map(Operation::MoveGroups)
            }
            Job::ConfirmPasskey { username } => {
                let user = user(username).filter(|user| user.awaits_confirmation())?;
                ConfirmPasskey::start(user.username.clone(), id_in_entra(user)).map(Operation::ConfirmPasskey)
            }
            Job::RefreshAccounts => {
                let targets = self.integration(rp_app_id)?.users.values().map(target).collect();
                RefreshAccounts::start(targets).map(Operation::RefreshAccounts)
            }
            Job::DeleteKeys { username } => {
                let user = user(username).filter(|user| !user.doomed_keys.is_empty())?;
                let ids = user.doomed_keys.iter().map(|key| key.credential_id.clone()).collect();
                DeleteKeys::start(user.username.clone(), id_in_entra(user), ids).map(Operation::DeleteKeys)
            }
        })
    }
}

fn id_in_entra(user: &User) -> String {
    user.object_id.clone().unwrap_or_else(|| user.username.clone())
}

fn target(user: &User) -> Target {
    let matter = user.phase() == Phase::PairedWithAzure || user.awaits_confirmation() || !user.missing_keys.is_empty();
    let keys = if matter { Keys::Ask } else { Keys::Leave };
    Target { username: user.username.clone(), user: id_in_entra(user), keys }
}
