//! The table of commands: which of them the model has, how each is read, and what its rules say before it is carried out.

use jiff::Timestamp;
use wire::Status;

use super::make_credential::Apart;
use super::selection;
use super::{Authenticator, Command, Step, bio_enrollment, client_pin, config, credential_management, large_blobs};
use crate::fault::{Fault, Verdict};
use crate::pin_uv::MISMATCHES_MAX;
use crate::{Event, Feature, request};

impl Authenticator {
    pub(super) fn dispatch(&mut self, now: Timestamp, command: Command, parameters: &[u8]) -> Result<Step, Status> {
        if parameters.len() >= self.profile.limits.message_bytes {
            return Err(Status::REQUEST_TOO_LARGE);
        }
        match command {
            Command::MAKE_CREDENTIAL => self.dispatch_make_credential(now, parameters),
            Command::GET_ASSERTION => self.dispatch_get_assertion(now, parameters),
            Command::GET_NEXT_ASSERTION => self.dispatch_get_next_assertion(now),
            Command::GET_INFO => self.dispatch_get_info(),
            Command::CLIENT_PIN => self.dispatch_client_pin(now, parameters),
            Command::RESET if self.profile.reset => self.dispatch_reset(now),
            Command::BIO_ENROLLMENT => self.dispatch_bio_enrollment(now, parameters),
            Command::CREDENTIAL_MANAGEMENT if self.profile.has(Feature::CredMgmt) => {
                self.dispatch_credential_management(now, parameters)
            }
            Command::SELECTION if self.profile.is_2_1() => self.dispatch_selection(),
            Command::LARGE_BLOBS if self.profile.large_blob_bytes.is_some() => {
                self.dispatch_large_blobs(now, parameters)
            }
            Command::CONFIG if !self.profile.config_commands.is_empty() => self.dispatch_config(now, parameters),
            _ => Err(Status::INVALID_COMMAND),
        }
    }

    fn dispatch_make_credential(&mut self, now: Timestamp, parameters: &[u8]) -> Result<Step, Status> {
        let normalised = request::normalise(parameters, request::MAKE_CREDENTIAL)?;
        let request = request::make_credential(&normalised)?;
        self.decoded(Command::MAKE_CREDENTIAL, Some(&request.rp.id))?;
        let apart = Apart {
            algorithms: request::algorithms(&normalised),
            formats: request::formats(&normalised),
            pin_complexity_policy: request::pin_complexity_policy(parameters),
        };
        self.make_credential(now, &request, &apart)
    }

    fn dispatch_get_assertion(&mut self, now: Timestamp, parameters: &[u8]) -> Result<Step, Status> {
        let normalised = request::normalise(parameters, request::GET_ASSERTION)?;
        let request = request::get_assertion(&normalised)?;
        self.decoded(Command::GET_ASSERTION, Some(request.rp_id))?;
        self.get_assertion(now, &request)
    }

    fn dispatch_get_next_assertion(&mut self, now: Timestamp) -> Result<Step, Status> {
        let rp_id = self.continued_rp_id();
        self.decoded(Command::GET_NEXT_ASSERTION, rp_id.as_deref())?;
        self.get_next_assertion(now).map(Step::Respond)
    }

    fn dispatch_get_info(&mut self) -> Result<Step, Status> {
        self.decoded(Command::GET_INFO, None)?;
        Ok(Step::Respond(self.get_info()))
    }

    fn dispatch_client_pin(&mut self, now: Timestamp, parameters: &[u8]) -> Result<Step, Status> {
        let normalised = request::normalise(parameters, request::CLIENT_PIN)?;
        let request = client_pin::Request::decode(&normalised)?;
        self.decoded(Command::CLIENT_PIN, request.rp_id.as_deref())?;
        self.client_pin(now, request)
    }

    fn dispatch_reset(&mut self, now: Timestamp) -> Result<Step, Status> {
        self.decoded(Command::RESET, None)?;
        self.reset(now).map(Step::Ask)
    }

    fn dispatch_bio_enrollment(&mut self, now: Timestamp, parameters: &[u8]) -> Result<Step, Status> {
        let sensor = self.profile.built_in_uv.and_then(|uv| uv.bio_enrollment).ok_or(Status::INVALID_COMMAND)?;
        let request = bio_enrollment::Request::decode(parameters)?;
        self.decoded(Command::BIO_ENROLLMENT, None)?;
        self.bio_enrollment(now, &request, sensor)
    }

    /// An enumeration that this does not go on with is over, also where it cannot be read.
    fn dispatch_credential_management(&mut self, now: Timestamp, parameters: &[u8]) -> Result<Step, Status> {
        let before = self.take_enumeration();
        let request = credential_management::Request::read(parameters)?;
        self.decoded(Command::CREDENTIAL_MANAGEMENT, None)?;
        self.credential_management(now, &request, before).map(Step::Respond)
    }

    fn dispatch_selection(&mut self) -> Result<Step, Status> {
        self.decoded(Command::SELECTION, None)?;
        Ok(Step::Ask(selection::pending()))
    }

    fn dispatch_large_blobs(&mut self, now: Timestamp, parameters: &[u8]) -> Result<Step, Status> {
        let request = large_blobs::Request::decode(parameters)?;
        self.decoded(Command::LARGE_BLOBS, None)?;
        self.large_blobs(now, request).map(Step::Respond)
    }

    fn dispatch_config(&mut self, now: Timestamp, parameters: &[u8]) -> Result<Step, Status> {
        let request = config::Request::read(parameters)?;
        self.decoded(Command::CONFIG, None)?;
        self.configure(now, request).map(Step::Respond)
    }

    /// A command was understood; what its rules say is in force until it is answered.
    ///
    /// # Errors
    ///
    /// Some status, when it is not carried out: [`Self::respond`] has the right one.
    fn decoded(&mut self, command: Command, rp_id: Option<&str>) -> Result<(), Status> {
        self.events.push_back(Event::Command { name: command.name(), rp_id: rp_id.map(str::to_owned) });
        let Some(fault) = self.faults.judge(command, rp_id) else { return Ok(()) };
        self.events.push_back(Event::Faulted { name: command.name(), fault: fault.clone() });
        if fault == Fault::PinSoftLock {
            self.pin_mismatches = MISMATCHES_MAX;
        }
        self.verdict = Verdict::new(Some(fault));
        if self.verdict.forestalls() { Err(Status::OTHER) } else { Ok(()) }
    }
}
