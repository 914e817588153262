//! authenticatorGetAssertion (CTAP 2.3 §6.2).

use ctap_types::ctap2::get_assertion::Request;
use jiff::Timestamp;
use minicbor::Encoder;
use sha2::{Digest as _, Sha256};
use wire::Status;
use wire::auth_data::Flags;

use super::continuation::Sequence;
use super::extensions::AssertionInputs;
use super::gesture::{self, Pending, Subject};
use super::get_next_assertion::Remaining;
use super::verification::{Method, PinUvAuthParam, Presence, Wish, touch};
use super::{Authenticator, Command, Never, Step, response};
use crate::credential::{Credential, Names, Protection};
use crate::pin_uv::Token;
use crate::store::Serial;
use crate::{Event, Fault, Permissions, Purpose, auth_data};

/// An assertion to be made once the user has consented.
pub(super) struct Work {
    /// The credentials that apply, newest first; one at most when the request named them.
    applicable: Vec<Serial>,
    inputs: Inputs,
    presence: Presence,
    /// When the token that has authorised it expires.
    until: Option<Timestamp>,
}

/// What every assertion of one request shares.
pub(super) struct Inputs {
    client_data_hash: [u8; 32],
    extensions: AssertionInputs,
}

/// An assertion's place among those of its request.
#[derive(Clone, Copy)]
pub(super) enum Place {
    Only,
    FirstOf(u64),
    Later,
}

impl Authenticator {
    /// Steps 1 to 10 of §6.2.2, up to the user.
    pub(super) fn get_assertion(&mut self, now: Timestamp, request: &Request<'_>) -> Result<Step, Status> {
        // 1. a zero-length pinUvAuthParam and 2. its protocol
        let param = self.pin_uv_auth_param(request.pin_auth.map(|param| &**param), request.pin_protocol)?;
        if matches!(param, PinUvAuthParam::Touch) {
            let subject = Subject { rp_id: request.rp_id.to_owned(), user: None, purpose: Purpose::SignIn };
            return Ok(touch(Command::GET_ASSERTION, subject));
        }
        if request.allow_list.as_ref().is_some_and(|list| list.len() > self.profile.limits.list_length) {
            return Err(Status::LIMIT_EXCEEDED);
        }
        // 4. options
        let options = request.options.as_ref();
        if options.is_some_and(|options| options.rk.is_some()) {
            return Err(Status::UNSUPPORTED_OPTION);
        }
        // 5. and 6. verification
        let wish = Wish {
            param,
            uv: options.and_then(|options| options.uv) == Some(true),
            up: options.and_then(|options| options.up) != Some(false),
            unverified: true,
            permission: Permissions::GET_ASSERTION,
            rp_id: request.rp_id,
            client_data_hash: request.client_data_hash,
        };
        let method = self.method(&wish)?;
        let consent = self.consent(now, &wish, method)?;
        let until = self.token.as_ref().filter(|_| matches!(method, Method::ByToken(..))).map(Token::expires);
        // 7. the credentials; when a biometric is still to come, their absence is told after it
        let applicable = self.applicable(request, consent.wanted);
        if applicable.is_empty() && !consent.is_missing(Flags::UV) {
            return Err(Status::NO_CREDENTIALS);
        }
        // 9. presence: asked for when not given; 10. extensions
        let extensions = self.assertion_inputs(request, consent.wanted & Flags::UP)?;
        let client_data_hash = (**request.client_data_hash).try_into().map_err(|_| Status::INVALID_LENGTH)?;
        let subject = self.assertion_subject(request.rp_id, &applicable);
        let work =
            Work { applicable, inputs: Inputs { client_data_hash, extensions }, presence: method.presence(), until };
        Ok(Step::Ask(Pending { work: gesture::Work::GetAssertion(Box::new(work)), consent, subject }))
    }

    /// Steps 11 and 12, once the user has consented.
    pub(super) fn finish_get_assertion(&mut self, now: Timestamp, work: Work, given: u8) -> Result<Vec<u8>, Status> {
        let Some((&first, rest)) = work.applicable.split_first() else { return Err(Status::NO_CREDENTIALS) };
        self.spend_token(given, work.presence);
        let place = if rest.is_empty() { Place::Only } else { Place::FirstOf(work.applicable.len() as u64) };
        let response = self.assert(first, &work.inputs, given, place)?;
        if !rest.is_empty() {
            self.leave(now, Sequence::Assertions(Remaining::new(rest, work.inputs, given, work.until)));
        }
        Ok(response)
    }

    /// Signs for one credential: extensions, counter, authenticator data, signature (steps 10 and 12).
    pub(super) fn assert(
        &mut self,
        serial: Serial,
        inputs: &Inputs,
        given: u8,
        place: Place,
    ) -> Result<Vec<u8>, Status> {
        let credential = self.durable.store.by_serial_mut(serial).ok_or(Status::NO_CREDENTIALS)?;
        credential.sign_count = self.verdict.next_sign_count(credential.sign_count);
        let extensions = self.verdict.extensions(inputs.extensions.outputs(credential, given, &mut self.rng));
        let large_blob_key = credential.large_blob_key.filter(|_| inputs.extensions.large_blob_key);

        let flags = auth_data::flags(given, 0, extensions.as_deref());
        let mut message = auth_data::header(credential.rp_id_hash, flags, credential.sign_count, &self.verdict);
        message.extend(extensions.iter().flatten());
        let auth_data_bytes = message.len();
        message.extend_from_slice(&inputs.client_data_hash);
        let mut e = response();
        let more = [credential.is_discoverable, matches!(place, Place::FirstOf(_)), large_blob_key.is_some()];
        let members = 3 + more.into_iter().map(u64::from).sum::<u64>();
        encode_head(&mut e, credential, &message[..auth_data_bytes], members).expect("a Vec takes every byte");
        self.verdict.spoil_message(&mut message);
        let signature = credential.secrets.key.sign(&message);
        encode_tail(&mut e, credential, &signature, given, place).expect("a Vec takes every byte");
        if let Some(key) = large_blob_key {
            e.u8(0x07).and_then(|e| e.bytes(&key)).expect("a Vec takes every byte");
        }

        self.events.push_back(Event::Asserted {
            rp_id: credential.rp_id.clone(),
            user: credential.user_name.clone(),
            sign_count: credential.sign_count,
        });
        Ok(e.into_writer())
    }

    /// Step 7: the credentials that apply, given whether the user is, or will be, verified.
    fn applicable(&self, request: &Request<'_>, wanted: u8) -> Vec<Serial> {
        if self.verdict.is(&Fault::NoCredentials) {
            return Vec::new();
        }
        let usable = |credential: &Credential, without_uv: Protection| {
            wanted & Flags::UV != 0 || credential.protection <= without_uv
        };
        let rp_id_hash = Sha256::digest(request.rp_id).into();
        // An empty list counts as none.
        match request.allow_list.as_deref() {
            None | Some([]) => {
                let held = self.durable.store.of_rp(&rp_id_hash);
                held.filter(|(_, held)| usable(held, Protection::Optional)).map(|(serial, _)| serial).collect()
            }
            Some(list) => {
                let named = list.iter().filter(|descriptor| descriptor.key_type == wire::webauthn::PUBLIC_KEY);
                let mut held = named.filter_map(|descriptor| self.durable.store.by_id(&rp_id_hash, descriptor.id));
                let usable = held.find(|(_, held)| usable(held, Protection::OptionalWithList));
                usable.map(|(serial, _)| serial).into_iter().collect()
            }
        }
    }

    fn assertion_subject(&self, rp_id: &str, applicable: &[Serial]) -> Subject {
        let only = match applicable {
            [only] => self.durable.store.by_serial(*only),
            _ => None,
        };
        let user = only.and_then(|credential| credential.user_name.clone());
        Subject { rp_id: rp_id.to_owned(), user, purpose: Purpose::SignIn }
    }
}

/// The members before the signature.
fn encode_head(e: &mut Encoder<Vec<u8>>, credential: &Credential, auth_data: &[u8], members: u64) -> Result<(), Never> {
    e.map(members)?;
    e.u8(0x01)?.map(2)?.str("id")?.bytes(&credential.id)?.str("type")?.str(wire::webauthn::PUBLIC_KEY)?;
    e.u8(0x02)?.bytes(auth_data)?;
    Ok(())
}

/// The signature and what follows it. Names are told to a verified user who has to choose, and to nobody else; the
/// account of a credential that is not discoverable is not told at all (§6.2.2, user).
fn encode_tail(
    e: &mut Encoder<Vec<u8>>,
    credential: &Credential,
    signature: &[u8],
    given: u8,
    place: Place,
) -> Result<(), Never> {
    e.u8(0x03)?.bytes(signature)?;
    if credential.is_discoverable {
        let told = given & Flags::UV != 0 && !matches!(place, Place::Only);
        credential.encode_user(e.u8(0x04)?, if told { Names::Told } else { Names::Withheld })?;
    }
    if let Place::FirstOf(number) = place {
        e.u8(0x05)?.u64(number)?;
    }
    Ok(())
}
