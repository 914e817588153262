//! authenticatorClientPIN (CTAP 2.3 §6.5.5): the PIN, and tokens by PIN or by built-in verification.
//!
//! Decoded here: `ctap-types` cannot tell an unknown subcommand or a wrong key from broken CBOR.

use jiff::Timestamp;
use minicbor::Decoder;
use sha2::{Digest as _, Sha256};
use wire::auth_data::Flags;
use wire::{Status, cose};

use super::gesture::{Consent, Pending, Subject, Work};
use super::{Authenticator, Step, encode};
use crate::pin_uv::{MISMATCHES_MAX, Protocol, SharedSecret, Token};
use crate::{Event, Feature, Permissions, Purpose, profile};

/// A request, decoded.
#[derive(Default)]
pub(super) struct Request {
    protocol: Option<u64>,
    sub_command: u64,
    key_agreement: Option<Point>,
    pin_uv_auth_param: Option<Vec<u8>>,
    new_pin_enc: Option<Vec<u8>>,
    pin_hash_enc: Option<Vec<u8>>,
    permissions: Option<u64>,
    pub(super) rp_id: Option<String>,
}

/// A COSE key with whatever algorithm.
type Point = (Option<i64>, [u8; 32], [u8; 32]);

/// A token to be issued once the user has consented.
pub(super) struct IssueToken {
    protocol: Protocol,
    shared_secret: SharedSecret,
    permissions: Permissions,
    rp_id: Option<String>,
}

impl Request {
    /// Reads what [`crate::request::normalise`] has left.
    pub(super) fn decode(normalised: &[u8]) -> Result<Self, Status> {
        let wrong = |_| Status::CBOR_UNEXPECTED_TYPE;
        let mut decoder = Decoder::new(normalised);
        let mut request = Self::default();
        for _ in 0..decoder.map().map_err(wrong)?.unwrap_or(0) {
            match decoder.u8().map_err(wrong)? {
                1 => request.protocol = Some(decoder.u64().map_err(wrong)?),
                2 => request.sub_command = decoder.u64().map_err(wrong)?,
                3 => {
                    let start = decoder.position();
                    decoder.skip().map_err(wrong)?;
                    let key = &normalised[start..decoder.position()];
                    request.key_agreement = Some(cose::ec2_point(key).map_err(|_| Status::INVALID_PARAMETER)?);
                }
                4 => request.pin_uv_auth_param = Some(decoder.bytes().map_err(wrong)?.to_vec()),
                5 => request.new_pin_enc = Some(decoder.bytes().map_err(wrong)?.to_vec()),
                6 => request.pin_hash_enc = Some(decoder.bytes().map_err(wrong)?.to_vec()),
                9 => request.permissions = Some(decoder.u64().map_err(wrong)?),
                _ => request.rp_id = Some(decoder.str().map_err(wrong)?.to_owned()),
            }
        }
        Ok(request)
    }

    /// The protocol and the platform's key.
    fn agreement(&self) -> Result<(u64, Point), Status> {
        Ok((*mandatory(&self.protocol)?, *mandatory(&self.key_agreement)?))
    }

    /// The permissions that are asked for; `mc` and `ga` need an RP ID.
    fn permissions(&self) -> Result<u64, Status> {
        let bits = *mandatory(&self.permissions)?;
        let needs_rp_id = bits & Permissions::DEFAULT.bits() != 0;
        if needs_rp_id && self.rp_id.is_none() { Err(Status::MISSING_PARAMETER) } else { Ok(bits) }
    }
}

/// A parameter without which the subcommand cannot be: it is missed before anything else is looked at.
fn mandatory<T>(param: &Option<T>) -> Result<&T, Status> {
    param.as_ref().ok_or(Status::MISSING_PARAMETER)
}

impl Authenticator {
    pub(super) fn client_pin(&mut self, now: Timestamp, request: Request) -> Result<Step, Status> {
        let by_pin = self.profile.pin;
        let by_uv = self.profile.built_in_uv.is_some();
        let has_tokens = self.profile.has(Feature::PinUvAuthToken);
        match (request.sub_command, by_pin) {
            (GET_KEY_AGREEMENT, _) if by_pin.is_some() || by_uv => self.get_key_agreement(&request),
            (GET_PIN_RETRIES, Some(_)) => Ok(self.get_pin_retries()),
            (SET_PIN, Some(policy)) => self.set_pin(&request, policy),
            (CHANGE_PIN, Some(policy)) => self.change_pin(&request, policy),
            (GET_PIN_TOKEN, Some(_)) => self.get_pin_token(now, request),
            (GET_TOKEN_USING_PIN, Some(_)) if has_tokens => self.get_pin_token(now, request),
            (GET_TOKEN_USING_UV, _) if has_tokens && by_uv => self.get_token_using_uv(request).map(Step::Ask),
            (GET_UV_RETRIES, _) if by_uv => {
                Ok(Step::Respond(encode(|e| e.map(1)?.u8(0x05)?.u8(self.durable.uv_retries))))
            }
            _ => Err(Status::INVALID_SUBCOMMAND),
        }
    }

    fn get_key_agreement(&mut self, request: &Request) -> Result<Step, Status> {
        let protocol = self.protocol(request.protocol.ok_or(Status::MISSING_PARAMETER)?)?;
        let mut bytes = encode(|e| e.map(1)?.u8(0x01));
        self.key_agreement(protocol).push_public_key(&mut bytes);
        Ok(Step::Respond(bytes))
    }

    /// getPINRetries: how many are left, and whether the power has to be cut before the next.
    fn get_pin_retries(&self) -> Step {
        let blocked = self.pin_mismatches >= MISMATCHES_MAX;
        Step::Respond(encode(|e| e.map(2)?.u8(0x03)?.u8(self.durable.pin.retries)?.u8(0x04)?.bool(blocked)))
    }

    /// §6.5.5.5.
    fn set_pin(&mut self, request: &Request, policy: profile::Pin) -> Result<Step, Status> {
        let (number, key) = request.agreement()?;
        let param = mandatory(&request.pin_uv_auth_param)?;
        let new_pin_enc = mandatory(&request.new_pin_enc)?;
        let protocol = self.protocol(number)?;
        if self.has_pin() {
            return Err(Status::PIN_AUTH_INVALID);
        }
        let shared_secret = self.decapsulate(protocol, key)?;
        shared_secret.verify(new_pin_enc, param)?;
        self.store_pin(&shared_secret, new_pin_enc, policy)
    }

    /// §6.5.5.6.
    fn change_pin(&mut self, request: &Request, policy: profile::Pin) -> Result<Step, Status> {
        let (number, key) = request.agreement()?;
        let param = mandatory(&request.pin_uv_auth_param)?;
        let new_pin_enc = mandatory(&request.new_pin_enc)?;
        let pin_hash_enc = mandatory(&request.pin_hash_enc)?;
        let protocol = self.protocol(number)?;
        self.may_try_pin()?;
        let shared_secret = self.decapsulate(protocol, key)?;
        shared_secret.verify(&[new_pin_enc.as_slice(), pin_hash_enc].concat(), param)?;
        self.check_pin(protocol, &shared_secret, pin_hash_enc)?;
        self.store_pin(&shared_secret, new_pin_enc, policy)
    }

    /// getPinToken and getPinUvAuthTokenUsingPinWithPermissions (§6.5.5.7.1, §6.5.5.7.2).
    fn get_pin_token(&mut self, now: Timestamp, request: Request) -> Result<Step, Status> {
        let (number, key) = request.agreement()?;
        let pin_hash_enc = mandatory(&request.pin_hash_enc)?;
        let asked = if request.sub_command == GET_PIN_TOKEN { None } else { Some(request.permissions()?) };
        let protocol = self.protocol(number)?;
        let permissions = match asked {
            Some(bits) => Permissions::requested(bits, self.offers())?,
            None if request.permissions.is_some() || request.rp_id.is_some() => return Err(Status::INVALID_PARAMETER),
            None => Permissions::DEFAULT,
        };
        self.may_try_pin()?;
        let shared_secret = self.decapsulate(protocol, key)?;
        self.check_pin(protocol, &shared_secret, pin_hash_enc)?;
        if self.durable.pin.force_change {
            return Err(if asked.is_some() { Status::PIN_POLICY_VIOLATION } else { Status::PIN_INVALID });
        }
        let work = IssueToken { protocol, shared_secret, permissions, rp_id: request.rp_id };
        Ok(Step::Respond(self.finish_issue_token(now, work, 0)))
    }

    /// getPinUvAuthTokenUsingUvWithPermissions (§6.5.5.7.3).
    fn get_token_using_uv(&mut self, request: Request) -> Result<Pending, Status> {
        let (number, key) = request.agreement()?;
        let asked = request.permissions()?;
        let protocol = self.protocol(number)?;
        let permissions = Permissions::requested(asked, self.offers())?;
        if !self.verifies_itself() {
            return Err(Status::NOT_ALLOWED);
        }
        if self.durable.uv_retries == 0 {
            return Err(Status::UV_BLOCKED);
        }
        let shared_secret = self.decapsulate(protocol, key)?;
        let rp_id = request.rp_id;
        let subject = self.token_subject(rp_id.as_deref().unwrap_or_default(), permissions);
        let work = Work::IssueToken(Box::new(IssueToken { protocol, shared_secret, permissions, rp_id }));
        Ok(Pending { work, consent: Consent { wanted: Flags::UP | Flags::UV, given: 0 }, subject })
    }

    /// resetPinUvAuthToken, beginUsingPinUvAuthToken with the user present or not, encrypt.
    pub(super) fn finish_issue_token(&mut self, now: Timestamp, work: IssueToken, given: u8) -> Vec<u8> {
        let IssueToken { protocol, shared_secret, permissions, rp_id } = work;
        self.record(Event::TokenIssued { rp_id: rp_id.clone().unwrap_or_default(), permissions });
        let key = if permissions == Permissions::PERSISTENT_CREDENTIAL_MANAGEMENT_READ_ONLY {
            *self.durable.persistent_token.get_or_insert_with(|| self.rng.bytes())
        } else {
            let token = Token::issue(now, protocol, permissions, rp_id, given & Flags::UP != 0, &mut self.rng);
            self.token.insert(token).key
        };
        let encrypted = shared_secret.encrypt(&key, &mut self.rng);
        encode(|e| e.map(1)?.u8(0x02)?.bytes(&encrypted))
    }

    /// `decapsulate(peerCoseKey)`.
    fn decapsulate(&mut self, protocol: Protocol, (algorithm, x, y): Point) -> Result<SharedSecret, Status> {
        if algorithm != Some(ECDH_ES_HKDF_256) {
            return Err(Status::INVALID_PARAMETER);
        }
        self.key_agreement(protocol).decapsulate(protocol, &x, &y)
    }

    /// What a token may permit, by PIN as by built-in verification: `uvBioEnroll` and `uvAcfg` are reported.
    fn offers(&self) -> Permissions {
        let enrols = self.profile.built_in_uv.is_some_and(|uv| uv.bio_enrollment.is_some());
        let (profile, all) = (&self.profile, Permissions::DEFAULT);
        all.and(Permissions::CREDENTIAL_MANAGEMENT, profile.has(Feature::CredMgmt))
            .and(Permissions::BIO_ENROLLMENT, enrols)
            .and(Permissions::LARGE_BLOB_WRITE, profile.large_blob_bytes.is_some())
            .and(Permissions::AUTHENTICATOR_CONFIGURATION, !profile.config_commands.is_empty())
            .and(Permissions::PERSISTENT_CREDENTIAL_MANAGEMENT_READ_ONLY, profile.has(Feature::PerCredMgmtRo))
    }

    /// Whether a PIN may be tried at all.
    fn may_try_pin(&self) -> Result<(), Status> {
        match self.durable.pin.retries {
            _ if !self.has_pin() => Err(Status::PIN_NOT_SET),
            0 => Err(Status::PIN_BLOCKED),
            _ if self.pin_mismatches >= MISMATCHES_MAX => Err(Status::PIN_AUTH_BLOCKED),
            _ => Ok(()),
        }
    }

    /// Compares the PIN's hash; a retry is spent before it is known to be right.
    fn check_pin(
        &mut self,
        protocol: Protocol,
        shared_secret: &SharedSecret,
        pin_hash_enc: &[u8],
    ) -> Result<(), Status> {
        self.durable.pin.retries -= 1;
        let given = shared_secret.decrypt(pin_hash_enc).unwrap_or_default();
        if self.durable.pin.set.as_ref().is_some_and(|pin| given == pin.hash) {
            self.durable.pin.retries = self.profile.pin.map_or(0, |pin| pin.retries);
            self.pin_mismatches = 0;
            self.durable.uv_since_pin = 0;
            self.unblock_verification();
            return Ok(());
        }
        self.regenerate(protocol);
        self.pin_mismatches += 1;
        self.record(Event::PinMismatch { retries_left: self.durable.pin.retries });
        Err(match self.durable.pin.retries {
            0 => Status::PIN_BLOCKED,
            _ if self.pin_mismatches >= MISMATCHES_MAX => Status::PIN_AUTH_BLOCKED,
            _ => Status::PIN_INVALID,
        })
    }

    /// Stores a new PIN, and ends every token that an older one has given.
    fn store_pin(
        &mut self,
        shared_secret: &SharedSecret,
        new_pin_enc: &[u8],
        policy: profile::Pin,
    ) -> Result<Step, Status> {
        let padded = shared_secret.decrypt(new_pin_enc).map_err(|_| Status::PIN_AUTH_INVALID)?;
        let complexity = self.profile.pin_complexity.as_ref();
        let pin = &mut self.durable.pin;
        pin.set = Some(pin.accept(&padded, policy, complexity)?);
        pin.retries = policy.retries;
        pin.force_change = false;
        self.pin_mismatches = 0;
        self.token = None;
        self.durable.persistent_token = None;
        self.record(Event::PinSet);
        Ok(Step::Respond(vec![Status::OK.0]))
    }

    fn token_subject(&self, rp_id: &str, permissions: Permissions) -> Subject {
        let rp_id = rp_id.to_owned();
        if permissions.include(Permissions::MAKE_CREDENTIAL) {
            return Subject { rp_id, user: None, purpose: Purpose::Register };
        }
        if permissions.include(Permissions::GET_ASSERTION) {
            return Subject { user: self.only_user(&rp_id), rp_id, purpose: Purpose::SignIn };
        }
        Subject { rp_id, user: None, purpose: Purpose::Manage }
    }

    /// The account's name when the relying party has one credential here.
    fn only_user(&self, rp_id: &str) -> Option<String> {
        let rp_id_hash = Sha256::digest(rp_id).into();
        let mut credentials = self.durable.store.of_rp(&rp_id_hash);
        match (credentials.next(), credentials.next()) {
            (Some((_, only)), None) => only.user_name.clone(),
            _ => None,
        }
    }
}

const GET_PIN_RETRIES: u64 = 0x01;
const GET_KEY_AGREEMENT: u64 = 0x02;
const SET_PIN: u64 = 0x03;
const CHANGE_PIN: u64 = 0x04;
const GET_PIN_TOKEN: u64 = 0x05;
const GET_TOKEN_USING_UV: u64 = 0x06;
const GET_UV_RETRIES: u64 = 0x07;
const GET_TOKEN_USING_PIN: u64 = 0x09;
/// The COSE algorithm that a keyAgreement key carries (§6.5.6).
const ECDH_ES_HKDF_256: i64 = -25;
