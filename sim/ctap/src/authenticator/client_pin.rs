//! authenticatorClientPIN (CTAP 2.3 §6.5.5), the subcommands of a key with built-in verification and no PIN:
//! getKeyAgreement, getUVRetries and getPinUvAuthTokenUsingUvWithPermissions. The PIN's own subcommands, getPINRetries
//! among them, are not implemented and answered so.
//!
//! Decoded here: `ctap-types` cannot tell an unknown subcommand or a wrong key from broken CBOR.

use jiff::Timestamp;
use minicbor::Decoder;
use wire::auth_data::Flags;
use wire::{Status, cose};

use super::gesture::{Consent, Pending, Subject, Work};
use super::{Authenticator, Step, response};
use crate::pin_uv::{Protocol, SharedSecret, Token};
use crate::{Event, Permissions, Purpose};

/// A request, decoded.
pub(super) struct Request {
    protocol: Option<u64>,
    sub_command: u64,
    key_agreement: Option<Point>,
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
    rp_id: String,
}

impl Request {
    /// Reads what [`crate::request::normalise`] has left.
    pub(super) fn decode(normalised: &[u8]) -> Result<Self, Status> {
        let wrong = |_| Status::CBOR_UNEXPECTED_TYPE;
        let mut decoder = Decoder::new(normalised);
        let mut request = Self { protocol: None, sub_command: 0, key_agreement: None, permissions: None, rp_id: None };
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
                9 => request.permissions = Some(decoder.u64().map_err(wrong)?),
                _ => request.rp_id = Some(decoder.str().map_err(wrong)?.to_owned()),
            }
        }
        Ok(request)
    }

    fn protocol(&self) -> Result<Protocol, Status> {
        Protocol::from_number(self.protocol.ok_or(Status::MISSING_PARAMETER)?)
    }
}

impl Authenticator {
    pub(super) fn client_pin(&mut self, request: Request) -> Result<Step, Status> {
        match request.sub_command {
            GET_KEY_AGREEMENT => self.get_key_agreement(request.protocol()?).map(Step::Respond),
            GET_TOKEN_USING_UV => self.get_token_using_uv(request).map(Step::Ask),
            GET_UV_RETRIES => {
                let mut e = response();
                e.map(1).and_then(|e| e.u8(0x05)?.u8(self.uv_retries)).expect("a Vec takes every byte");
                Ok(Step::Respond(e.into_writer()))
            }
            _ => Err(Status::INVALID_SUBCOMMAND),
        }
    }

    fn get_key_agreement(&mut self, protocol: Protocol) -> Result<Vec<u8>, Status> {
        let mut e = response();
        e.map(1).and_then(|e| e.u8(0x01)).expect("a Vec takes every byte");
        let mut bytes = e.into_writer();
        self.key_agreement(protocol).push_public_key(&mut bytes);
        Ok(bytes)
    }

    /// getPinUvAuthTokenUsingUvWithPermissions (§6.5.5.7.3).
    fn get_token_using_uv(&mut self, request: Request) -> Result<Pending, Status> {
        // 1. mandatory parameters; mc and ga, all that is offered, need an RP ID
        let (Some(_), Some((algorithm, x, y)), Some(bits), Some(rp_id)) =
            (request.protocol, request.key_agreement, request.permissions, &request.rp_id)
        else {
            return Err(Status::MISSING_PARAMETER);
        };
        // 2. the protocol and 3. the key
        let protocol = request.protocol()?;
        if algorithm != Some(ECDH_ES_HKDF_256) {
            return Err(Status::INVALID_PARAMETER);
        }
        // 3. and 4. permissions
        let permissions = Permissions::requested(bits)?;
        let shared_secret = self.key_agreement(protocol).decapsulate(protocol, &x, &y)?;
        // 7. retries
        let rp_id = rp_id.clone();
        let subject = self.token_subject(&rp_id, permissions);
        let work = Work::IssueToken(Box::new(IssueToken { protocol, shared_secret, permissions, rp_id }));
        if self.uv_retries == 0 {
            return Err(work.not_verified(0));
        }
        // 8. consent and 9. performBuiltInUv
        Ok(Pending { work, consent: Consent { wanted: Flags::UP | Flags::UV, given: 0 }, subject })
    }

    /// 11. to 14.: resetPinUvAuthToken, beginUsingPinUvAuthToken with the user present, encrypt.
    pub(super) fn finish_issue_token(&mut self, now: Timestamp, work: IssueToken) -> Vec<u8> {
        let IssueToken { protocol, shared_secret, permissions, rp_id } = work;
        self.record(Event::TokenIssued { rp_id: rp_id.clone(), permissions });
        let token = Token::issue(now, protocol, permissions, rp_id, &mut self.rng);
        let encrypted = shared_secret.encrypt(&token.key, &mut self.rng);
        self.token = Some(token);
        let mut e = response();
        e.map(1).and_then(|e| e.u8(0x02)?.bytes(&encrypted)).expect("a Vec takes every byte");
        e.into_writer()
    }

    fn token_subject(&self, rp_id: &str, permissions: Permissions) -> Subject {
        if permissions.include(Permissions::MAKE_CREDENTIAL) {
            return Subject { rp_id: rp_id.to_owned(), user: None, purpose: Purpose::Register };
        }
        Subject { rp_id: rp_id.to_owned(), user: self.only_user(rp_id), purpose: Purpose::SignIn }
    }

    /// The account's name when the relying party has one credential here.
    fn only_user(&self, rp_id: &str) -> Option<String> {
        let mut credentials = self.store.of_rp(rp_id);
        match (credentials.next(), credentials.next()) {
            (Some((_, only)), None) => only.user_name.clone(),
            _ => None,
        }
    }
}

const GET_KEY_AGREEMENT: u64 = 0x02;
const GET_TOKEN_USING_UV: u64 = 0x06;
const GET_UV_RETRIES: u64 = 0x07;
/// The COSE algorithm that a keyAgreement key carries (§6.5.6).
const ECDH_ES_HKDF_256: i64 = -25;
