//! The authenticator: command bytes in, response bytes out, the user as an input in between (CTAP 2.3 §6); and U2F
//! messages, whose host does the waiting.

mod bio_enrollment;
mod client_pin;
mod config;
mod continuation;
mod credential_management;
mod dispatch;
mod extensions;
mod gesture;
mod get_assertion;
mod get_info;
mod get_next_assertion;
mod hmac_secret;
mod large_blobs;
mod make_credential;
mod reset;
mod selection;
mod u2f;
mod verification;

use std::collections::VecDeque;
use std::sync::Arc;

use clockwork::Stream;
use jiff::Timestamp;
use wire::Status;

use self::bio_enrollment::Enrollment;
use self::continuation::Continuation;
use self::gesture::{Pending, State};
use crate::durable::Durable;
use crate::fault::Verdict;
use crate::pin_uv::{KeyAgreement, Protocol, Token};
use crate::{Attestation, BadSnapshot, Credential, Event, Faults, Profile, Signer, Snapshot};

/// A CTAP authenticator.
pub struct Authenticator {
    profile: Arc<Profile>,
    attestation: Attestation,
    faults: Faults,
    /// What goes wrong with the command under way.
    verdict: Verdict,
    signer: Signer,
    rng: Stream,
    durable: Durable,
    state: State,
    continuation: Option<Continuation>,
    token: Option<Token>,
    /// Made when first asked for, since most phones of a large lab never are.
    key_agreements: [Option<KeyAgreement>; 2],
    /// Wrong PINs in a row since the power came (§6.5.5.6).
    pin_mismatches: u8,
    /// The finger that is being enrolled.
    enrollment: Option<Enrollment>,
    /// When the power came. A new authenticator learns it from the first time that it is told.
    powered_up: Option<Timestamp>,
    responses: VecDeque<Vec<u8>>,
    events: VecDeque<Event>,
}

/// What a command does next.
enum Step {
    /// It is done; the status byte and what follows it.
    Respond(Vec<u8>),
    /// It needs the user.
    Ask(Pending),
}

impl Authenticator {
    /// An authenticator that holds no credentials.
    ///
    /// # Panics
    ///
    /// When the attestation's certificate names another model than the profile: no relying party could accept it. To
    /// play that fault, set [`crate::Fault::OtherAaguid`].
    #[must_use]
    pub fn new(profile: Profile, attestation: Attestation, mut rng: Stream) -> Self {
        let durable = Durable::new(&profile, &mut rng);
        Self::with(profile, attestation, rng, durable)
    }

    /// An authenticator that goes on where [`Self::snapshot`] was taken, with the power just come. When `rng` is the
    /// stream that the other one had, what comes next is what would have come next there; nothing is repeated.
    ///
    /// # Errors
    ///
    /// [`BadSnapshot`]: it is of another model, or holds what cannot be.
    ///
    /// # Panics
    ///
    /// As [`Self::new`].
    pub fn restore(
        profile: Profile,
        attestation: Attestation,
        mut rng: Stream,
        snapshot: Snapshot,
    ) -> Result<Self, BadSnapshot> {
        let (durable, position) = snapshot.into_durable(profile.aaguid)?;
        if rng.position() < position {
            rng.seek(position);
        }
        Ok(Self::with(profile, attestation, rng, durable))
    }

    /// Everything that it keeps without power, private keys included.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::of(self.profile.aaguid, self.rng.position(), &self.durable)
    }

    fn with(profile: Profile, attestation: Attestation, rng: Stream, durable: Durable) -> Self {
        assert!(attestation.is_for(profile.aaguid), "an attestation certificate names the model that it stands for");
        Self {
            durable,
            profile: Arc::new(profile),
            attestation,
            faults: Faults::default(),
            verdict: Verdict::default(),
            signer: Signer::default(),
            rng,
            state: State::Idle,
            continuation: None,
            token: None,
            key_agreements: [None, None],
            pin_mismatches: 0,
            enrollment: None,
            powered_up: None,
            responses: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Takes a command: its byte and its parameters. While one waits for the user, another is answered with
    /// `CTAP1_ERR_CHANNEL_BUSY`; framing sees to it that this does not happen.
    pub fn handle_command(&mut self, now: Timestamp, bytes: &[u8]) {
        self.powered_up.get_or_insert(now);
        let (command, parameters) = match bytes.split_first() {
            Some((&byte, parameters)) => (Command(byte), parameters),
            None => return self.send(Command(0), vec![Status::INVALID_LENGTH.0]),
        };
        if matches!(self.state, State::Waiting(_)) {
            return self.send(command, vec![Status::CHANNEL_BUSY.0]);
        }
        self.verdict = Verdict::default();
        self.end_unless_continued(now, command);
        match self.dispatch(now, command, parameters) {
            Ok(Step::Respond(response)) => self.respond(command, Ok(response)),
            Ok(Step::Ask(pending)) => self.advance(now, pending),
            Err(status) => self.respond(command, Err(status)),
        }
    }

    /// Whether a command is under way, or its response not yet fetched.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        matches!(self.state, State::Waiting(_)) || !self.responses.is_empty()
    }

    /// The next response: a status byte and CBOR.
    pub fn poll_response(&mut self) -> Option<Vec<u8>> {
        self.responses.pop_front()
    }

    /// What happened, oldest first.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// The power is cut and comes back at `now`: what was under way, the token, its keys and what the next command
    /// might have continued are gone (§6.5.2). Credentials, the persistent token and the count of failed biometrics
    /// stay.
    pub fn handle_power_cycle(&mut self, now: Timestamp) {
        self.state = State::Idle;
        self.forget();
        self.powered_up = Some(now);
        self.responses.clear();
        self.events.push_back(Event::PowerCycled);
    }

    /// Withdraws the token in use: whoever holds it has to ask the user anew.
    pub fn revoke_token(&mut self) {
        if self.token.take().is_some() {
            self.events.push_back(Event::TokenRevoked);
        }
    }

    /// Built-in verification may fail its full number of times again.
    ///
    /// Convention of the lab: a key without a PIN has no CTAP way out of `CTAP2_ERR_UV_BLOCKED`; whoever holds it ends
    /// the block in a way of its own, as a phone does by its passcode.
    pub fn unblock_verification(&mut self) {
        self.durable.uv_retries = self.profile.built_in_uv.map_or(0, |uv| uv.retries);
    }

    /// How often built-in verification may still fail.
    #[must_use]
    pub fn uv_retries(&self) -> u8 {
        self.durable.uv_retries
    }

    /// The credentials, oldest first.
    pub fn credentials(&self) -> impl Iterator<Item = &Credential> {
        self.durable.store.iter()
    }

    /// Deletes a credential, as its owner may on the phone; tells whether there was one.
    pub fn delete_credential(&mut self, id: &[u8]) -> bool {
        let Some(credential) = self.durable.store.remove(id) else { return false };
        if credential.is_discoverable {
            self.durable.credentials_changed(&mut self.rng);
        }
        self.events.push_back(Event::CredentialDeleted {
            rp_id: credential.rp_id,
            user: credential.user_name,
            id: credential.id,
        });
        true
    }

    /// The rules of what later commands do wrong on purpose; none to begin with. They are not part of a snapshot.
    pub fn faults_mut(&mut self) -> &mut Faults {
        &mut self.faults
    }

    /// The rules of what commands do wrong on purpose.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Chooses the library that makes and uses the ES256 keys of credentials to come.
    pub fn set_signer(&mut self, signer: Signer) {
        self.signer = signer;
    }

    /// What kind of authenticator this is.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// How it vouches for its credentials.
    #[must_use]
    pub fn attestation(&self) -> &Attestation {
        &self.attestation
    }

    pub(crate) fn random<const N: usize>(&mut self) -> [u8; N] {
        self.rng.bytes()
    }

    pub(crate) fn record(&mut self, event: Event) {
        self.events.push_back(event);
    }

    /// Answers the command under way.
    fn respond(&mut self, command: Command, outcome: Result<Vec<u8>, Status>) {
        let response = self.verdict.response(outcome);
        self.verdict = Verdict::default();
        self.send(command, response);
    }

    fn send(&mut self, command: Command, response: Vec<u8>) {
        let status = response.first().map_or(Status::OTHER, |byte| Status(*byte));
        self.events.push_back(Event::Response { name: command.name(), status });
        self.responses.push_back(response);
    }

    /// Loses what does not outlive the power: the token, its keys, the count of wrong PINs, what could be continued.
    fn forget(&mut self) {
        self.continuation = None;
        self.token = None;
        self.key_agreements = [None, None];
        self.pin_mismatches = 0;
        self.enrollment = None;
    }

    /// Makes a protocol's key agreement key anew, so that what was agreed before is void.
    fn regenerate(&mut self, protocol: Protocol) {
        self.key_agreements[protocol as usize - 1] = None;
    }

    fn key_agreement(&mut self, protocol: Protocol) -> &KeyAgreement {
        self.key_agreements[protocol as usize - 1].get_or_insert_with(|| KeyAgreement::generate(&mut self.rng))
    }
}

/// A command byte (§8.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Command(u8);

impl Command {
    pub(crate) const MAKE_CREDENTIAL: Self = Self(0x01);
    pub(crate) const GET_ASSERTION: Self = Self(0x02);
    pub(crate) const GET_INFO: Self = Self(0x04);
    pub(crate) const CLIENT_PIN: Self = Self(0x06);
    pub(crate) const RESET: Self = Self(0x07);
    pub(crate) const GET_NEXT_ASSERTION: Self = Self(0x08);
    pub(crate) const BIO_ENROLLMENT: Self = Self(0x09);
    pub(crate) const CONFIG: Self = Self(0x0D);
    pub(crate) const CREDENTIAL_MANAGEMENT: Self = Self(0x0A);
    pub(crate) const SELECTION: Self = Self(0x0B);
    pub(crate) const LARGE_BLOBS: Self = Self(0x0C);

    /// Those that have a name.
    pub(crate) const ALL: [Self; 11] = [
        Self::MAKE_CREDENTIAL,
        Self::GET_ASSERTION,
        Self::GET_NEXT_ASSERTION,
        Self::GET_INFO,
        Self::CLIENT_PIN,
        Self::RESET,
        Self::BIO_ENROLLMENT,
        Self::CREDENTIAL_MANAGEMENT,
        Self::SELECTION,
        Self::LARGE_BLOBS,
        Self::CONFIG,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::MAKE_CREDENTIAL => "authenticatorMakeCredential",
            Self::GET_ASSERTION => "authenticatorGetAssertion",
            Self::GET_INFO => "authenticatorGetInfo",
            Self::CLIENT_PIN => "authenticatorClientPIN",
            Self::RESET => "authenticatorReset",
            Self::GET_NEXT_ASSERTION => "authenticatorGetNextAssertion",
            Self::BIO_ENROLLMENT => "authenticatorBioEnrollment",
            Self::CONFIG => "authenticatorConfig",
            Self::CREDENTIAL_MANAGEMENT => "authenticatorCredentialManagement",
            Self::SELECTION => "authenticatorSelection",
            Self::LARGE_BLOBS => "authenticatorLargeBlobs",
            _ => "an unknown command",
        }
    }
}

/// A response of status OK, to which CBOR is appended.
fn response() -> minicbor::Encoder<Vec<u8>> {
    let mut bytes = Vec::with_capacity(RESPONSE_BYTES_TYPICAL);
    bytes.push(Status::OK.0);
    minicbor::Encoder::new(bytes)
}

/// A response of status OK and what `members` writes.
fn encode(
    members: impl FnOnce(&mut minicbor::Encoder<Vec<u8>>) -> Result<&mut minicbor::Encoder<Vec<u8>>, Never>,
) -> Vec<u8> {
    let mut e = response();
    members(&mut e).expect("a Vec takes every byte");
    e.into_writer()
}

/// What encoding into a `Vec` can fail with: nothing.
pub(crate) type Never = minicbor::encode::Error<std::convert::Infallible>;

/// A registration with one certificate.
const RESPONSE_BYTES_TYPICAL: usize = 1024;

#[cfg(test)]
mod tests;
