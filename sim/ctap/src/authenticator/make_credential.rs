//! authenticatorMakeCredential (CTAP 2.3 §6.1).

use ctap_types::ctap2::make_credential::Request;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use wire::Status;
use wire::auth_data::Flags;

use super::extensions::RegistrationInputs;
use super::gesture::{self, Consent, Pending, Subject};
use super::verification::{PinUvAuthParam, Presence, Wish, touch};
use super::{Authenticator, Command, Step, response};
use crate::credential::{Credential, ID_BYTES, Protection, Secrets};
use crate::key::PrivateKey;
use crate::store::RpIdHash;
use crate::{Algorithm, AttestationFormat, Discoverable, Event, Fault, Feature, Permissions, Purpose, auth_data};

/// A credential to be made once the user has consented.
pub(super) struct Work {
    client_data_hash: [u8; 32],
    rp_id: String,
    rp_name: Option<String>,
    user_handle: Vec<u8>,
    user_name: Option<String>,
    user_display_name: Option<String>,
    extensions: RegistrationInputs,
    choice: Choice,
}

/// What the authenticator has decided about it.
struct Choice {
    algorithm: Algorithm,
    is_discoverable: bool,
    exclusion: Exclusion,
    presence: Presence,
    format: AttestationFormat,
    vouches: Vouches,
}

/// For whom the attestation stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Vouches {
    ForTheModel,
    /// Enterprise attestation: for this very authenticator.
    ForTheDevice,
}

/// What `ctap-types` knows only in part: the lists of a request in the platform's order, and an extension.
pub(super) struct Apart<'a> {
    /// pubKeyCredParams.
    pub(super) algorithms: Vec<i64>,
    /// attestationFormatsPreference.
    pub(super) formats: Vec<&'a str>,
    /// The extension pinComplexityPolicy.
    pub(super) pin_complexity_policy: Result<Option<bool>, Status>,
}

/// Whether the authenticator holds a credential of the exclude list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Exclusion {
    Clear,
    Excluded,
}

impl Work {
    /// Whether the touch, once it is all that is missing, makes no difference to the answer (step 12).
    pub(super) fn is_excluded(&self) -> bool {
        self.choice.exclusion == Exclusion::Excluded
    }
}

impl Authenticator {
    /// Steps 1 to 13 of §6.1.2, up to the user. `apart` is what `ctap-types` cuts short.
    pub(super) fn make_credential(
        &mut self,
        now: Timestamp,
        request: &Request<'_>,
        apart: &Apart<'_>,
    ) -> Result<Step, Status> {
        let subject = subject(request);
        // 1. a zero-length pinUvAuthParam and 2. its protocol
        let param = self.pin_uv_auth_param(request.pin_auth.map(|param| &**param), request.pin_protocol)?;
        if matches!(param, PinUvAuthParam::Touch) {
            return Ok(touch(Command::MAKE_CREDENTIAL, subject));
        }
        if request.exclude_list.as_ref().is_some_and(|list| list.len() > self.profile.limits.list_length) {
            return Err(Status::LIMIT_EXCEEDED);
        }
        // 3. an algorithm
        let algorithm = self.algorithm(&apart.algorithms).ok_or(Status::UNSUPPORTED_ALGORITHM)?;
        // 5. options
        let is_discoverable = self.discoverable(request)?;
        // 6. to 8. whether there is to be verification
        let wish = Wish {
            param,
            uv: request.options.as_ref().and_then(|options| options.uv) == Some(true),
            up: true,
            unverified: self.registers_unverified(is_discoverable),
            permission: Permissions::MAKE_CREDENTIAL,
            rp_id: &request.rp.id,
            client_data_hash: request.client_data_hash,
        };
        let method = self.method(&wish)?;
        // 9. enterprise attestation
        let vouches = self.vouches(request)?;
        // 10. and 11. verification
        let consent = self.consent(now, &wish, method)?;
        // 12. the exclude list, which comes before 15. the extensions
        let exclusion = self.exclusion(request, consent);
        let extensions = match exclusion {
            Exclusion::Excluded => RegistrationInputs::default(),
            Exclusion::Clear => self.registration_inputs(request, is_discoverable, apart.pin_complexity_policy)?,
        };
        let format = self.format(&apart.formats);
        let choice = Choice { algorithm, is_discoverable, exclusion, presence: method.presence(), format, vouches };
        let work = registration(request, extensions, choice)?;
        // 13. and 14. presence: asked for when not given, finished then
        Ok(Step::Ask(Pending { work: gesture::Work::MakeCredential(Box::new(work)), consent, subject }))
    }

    /// Step 5: whether the credential is to be discoverable.
    ///
    /// # Errors
    ///
    /// `INVALID_OPTION`: no registration goes without presence.
    fn discoverable(&self, request: &Request<'_>) -> Result<bool, Status> {
        let options = request.options.as_ref();
        if options.and_then(|options| options.up) == Some(false) {
            return Err(Status::INVALID_OPTION);
        }
        let rk = options.and_then(|options| options.rk) == Some(true);
        Ok(rk || self.profile.discoverable == Discoverable::Always)
    }

    /// The platform's first choice among what the authenticator signs with.
    fn algorithm(&self, asked: &[i64]) -> Option<Algorithm> {
        let known = |number: &i64| self.profile.algorithms.iter().find(|it| it.number() == *number).copied();
        asked.iter().find_map(known)
    }

    /// The platform's first choice among the formats that the authenticator has, else its own.
    fn format(&self, asked: &[&str]) -> AttestationFormat {
        let formats = &self.profile.attestation_formats;
        let known = |name: &&str| formats.iter().find(|format| format.name() == *name).copied();
        let own = formats.first().copied().unwrap_or(AttestationFormat::None);
        asked.iter().find_map(known).unwrap_or(own)
    }

    /// Step 9: whether the attestation may tell which authenticator this is (§7.1).
    ///
    /// # Errors
    ///
    /// `INVALID_PARAMETER`: enterprise attestation is not there or not enabled. `INVALID_OPTION`: another kind than
    /// vendor-facilitated (1) and platform-managed (2).
    fn vouches(&self, request: &Request<'_>) -> Result<Vouches, Status> {
        let enabled = self.profile.has(Feature::Ep) && self.durable.config.enterprise_attestation;
        let listed = || self.profile.enterprise_rp_ids.iter().any(|rp_id| rp_id == request.rp.id.as_str());
        match request.enterprise_attestation {
            None => Ok(Vouches::ForTheModel),
            Some(_) if !enabled => Err(Status::INVALID_PARAMETER),
            Some(1) if listed() => Ok(Vouches::ForTheDevice),
            Some(1) => Ok(Vouches::ForTheModel),
            Some(2) => Ok(Vouches::ForTheDevice),
            Some(_) => Err(Status::INVALID_OPTION),
        }
    }

    /// A credential that needs verification is not told of to somebody who is not verified.
    fn exclusion(&self, request: &Request<'_>, consent: Consent) -> Exclusion {
        let rp_id_hash = Sha256::digest(request.rp.id.as_bytes()).into();
        let tells = |held: &Credential| consent.wanted & Flags::UV != 0 || held.protection != Protection::Required;
        let excluded = request.exclude_list.iter().flatten().any(|descriptor| {
            descriptor.key_type == wire::webauthn::PUBLIC_KEY
                && self.durable.store.by_id(&rp_id_hash, descriptor.id).is_some_and(|(_, held)| tells(held))
        });
        if excluded { Exclusion::Excluded } else { Exclusion::Clear }
    }

    /// Steps 12 to 19, once the user has consented.
    pub(super) fn finish_make_credential(&mut self, now: Timestamp, work: Work, given: u8) -> Result<Vec<u8>, Status> {
        // 12. the exclude list
        if work.choice.exclusion == Exclusion::Excluded {
            return Err(Status::CREDENTIAL_EXCLUDED);
        }
        // 14. what the token stood for is used up
        self.spend_token(given, work.choice.presence);
        // 17. an account has one discoverable credential
        if self.verdict.is(&Fault::KeyStoreFull) {
            return Err(Status::KEY_STORE_FULL);
        }
        let rp_id_hash = Sha256::digest(&work.rp_id).into();
        let replaced = match work.choice.is_discoverable {
            true => self.room_for(rp_id_hash, &work.user_handle)?,
            false => None,
        };
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
        self.keep(credential);
        Ok(response)
    }

    /// Whether a discoverable credential of an account can be kept: the id of the one that it replaces.
    ///
    /// # Errors
    ///
    /// `KEY_STORE_FULL`.
    pub(crate) fn room_for(&self, rp_id_hash: RpIdHash, user_handle: &[u8]) -> Result<Option<Vec<u8>>, Status> {
        let held = self.durable.store.of_account(rp_id_hash, user_handle).map(|held| held.id.clone());
        let is_full = self.durable.store.discoverable_count() >= self.profile.limits.credentials;
        if held.is_none() && is_full { Err(Status::KEY_STORE_FULL) } else { Ok(held) }
    }

    pub(crate) fn keep(&mut self, credential: Credential) {
        if credential.is_discoverable {
            self.durable.credentials_changed(&mut self.rng);
        }
        self.durable.store.insert(credential);
    }

    fn new_credential(&mut self, now: Timestamp, work: &Work) -> Credential {
        let rng = &mut self.rng;
        Credential {
            id: rng.bytes::<ID_BYTES>().to_vec(),
            rp_id: work.rp_id.clone(),
            rp_name: work.rp_name.clone(),
            user_handle: work.user_handle.clone(),
            user_name: work.user_name.clone(),
            user_display_name: work.user_display_name.clone(),
            created: now,
            sign_count: SIGN_COUNT_FIRST,
            is_discoverable: work.choice.is_discoverable,
            protection: work.extensions.protection.unwrap_or(Protection::Optional),
            cred_blob: work.extensions.blob(),
            large_blob_key: work.extensions.large_blob_key.then(|| rng.bytes()),
            third_party_payment: work.extensions.third_party_payment,
            rp_id_hash: Sha256::digest(&work.rp_id).into(),
            secrets: Secrets {
                key: PrivateKey::generate(work.choice.algorithm, self.signer, rng),
                with_uv: rng.bytes(),
                without_uv: rng.bytes(),
            },
        }
    }

    fn attest(&mut self, work: &Work, credential: &Credential, given: u8) -> Vec<u8> {
        let extensions = self.verdict.extensions(work.extensions.outputs(credential, given, &mut self.rng));
        let flags = auth_data::flags(given, Flags::AT, extensions.as_deref());
        let mut message = auth_data::header(credential.rp_id_hash, flags, credential.sign_count, &self.verdict);
        let (aaguid, key) = (self.verdict.aaguid(self.profile.aaguid), &credential.secrets.key);
        auth_data::push_credential(&mut message, aaguid, &credential.id, key);
        message.extend(extensions.iter().flatten());

        let stripped = self.verdict.is(&Fault::NoAttestation);
        let format = if stripped { AttestationFormat::None } else { work.choice.format };
        let enterprise = format == AttestationFormat::Packed && work.choice.vouches == Vouches::ForTheDevice;
        let statement = match (format, self.attestation.of_device().filter(|_| enterprise)) {
            (AttestationFormat::None, _) => None,
            (AttestationFormat::Packed, Some(of_device)) => Some(of_device),
            (AttestationFormat::Packed, None) => Some(&self.attestation),
        };
        let names_device = enterprise && self.attestation.of_device().is_some();
        let mut e = response();
        e.map(3 + u64::from(names_device) + u64::from(credential.large_blob_key.is_some()))
            .and_then(|e| e.u8(0x01)?.str(format.name())?.u8(0x02)?.bytes(&message)?.u8(0x03))
            .expect("a Vec takes every byte");
        match statement {
            None => drop(e.map(0).expect("a Vec takes every byte")),
            Some(attestation) => {
                message.extend_from_slice(&work.client_data_hash);
                self.verdict.spoil_message(&mut message);
                attestation.encode_statement(&mut e, &message, key);
            }
        }
        if names_device {
            e.u8(0x04).and_then(|e| e.bool(true)).expect("a Vec takes every byte");
        }
        if let Some(key) = &credential.large_blob_key {
            e.u8(0x05).and_then(|e| e.bytes(key)).expect("a Vec takes every byte");
        }
        e.into_writer()
    }
}

fn registration(request: &Request<'_>, extensions: RegistrationInputs, choice: Choice) -> Result<Work, Status> {
    Ok(Work {
        client_data_hash: (**request.client_data_hash).try_into().map_err(|_| Status::INVALID_LENGTH)?,
        rp_id: request.rp.id.as_str().to_owned(),
        rp_name: request.rp.name.as_ref().map(|name| name.as_str().to_owned()),
        user_handle: request.user.id.to_vec(),
        user_name: request.user.name.as_ref().map(|name| name.as_str().to_owned()),
        user_display_name: request.user.display_name.as_ref().map(|name| name.as_str().to_owned()),
        extensions,
        choice,
    })
}

fn subject(request: &Request<'_>) -> Subject {
    Subject {
        rp_id: request.rp.id.as_str().to_owned(),
        user: request.user.name.as_ref().map(|name| name.as_str().to_owned()),
        purpose: Purpose::Register,
    }
}

/// The counter in a registration: one, since a relying party takes two zeros for a key without a counter, and then a
/// counter that stands still could not be told (a convention of the lab).
pub(super) const SIGN_COUNT_FIRST: u32 = 1;
