//! authenticatorMakeCredential (CTAP 2.3 §6.1). Every credential made here is discoverable, asked for or not: the HYPR
//! app lists all its keys (a convention of the lab).

use ctap_types::ctap2::make_credential::Request;
use ctap_types::webauthn::KnownPublicKeyCredentialParameters::ES256;
use jiff::Timestamp;
use p256::ecdsa::SigningKey;
use p256::elliptic_curve::Generate as _;
use sha2::{Digest as _, Sha256};
use wire::Status;
use wire::auth_data::Flags;

use super::gesture::{self, Consent, Pending, Subject};
use super::pin_uv_auth_param::{PinUvAuthParam, touch};
use super::{Authenticator, Command, Step, response};
use crate::credential::{Credential, ID_BYTES, Protection, Secrets};
use crate::{Event, Misbehaviour, Permissions, Purpose, auth_data};

/// A credential to be made once the user has consented.
pub(super) struct Work {
    client_data_hash: [u8; 32],
    rp_id: String,
    user_handle: Vec<u8>,
    user_name: Option<String>,
    user_display_name: Option<String>,
    protection: Option<Protection>,
    wants_hmac_secret: bool,
    exclusion: Exclusion,
    authorised_by: Authorised,
}

/// Whether the authenticator holds a credential of the exclude list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Exclusion {
    Clear,
    Excluded,
}

/// How the user was, or will be, verified.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Authorised {
    ByToken,
    Otherwise,
}

impl Work {
    /// A verified user who ignores or declines the touch is told that the key is excluded all the same (step 12).
    pub(super) fn reveals_exclusion(&self) -> bool {
        self.exclusion == Exclusion::Excluded && self.authorised_by == Authorised::ByToken
    }
}

impl Authenticator {
    /// Steps 1 to 13 of §6.1.2, up to the user.
    pub(super) fn make_credential(&mut self, now: Timestamp, request: &Request<'_>) -> Result<Step, Status> {
        let subject = subject(request);
        // 1. a zero-length pinUvAuthParam and 2. its protocol
        let param = PinUvAuthParam::of(request.pin_auth.map(|param| &**param), request.pin_protocol)?;
        if matches!(param, PinUvAuthParam::Touch) {
            return Ok(touch(Command::MAKE_CREDENTIAL, subject));
        }
        // 3. an algorithm
        if !request.pub_key_cred_params.0.contains(&ES256) {
            return Err(Status::UNSUPPORTED_ALGORITHM);
        }
        // 5. options; "rk" is granted always
        let options = request.options.as_ref();
        if options.and_then(|options| options.up) == Some(false) {
            return Err(Status::INVALID_OPTION);
        }
        let built_in_uv = options.and_then(|options| options.uv) == Some(true);
        // 9. enterprise attestation
        if request.enterprise_attestation.is_some() {
            return Err(Status::INVALID_PARAMETER);
        }
        // 8. and 11. verification
        let (given, authorised_by) = match param {
            PinUvAuthParam::Mac(protocol, mac) => {
                let (permission, hash) = (Permissions::MAKE_CREDENTIAL, request.client_data_hash);
                (self.authorise(now, (protocol, mac), permission, &request.rp.id, hash)?, Authorised::ByToken)
            }
            _ if !built_in_uv => return Err(Status::OPERATION_DENIED),
            _ if self.uv_retries == 0 => return Err(Status::PIN_BLOCKED),
            _ => (0, Authorised::Otherwise),
        };
        let work = self.registration(request, authorised_by)?;
        // 12. the exclude list and 13. presence: asked for when not given, finished then
        let consent = Consent { wanted: Flags::UP | Flags::UV, given };
        Ok(Step::Ask(Pending { work: gesture::Work::MakeCredential(Box::new(work)), consent, subject }))
    }

    fn registration(&self, request: &Request<'_>, authorised_by: Authorised) -> Result<Work, Status> {
        let excluded = request.exclude_list.iter().flatten().any(|descriptor| {
            descriptor.key_type == wire::webauthn::PUBLIC_KEY
                && self.store.by_id(&request.rp.id, descriptor.id).is_some()
        });
        let extensions = request.extensions.as_ref();
        let protection = extensions
            .and_then(|extensions| extensions.cred_protect)
            .map(|number| Protection::from_number(number).ok_or(Status::INVALID_PARAMETER))
            .transpose()?;
        Ok(Work {
            client_data_hash: (**request.client_data_hash).try_into().map_err(|_| Status::INVALID_LENGTH)?,
            rp_id: request.rp.id.as_str().to_owned(),
            user_handle: request.user.id.to_vec(),
            user_name: request.user.name.as_ref().map(|name| name.as_str().to_owned()),
            user_display_name: request.user.display_name.as_ref().map(|name| name.as_str().to_owned()),
            protection,
            wants_hmac_secret: extensions.and_then(|extensions| extensions.hmac_secret) == Some(true),
            exclusion: if excluded { Exclusion::Excluded } else { Exclusion::Clear },
            authorised_by,
        })
    }

    /// Steps 12 to 19, once the user has consented.
    pub(super) fn finish_make_credential(&mut self, now: Timestamp, work: Work, given: u8) -> Result<Vec<u8>, Status> {
        // 12. the exclude list
        if work.exclusion == Exclusion::Excluded {
            return Err(Status::CREDENTIAL_EXCLUDED);
        }
        // 14. what the token stood for is used up
        if let (Authorised::ByToken, Some(token)) = (work.authorised_by, &mut self.token) {
            token.spend();
        }
        // 17. an account has one credential
        let replaced = self.credential_of(&work.rp_id, &work.user_handle);
        if replaced.is_none() && self.store.len() >= self.profile.credentials_max {
            return Err(Status::KEY_STORE_FULL);
        }
        // 15. extensions, 16. the key and 19. attestation
        let credential = self.new_credential(now, &work);
        let response = self.attest(&work, &credential, given);
        if let Some(id) = replaced {
            self.delete_credential(&id);
        }
        self.record(Event::CredentialCreated {
            rp_id: credential.rp_id.clone(),
            user: credential.user_name.clone(),
            id: credential.id.clone(),
        });
        self.store.insert(credential);
        Ok(response)
    }

    fn credential_of(&self, rp_id: &str, user_handle: &[u8]) -> Option<Vec<u8>> {
        self.store.of_rp(rp_id).find(|(_, held)| held.user_handle == user_handle).map(|(_, held)| held.id.clone())
    }

    fn new_credential(&mut self, now: Timestamp, work: &Work) -> Credential {
        let rng = &mut self.rng;
        Credential {
            id: rng.bytes::<ID_BYTES>().to_vec(),
            rp_id: work.rp_id.clone(),
            user_handle: work.user_handle.clone(),
            user_name: work.user_name.clone(),
            user_display_name: work.user_display_name.clone(),
            created: now,
            sign_count: SIGN_COUNT_FIRST,
            protection: work.protection.unwrap_or(Protection::Optional),
            rp_id_hash: Sha256::digest(&work.rp_id).into(),
            secrets: Secrets { key: SigningKey::generate_from_rng(rng), with_uv: rng.bytes(), without_uv: rng.bytes() },
        }
    }

    fn attest(&self, work: &Work, credential: &Credential, given: u8) -> Vec<u8> {
        let extensions = extension_outputs(work);
        let flags = auth_data::flags(given, Flags::AT, extensions.as_deref());
        let mut message = auth_data::header(credential.rp_id_hash, flags, credential.sign_count, self.misbehaviour);
        let (aaguid, key) = (self.misbehaviour.aaguid(self.profile.aaguid), &credential.secrets.key);
        auth_data::push_credential(&mut message, aaguid, &credential.id, key.verifying_key());
        message.extend(extensions.iter().flatten());

        let stripped = self.misbehaviour == Misbehaviour::AttestationStripped;
        let mut e = response();
        e.map(3)
            .and_then(|e| {
                e.u8(0x01)?.str(if stripped { "none" } else { "packed" })?.u8(0x02)?.bytes(&message)?.u8(0x03)
            })
            .expect("a Vec takes every byte");
        if stripped {
            e.map(0).expect("a Vec takes every byte");
        } else {
            message.extend_from_slice(&work.client_data_hash);
            self.misbehaviour.spoil_message(&mut message);
            self.attestation.encode_statement(&mut e, &message, key);
        }
        e.into_writer()
    }
}

fn subject(request: &Request<'_>) -> Subject {
    Subject {
        rp_id: request.rp.id.as_str().to_owned(),
        user: request.user.name.as_ref().map(|name| name.as_str().to_owned()),
        purpose: Purpose::Register,
    }
}

/// The outputs of the extensions that were asked for (§12.1, §12.7), as a CBOR map.
fn extension_outputs(work: &Work) -> Option<Vec<u8>> {
    let members = u64::from(work.protection.is_some()) + u64::from(work.wants_hmac_secret);
    if members == 0 {
        return None;
    }
    let mut e = minicbor::Encoder::new(Vec::with_capacity(32));
    e.map(members).expect("a Vec takes every byte");
    if let Some(protection) = work.protection {
        e.str("credProtect").and_then(|e| e.u8(protection as u8)).expect("a Vec takes every byte");
    }
    if work.wants_hmac_secret {
        e.str("hmac-secret").and_then(|e| e.bool(true)).expect("a Vec takes every byte");
    }
    Some(e.into_writer())
}

/// The counter in a registration: one, since a relying party takes two zeros for a key without a counter, and then a
/// counter that stands still could not be told (a convention of the lab).
const SIGN_COUNT_FIRST: u32 = 1;
