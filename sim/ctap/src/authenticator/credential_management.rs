//! authenticatorCredentialManagement (CTAP 2.3 §6.8): what the authenticator holds, for the platform to list and change.

use std::collections::VecDeque;

use jiff::Timestamp;
use minicbor::Decoder;
use minicbor::decode::Error as DecodeError;
use sha2::{Digest as _, Sha256};
use wire::Status;

use super::continuation::Sequence;
use super::{Authenticator, encode};
use crate::credential::Credential;
use crate::store::{RpIdHash, Serial};
use crate::{Event, Extension, Permissions, request};

/// A request, decoded.
#[derive(Default)]
pub(super) struct Request {
    sub_command: u64,
    params: Params,
    /// subCommandParams as they were sent.
    params_raw: Vec<u8>,
    protocol: Option<u64>,
    pin_uv_auth_param: Option<Vec<u8>>,
}

/// subCommandParams.
#[derive(Default)]
struct Params {
    rp_id_hash: Option<RpIdHash>,
    credential_id: Option<CredentialId>,
    user: Option<User>,
}

/// A PublicKeyCredentialDescriptor.
struct CredentialId {
    id: Vec<u8>,
    kind: String,
}

/// A PublicKeyCredentialUserEntity.
#[derive(Default)]
struct User {
    id: Vec<u8>,
    name: Option<String>,
    display_name: Option<String>,
}

/// What a subcommand does with the credentials.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    /// It tells of them; a persistent token permits that (§6.5.2.2).
    Reads,
    /// It changes them.
    Writes,
}

impl Request {
    /// Reads a request as it was sent.
    pub(super) fn decode(parameters: &[u8]) -> Result<Self, Status> {
        let normalised = request::normalise(parameters, request::CREDENTIAL_MANAGEMENT)?;
        let mut decoder = Decoder::new(&normalised);
        let mut request = Self::default();
        request.read(&mut decoder).map_err(|_| Status::CBOR_UNEXPECTED_TYPE)?;
        request.params_raw = request::member(parameters, 2).unwrap_or_default().to_vec();
        Ok(request)
    }

    fn read(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        for _ in 0..decoder.map()?.unwrap_or(0) {
            match decoder.u8()? {
                1 => self.sub_command = decoder.u64()?,
                2 => self.params = Params::read(decoder)?,
                3 => self.protocol = Some(decoder.u64()?),
                _ => self.pin_uv_auth_param = Some(decoder.bytes()?.to_vec()),
            }
        }
        Ok(())
    }

    /// A parameter without which the subcommand cannot be. Without pinUvAuthParam, that is what is missed first.
    fn mandatory<'a, T>(&self, param: &'a Option<T>) -> Result<&'a T, Status> {
        let missed = if self.pin_uv_auth_param.is_some() { Status::MISSING_PARAMETER } else { Status::PUAT_REQUIRED };
        param.as_ref().ok_or(missed)
    }

    /// What pinUvAuthParam covers.
    fn message(&self) -> Vec<u8> {
        let sub_command = self.sub_command.try_into().unwrap_or(u8::MAX);
        [&[sub_command], self.params_raw.as_slice()].concat()
    }
}

impl Params {
    fn read(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let mut params = Self::default();
        for _ in 0..decoder.map()?.unwrap_or(0) {
            match decoder.u8()? {
                1 => params.rp_id_hash = decoder.bytes()?.try_into().ok(),
                2 => params.credential_id = Some(CredentialId::read(decoder)?),
                _ => params.user = Some(User::read(decoder)?),
            }
        }
        Ok(params)
    }
}

impl CredentialId {
    /// The members in canonical order, both of which are required.
    fn read(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        decoder.map()?;
        decoder.str()?;
        let id = decoder.bytes()?.to_vec();
        decoder.str()?;
        Ok(Self { id, kind: decoder.str()?.to_owned() })
    }
}

impl User {
    fn read(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let mut user = Self::default();
        for _ in 0..decoder.map()?.unwrap_or(0) {
            match decoder.str()? {
                "id" => user.id = decoder.bytes()?.to_vec(),
                "name" => user.name = stored(decoder.str()?),
                _ => user.display_name = stored(decoder.str()?),
            }
        }
        Ok(user)
    }
}

impl Authenticator {
    /// `sequence` is what the last command has left, and is gone unless a subcommand continues it.
    ///
    /// # Errors
    ///
    /// `PUAT_REQUIRED`, `MISSING_PARAMETER`, `INVALID_PARAMETER`, `PIN_AUTH_INVALID`: pinUvAuthParam does not permit
    /// it. `NO_CREDENTIALS`: there is no such credential. `NOT_ALLOWED`: nothing is left to go on with.
    /// `INVALID_SUBCOMMAND`: an unknown one.
    pub(super) fn credential_management(
        &mut self,
        now: Timestamp,
        request: &Request,
        sequence: Option<Sequence>,
    ) -> Result<Vec<u8>, Status> {
        match (request.sub_command, sequence) {
            (GET_CREDS_METADATA, _) => self.get_creds_metadata(now, request),
            (ENUMERATE_RPS_BEGIN, _) => self.enumerate_rps_begin(now, request),
            (ENUMERATE_RPS_GET_NEXT_RP, Some(Sequence::RelyingParties(rest))) => self.next_rp(now, rest, Total::Known),
            (ENUMERATE_CREDENTIALS_BEGIN, _) => self.enumerate_credentials_begin(now, request),
            (ENUMERATE_CREDENTIALS_GET_NEXT_CREDENTIAL, Some(Sequence::Credentials(rest))) => {
                self.next_credential(now, rest, Total::Known)
            }
            (ENUMERATE_RPS_GET_NEXT_RP | ENUMERATE_CREDENTIALS_GET_NEXT_CREDENTIAL, _) => Err(Status::NOT_ALLOWED),
            (DELETE_CREDENTIAL, _) => self.delete(now, request),
            (UPDATE_USER_INFORMATION, _) => self.update_user_information(now, request),
            _ => Err(Status::INVALID_SUBCOMMAND),
        }
    }

    /// §6.8.2.
    fn get_creds_metadata(&mut self, now: Timestamp, request: &Request) -> Result<Vec<u8>, Status> {
        let bound = self.permit(now, request, Access::Reads)?;
        belongs_to_none(bound.as_deref())?;
        let existing = self.durable.store.discoverable_count();
        let room = self.profile.limits.credentials.saturating_sub(existing);
        Ok(encode(|e| e.map(2)?.u8(0x01)?.u64(existing as u64)?.u8(0x02)?.u64(room as u64)))
    }

    /// §6.8.3.
    fn enumerate_rps_begin(&mut self, now: Timestamp, request: &Request) -> Result<Vec<u8>, Status> {
        let bound = self.permit(now, request, Access::Reads)?;
        belongs_to_none(bound.as_deref())?;
        let relying_parties: VecDeque<_> = self.durable.store.relying_parties().into_iter().collect();
        if relying_parties.is_empty() {
            return Err(Status::NO_CREDENTIALS);
        }
        let total = Total::Told(relying_parties.len() as u64);
        self.next_rp(now, relying_parties, total)
    }

    fn next_rp(&mut self, now: Timestamp, mut rest: VecDeque<RpIdHash>, total: Total) -> Result<Vec<u8>, Status> {
        let hash = rest.pop_front().ok_or(Status::NOT_ALLOWED)?;
        self.leave(now, Sequence::RelyingParties(rest));
        let credentials = || self.durable.store.of_rp(&hash).map(|(_, credential)| credential);
        let newest = credentials().next().ok_or(Status::NOT_ALLOWED)?;
        let name = credentials().find_map(|credential| credential.rp_name.as_deref());
        Ok(encode(|e| {
            e.map(2 + total.members())?;
            e.u8(0x03)?.map(1 + u64::from(name.is_some()))?.str("id")?.str(&newest.rp_id)?;
            if let Some(name) = name {
                e.str("name")?.str(name)?;
            }
            e.u8(0x04)?.bytes(&hash)?;
            if let Total::Told(total) = total {
                e.u8(0x05)?.u64(total)?;
            }
            Ok(e)
        }))
    }

    /// §6.8.4.
    fn enumerate_credentials_begin(&mut self, now: Timestamp, request: &Request) -> Result<Vec<u8>, Status> {
        let rp_id_hash = *request.mandatory(&request.params.rp_id_hash)?;
        let bound = self.permit(now, request, Access::Reads)?;
        belongs_to(bound.as_deref(), &rp_id_hash)?;
        let serials: VecDeque<_> = self.durable.store.of_rp(&rp_id_hash).map(|(serial, _)| serial).collect();
        if serials.is_empty() {
            return Err(Status::NO_CREDENTIALS);
        }
        let total = Total::Told(serials.len() as u64);
        self.next_credential(now, serials, total)
    }

    fn next_credential(&mut self, now: Timestamp, mut rest: VecDeque<Serial>, total: Total) -> Result<Vec<u8>, Status> {
        let serial = rest.pop_front().ok_or(Status::NOT_ALLOWED)?;
        self.leave(now, Sequence::Credentials(rest));
        let credential = self.durable.store.by_serial(serial).ok_or(Status::NOT_ALLOWED)?;
        let protection = self.profile.extends(Extension::CredProtect).then_some(credential.protection);
        let pays = self.profile.extends(Extension::ThirdPartyPayment).then_some(credential.third_party_payment);
        let mut public_key = Vec::new();
        credential.secrets.key.push_public_key(&mut public_key);
        Ok(encode(|e| {
            let more = [protection.is_some(), credential.large_blob_key.is_some(), pays.is_some()];
            e.map(3 + total.members() + more.into_iter().filter(|is_there| *is_there).count() as u64)?;
            let (name, display_name) = (&credential.user_name, &credential.user_display_name);
            e.u8(0x06)?.map(1 + u64::from(name.is_some()) + u64::from(display_name.is_some()))?;
            e.str("id")?.bytes(&credential.user_handle)?;
            if let Some(name) = name {
                e.str("name")?.str(name)?;
            }
            if let Some(display_name) = display_name {
                e.str("displayName")?.str(display_name)?;
            }
            e.u8(0x07)?.map(2)?.str("id")?.bytes(&credential.id)?.str("type")?.str(wire::webauthn::PUBLIC_KEY)?;
            e.u8(0x08)?.writer_mut().extend_from_slice(&public_key);
            if let Total::Told(total) = total {
                e.u8(0x09)?.u64(total)?;
            }
            if let Some(protection) = protection {
                e.u8(0x0A)?.u8(protection as u8)?;
            }
            if let Some(key) = &credential.large_blob_key {
                e.u8(0x0B)?.bytes(key)?;
            }
            if let Some(pays) = pays {
                e.u8(0x0C)?.bool(pays)?;
            }
            Ok(e)
        }))
    }

    /// §6.8.5.
    fn delete(&mut self, now: Timestamp, request: &Request) -> Result<Vec<u8>, Status> {
        let id = request.mandatory(&request.params.credential_id)?;
        let bound = self.permit(now, request, Access::Writes)?;
        let (_, credential) = self.listed(id)?;
        belongs_to(bound.as_deref(), &credential.rp_id_hash)?;
        self.delete_credential(&id.id);
        Ok(vec![Status::OK.0])
    }

    /// §6.8.6. A name that is absent or empty is removed.
    fn update_user_information(&mut self, now: Timestamp, request: &Request) -> Result<Vec<u8>, Status> {
        let id = request.mandatory(&request.params.credential_id)?;
        let user = request.mandatory(&request.params.user)?;
        let bound = self.permit(now, request, Access::Writes)?;
        let (serial, credential) = self.listed(id)?;
        belongs_to(bound.as_deref(), &credential.rp_id_hash)?;
        if credential.user_handle != user.id {
            return Err(Status::INVALID_PARAMETER);
        }
        let credential = self.durable.store.by_serial_mut(serial).ok_or(Status::NO_CREDENTIALS)?;
        credential.user_name.clone_from(&user.name);
        credential.user_display_name.clone_from(&user.display_name);
        let event = Event::CredentialUpdated { rp_id: credential.rp_id.clone(), user: user.name.clone() };
        self.durable.credentials_changed();
        self.record(event);
        Ok(vec![Status::OK.0])
    }

    /// The discoverable credential that a descriptor names.
    fn listed(&self, named: &CredentialId) -> Result<(Serial, &Credential), Status> {
        let found = self.durable.store.discoverable(&named.id);
        found.filter(|_| named.kind == wire::webauthn::PUBLIC_KEY).ok_or(Status::NO_CREDENTIALS)
    }

    /// Checks pinUvAuthParam; returns the relying party to which the token is bound, if to one. The
    /// persistent token is bound to none, and serves under either protocol.
    fn permit(&mut self, now: Timestamp, request: &Request, access: Access) -> Result<Option<String>, Status> {
        let message = request.message();
        let param = request.pin_uv_auth_param.as_deref();
        if let (Access::Reads, Some(mac), Some(number), Some(token)) =
            (access, param, request.protocol, &self.durable.persistent_token)
            && self.protocol(number)?.verify(token, &message, mac).is_ok()
        {
            return Ok(None);
        }
        self.authorise_management(now, (param, request.protocol), Permissions::CREDENTIAL_MANAGEMENT, &message)
    }
}

/// Whether a response tells how many there are: the first of an enumeration does.
#[derive(Clone, Copy)]
enum Total {
    Told(u64),
    Known,
}

impl Total {
    fn members(self) -> u64 {
        u64::from(matches!(self, Self::Told(_)))
    }
}

/// A token that is bound to a relying party must not tell of others.
fn belongs_to_none(bound: Option<&str>) -> Result<(), Status> {
    if bound.is_none() { Ok(()) } else { Err(Status::PIN_AUTH_INVALID) }
}

/// A token that is bound to a relying party serves for its credentials only.
fn belongs_to(bound: Option<&str>, rp_id_hash: &RpIdHash) -> Result<(), Status> {
    let fits = bound.is_none_or(|rp_id| Sha256::digest(rp_id).as_slice() == rp_id_hash);
    if fits { Ok(()) } else { Err(Status::PIN_AUTH_INVALID) }
}

/// A name as it is kept: none when it is empty, shortened when it is long, as at registration (§6.1.2 step 17).
fn stored(name: &str) -> Option<String> {
    let kept = &name[..name.floor_char_boundary(NAME_BYTES_MAX)];
    (!kept.is_empty()).then(|| kept.to_owned())
}

const GET_CREDS_METADATA: u64 = 0x01;
const ENUMERATE_RPS_BEGIN: u64 = 0x02;
const ENUMERATE_RPS_GET_NEXT_RP: u64 = 0x03;
const ENUMERATE_CREDENTIALS_BEGIN: u64 = 0x04;
const ENUMERATE_CREDENTIALS_GET_NEXT_CREDENTIAL: u64 = 0x05;
const DELETE_CREDENTIAL: u64 = 0x06;
const UPDATE_USER_INFORMATION: u64 = 0x07;
/// How much of a name is kept; `ctap-types` keeps as much at registration.
const NAME_BYTES_MAX: usize = 64;
