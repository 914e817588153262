//! CTAP1/U2F messages: registration, authentication and version (FIDO U2F Raw Message Formats v1.2; CTAP 2.3 §10).
//!
//! A U2F host does not wait for the user: it asks again until presence has been given ([`presence`]).

mod presence;
mod request;

use jiff::Timestamp;
use wire::auth_data::Flags;

pub(super) use self::presence::Polled;
use self::request::{Control, Request};
use super::{Authenticator, Command};
use crate::apdu::StatusWord;
use crate::credential::{Credential, ID_BYTES, Protection, Secrets};
use crate::fault::{Fault, Verdict};
use crate::key::PrivateKey;
use crate::store::Serial;
use crate::{Algorithm, Event, Version, auth_data};

impl Authenticator {
    /// Takes a U2F message, an APDU, and answers it at once.
    ///
    /// Presence that is missing is asked for, and the answer is `SW_CONDITIONS_NOT_SATISFIED` until the message comes
    /// again after it was given.
    pub fn handle_u2f(&mut self, now: Timestamp, message: &[u8]) -> Vec<u8> {
        self.handle_timeout(now);
        let (name, outcome) = match self.u2f_request(message) {
            Err(word) => ("a U2F message", Err(word)),
            // Whoever polls does so several times a second; the journal tells it once.
            Ok(request) if self.is_still_asked(now, &request) => {
                return StatusWord::CONDITIONS_NOT_SATISFIED.after(&[]);
            }
            Ok(request) => {
                let application = request.application().map(|hash| self.application_name(hash));
                self.record(Event::Command { name: request.name(), rp_id: application });
                (request.name(), self.serve_u2f(now, &request))
            }
        };
        let word = outcome.as_ref().err().copied().unwrap_or(StatusWord::NO_ERROR);
        self.verdict = Verdict::default();
        self.record(Event::U2fResponse { name, word });
        word.after(&outcome.unwrap_or_default())
    }

    /// Whether U2F messages are served at present: alwaysUv, which they could not obey, disables them (§7.2.4).
    pub(crate) fn offers_u2f(&self) -> bool {
        self.profile.speaks(Version::U2fV2) && !self.durable.config.always_uv
    }

    fn u2f_request<'a>(&self, message: &'a [u8]) -> Result<Request<'a>, StatusWord> {
        if !self.offers_u2f() {
            return Err(StatusWord::COMMAND_NOT_ALLOWED);
        }
        Request::decode(message)
    }

    fn serve_u2f(&mut self, now: Timestamp, request: &Request<'_>) -> Result<Vec<u8>, StatusWord> {
        match *request {
            Request::Version => Ok(Version::U2fV2.name().as_bytes().to_vec()),
            Request::Register { challenge, application } => {
                self.spend_presence(now, request, None)?;
                self.judge_u2f(Command::MAKE_CREDENTIAL, request);
                Ok(self.register_by_u2f(now, challenge, application))
            }
            Request::Authenticate { control, challenge, application, key_handle } => {
                let serial = self.of_key_handle(application, key_handle).ok_or(StatusWord::WRONG_DATA)?;
                let given = match control {
                    Control::CheckOnly => return Err(StatusWord::CONDITIONS_NOT_SATISFIED),
                    Control::DontEnforcePresence => 0,
                    Control::EnforcePresence => {
                        self.spend_presence(now, request, Some(serial))?;
                        Flags::UP
                    }
                };
                self.judge_u2f(Command::GET_ASSERTION, request);
                self.authenticate_by_u2f(serial, challenge, given).ok_or(StatusWord::WRONG_DATA)
            }
        }
    }

    /// A rule about makeCredential holds for a registration, one about getAssertion for an authentication, as far as
    /// U2F signs what goes wrong.
    fn judge_u2f(&mut self, command: Command, request: &Request<'_>) {
        let rp_id = request.application().map(|hash| self.application_name(hash));
        let fault = self.faults.judge(command, rp_id.as_deref()).filter(Fault::is_of_u2f);
        if let Some(fault) = &fault {
            self.record(Event::Faulted { name: request.name(), fault: fault.clone() });
        }
        self.verdict = Verdict::new(fault);
    }

    /// The credential of a key handle, if U2F may use it: whatever is listed or protected is CTAP2's alone.
    fn of_key_handle(&self, application: &[u8; 32], key_handle: &[u8]) -> Option<Serial> {
        let (serial, credential) = self.durable.store.by_id(application, key_handle)?;
        let is_usable = !credential.is_discoverable
            && credential.protection == Protection::Optional
            && credential.secrets.key.algorithm() == Algorithm::ES256;
        is_usable.then_some(serial)
    }

    /// §4.3: the public key, the key handle, the attestation certificate and its signature.
    fn register_by_u2f(&mut self, now: Timestamp, challenge: &[u8; 32], application: &[u8; 32]) -> Vec<u8> {
        let credential = self.new_u2f_credential(now, *application);
        let key = &credential.secrets.key;
        let point = key.es256_point().expect("U2F keys are ES256 keys");
        let signed_application = self.verdict.rp_id_hash(*application);
        let mut message = [&[0][..], &signed_application, challenge, &credential.id, &point].concat();
        self.verdict.spoil_message(&mut message);
        let (certificate, signature) = self.attestation.certify(&message, key);
        let handle_bytes = u8::try_from(credential.id.len()).expect("ids made here are short");
        let answer = [&[RESERVED][..], &point, &[handle_bytes], &credential.id, &certificate, &signature].concat();
        self.record(Event::CredentialCreated {
            rp_id: credential.rp_id.clone(),
            user: None,
            id: credential.id.clone(),
        });
        self.durable.store.insert(credential);
        answer
    }

    /// A credential that CTAP2 finds by its id alone, and that needs no verification.
    fn new_u2f_credential(&mut self, now: Timestamp, application: [u8; 32]) -> Credential {
        let rp_id = self.application_name(&application);
        let rng = &mut self.rng;
        Credential {
            id: rng.bytes::<ID_BYTES>().to_vec(),
            rp_id,
            rp_name: None,
            user_handle: Vec::new(),
            user_name: None,
            user_display_name: None,
            created: now,
            sign_count: super::make_credential::SIGN_COUNT_FIRST,
            is_discoverable: false,
            protection: Protection::Optional,
            cred_blob: None,
            large_blob_key: None,
            third_party_payment: false,
            rp_id_hash: application,
            secrets: Secrets {
                key: PrivateKey::generate(Algorithm::ES256, self.signer, rng),
                with_uv: rng.bytes(),
                without_uv: rng.bytes(),
            },
        }
    }

    /// §5.4: presence, the counter, and the signature over them: what authenticator data begins with.
    fn authenticate_by_u2f(&mut self, serial: Serial, challenge: &[u8; 32], given: u8) -> Option<Vec<u8>> {
        let credential = self.durable.store.by_serial_mut(serial)?;
        credential.sign_count = self.verdict.next_sign_count(credential.sign_count);
        let header = auth_data::header(credential.rp_id_hash, given, credential.sign_count, &self.verdict);
        let mut message = [&header, &challenge[..]].concat();
        self.verdict.spoil_message(&mut message);
        let signature = credential.secrets.key.sign(&message);
        self.events.push_back(Event::Asserted {
            rp_id: credential.rp_id.clone(),
            user: credential.user_name.clone(),
            sign_count: credential.sign_count,
        });
        Some([&header[32..], &signature].concat())
    }

    /// An application as people are told of it: U2F tells its hash only.
    ///
    /// Convention of the lab: the RP ID of a credential that has this hash, or else the hash itself.
    fn application_name(&self, application: &[u8; 32]) -> String {
        let known = self.durable.store.iter().find(|credential| credential.rp_id_hash == *application);
        known.map_or_else(
            || format!("U2F application {}", application.map(|byte| format!("{byte:02x}")).concat()),
            |credential| credential.rp_id.clone(),
        )
    }
}

/// The first byte of a registration, "for legacy reasons" (§4.3).
const RESERVED: u8 = 0x05;
