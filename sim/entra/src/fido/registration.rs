//! Registering a key (WebAuthn Level 2 §7.1, the backup flags of Level 3; Entra's rules: entra.md §3.1 to §3.3).

use std::collections::BTreeSet;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use wire::Base64Url;
use wire::attestation::AttestationObject;
use wire::auth_data::{AttestedCredential, AuthData, Flags};
use wire::client_data::{self, ClientData};
use wire::webauthn::{
    AuthenticatorSelection, CreationOptions, CredentialDescriptor, CredentialParameters, PUBLIC_KEY, REQUIRED,
    RelyingParty, User,
};

use super::attestation::{self, Attested, Statement};
use super::challenge::{ChallengeFault, Challenges};
use super::credential_key::{ALGORITHMS, CredentialKey};
use super::passkey::{AttestationLevel, Passkey, PasskeyType, Passkeys};
use super::policy::{AttestationEnforcement, Fido2Policy, MethodState, SelfService};
use super::{RP_ID, TrustedRoots};
use crate::error::aadsts::{self, Code};

/// A key that somebody wants to register, as it comes from Graph or security info.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    /// The name that the user gave it.
    pub display_name: String,
    /// The credential id beside the attestation object.
    pub credential_id: Vec<u8>,
    /// The client data.
    pub client_data_json: Vec<u8>,
    /// The attestation object.
    pub attestation_object: Vec<u8>,
    /// How the client can reach the key.
    pub transports: Vec<String>,
}

/// Who registers the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Registrar {
    /// The user, in security info or through `/me`.
    User,
    /// An administrator, through Graph.
    Administrator,
}

/// Everything that a registration is judged by.
pub(crate) struct Ceremony<'a> {
    pub(crate) user: Uuid,
    pub(crate) groups: &'a BTreeSet<Uuid>,
    pub(crate) registrar: Registrar,
    pub(crate) policy: &'a Fido2Policy,
    pub(crate) roots: &'a TrustedRoots,
    pub(crate) challenges: &'a mut Challenges,
    pub(crate) passkeys: &'a Passkeys,
}

/// Why a key is not registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationRefused {
    /// The method is off.
    #[error("FIDO2 security keys are disabled by policy")]
    MethodDisabled,
    /// The user is none of the policy's targets.
    #[error("User or group restriction policy failed: the method is not offered to this user")]
    NotTargeted,
    /// Users may not register keys themselves.
    #[error("self-service registration of security keys is not allowed")]
    SelfServiceOff,
    /// The name is empty or too long.
    #[error("the display name must have 1 to 30 characters")]
    DisplayName,
    /// The client data are not JSON.
    #[error("the client data cannot be read")]
    ClientData,
    /// The client data are not of a registration.
    #[error("the client data are not of type webauthn.create")]
    Type,
    /// The challenge was not issued for this user, or is spent.
    #[error("the challenge was not issued for this registration, or was used before")]
    Challenge,
    /// The challenge is too old.
    #[error("the challenge has expired")]
    ChallengeExpired,
    /// Another origin.
    #[error("the origin is not https://login.microsoft.com")]
    Origin,
    /// Made in a frame of another origin.
    #[error("the key was made in a cross-origin frame")]
    CrossOrigin,
    /// The attestation object cannot be read.
    #[error("the attestation object cannot be read")]
    AttestationObject,
    /// The authenticator data cannot be read, or carry no key.
    #[error("the authenticator data cannot be read")]
    AuthenticatorData,
    /// Made for another relying party.
    #[error("the RP ID hash is not that of login.microsoft.com")]
    RpIdHash,
    /// The user was not present.
    #[error("the user present flag is not set")]
    UserNotPresent,
    /// The user was not verified.
    #[error("the user verified flag is not set")]
    UserNotVerified,
    /// Backed up, yet not eligible for it.
    #[error("the backup state flag is set without backup eligibility")]
    BackupFlags,
    /// A public key that was not asked for.
    #[error("the public key is neither an ES256 nor an RS256 key")]
    Algorithm,
    /// The attestation statement is not what its format says.
    #[error("the attestation statement cannot be read")]
    AttestationStatement,
    /// The attestation signature is wrong.
    #[error("the attestation signature is wrong")]
    AttestationSignature,
    /// The attestation certificate breaks a rule of §8.2.1.
    #[error("the attestation certificate is not acceptable: {0}")]
    AttestationCertificate(&'static str),
    /// Attestation is enforced, and nothing vouches for the key.
    #[error("attestation is enforced and the key has no attestation certificate")]
    AttestationMissing,
    /// Attestation is enforced, and no trusted root vouches for the key.
    #[error("attestation is enforced and the certificate chain leads to no trusted root")]
    AttestationUntrusted,
    /// The model is not permitted.
    #[error("the AAGUID is not permitted by the key restriction policy")]
    AaguidNotPermitted,
    /// The credential id is too long, or another one stands beside it.
    #[error("the credential id is not that of the attested credential")]
    CredentialId,
    /// The credential id is taken.
    #[error("the key is registered already")]
    Duplicate,
}

/// Where a key for Entra is made.
const ORIGIN: &str = "https://login.microsoft.com";
/// The longest name of a key, in characters.
const DISPLAY_NAME_CHARS_MAX: usize = 30;
/// The longest credential id, in bytes.
const CREDENTIAL_ID_BYTES_MAX: usize = 1023;

/// The options that security info and Graph give out (entra.md §3.1).
///
pub(crate) fn creation_options(user: User, challenge: &str, excluded: Vec<CredentialDescriptor>) -> CreationOptions {
    let extensions = serde_json::json!({
        "hmacCreateSecret": true,
        "enforceCredentialProtectionPolicy": true,
        "credentialProtectionPolicy": "userVerificationOptional",
    });
    CreationOptions {
        rp: RelyingParty { id: Some(RP_ID.into()), name: "Microsoft".into() },
        user,
        challenge: Base64Url(challenge.as_bytes().to_vec()),
        pub_key_cred_params: ALGORITHMS.map(|alg| CredentialParameters { kind: PUBLIC_KEY.into(), alg }).into(),
        timeout: Some(60_000),
        exclude_credentials: excluded,
        authenticator_selection: AuthenticatorSelection {
            authenticator_attachment: Some("cross-platform".into()),
            resident_key: Some(REQUIRED.into()),
            require_resident_key: true,
            user_verification: REQUIRED.into(),
        },
        attestation: "direct".into(),
        extensions: extensions.as_object().expect("the literal is an object").clone(),
    }
}

/// How an options list names a key.
pub(crate) fn descriptor(key: &Passkey) -> CredentialDescriptor {
    CredentialDescriptor {
        kind: PUBLIC_KEY.into(),
        id: Base64Url(key.credential_id.clone()),
        transports: key.transports.clone(),
    }
}

/// The ceremony: §7.1 from step 5 on, after what the policy says about method and user.
pub(crate) fn verify(
    now: Timestamp,
    new: &NewKey,
    ceremony: &mut Ceremony<'_>,
) -> Result<Passkey, RegistrationRefused> {
    ceremony.policy.check_registration(ceremony.registrar, ceremony.groups)?;
    check_display_name(&new.display_name)?;
    // Steps 5 to 10.
    check_client_data(now, new, ceremony)?;
    // Step 11.
    let client_data_hash: [u8; 32] = Sha256::digest(&new.client_data_json).into();
    // Step 12.
    let object =
        AttestationObject::parse(&new.attestation_object).map_err(|_| RegistrationRefused::AttestationObject)?;
    let auth = AuthData::parse(object.auth_data).map_err(|_| RegistrationRefused::AuthenticatorData)?;
    let credential = auth.credential.as_ref().ok_or(RegistrationRefused::AuthenticatorData)?;
    // Steps 13 to 15.
    check_auth_data(&auth)?;
    // Step 16.
    let public_key = CredentialKey::from_cose(credential.public_key).ok_or(RegistrationRefused::Algorithm)?;
    // Step 17 asks to look at extensions: credProtect and hmac-secret were asked for, any other is ignored.
    let aaguid = Uuid::from_bytes(credential.aaguid);
    if !ceremony.policy.key_restrictions.permit(aaguid) {
        return Err(RegistrationRefused::AaguidNotPermitted);
    }
    // Steps 18 and 19.
    let attested = Attested { aaguid, public_key: &public_key, client_data_hash };
    let statement = attestation::verify(&object, &attested)?;
    // Steps 20 and 21.
    let attestation_chain = assess(now, statement, ceremony)?;
    // Step 22.
    check_credential_id(new, credential, ceremony.passkeys)?;
    // Step 23.
    Ok(passkey(now, new, ceremony.user, &auth, Credential { aaguid, public_key, attestation_chain }))
}

/// What steps 16 to 21 have found out.
struct Credential {
    aaguid: Uuid,
    public_key: CredentialKey,
    /// Empty unless a trusted root vouches for it.
    attestation_chain: Vec<Vec<u8>>,
}

fn passkey(now: Timestamp, new: &NewKey, user: Uuid, auth: &AuthData<'_>, credential: Credential) -> Passkey {
    Passkey {
        credential_id: new.credential_id.clone(),
        user,
        display_name: new.display_name.clone(),
        created: now,
        public_key: credential.public_key,
        sign_count: auth.sign_count,
        aaguid: credential.aaguid,
        attestation_level: match credential.attestation_chain.is_empty() {
            true => AttestationLevel::NotAttested,
            false => AttestationLevel::Attested,
        },
        attestation_chain: credential.attestation_chain,
        kind: if auth.flags.has(Flags::BE) { PasskeyType::Synced } else { PasskeyType::DeviceBound },
        transports: new.transports.clone(),
    }
}

fn check_display_name(name: &str) -> Result<(), RegistrationRefused> {
    match name.trim().is_empty() || name.chars().count() > DISPLAY_NAME_CHARS_MAX {
        true => Err(RegistrationRefused::DisplayName),
        false => Ok(()),
    }
}

/// Steps 5 to 10. The challenge is spent by its first return, whatever becomes of the rest.
fn check_client_data(now: Timestamp, new: &NewKey, ceremony: &mut Ceremony<'_>) -> Result<(), RegistrationRefused> {
    let data = ClientData::parse(&new.client_data_json).map_err(|_| RegistrationRefused::ClientData)?;
    if data.kind != client_data::CREATE {
        return Err(RegistrationRefused::Type);
    }
    let challenge = Base64Url::parse(&data.challenge).ok_or(RegistrationRefused::Challenge)?;
    ceremony.challenges.spend(now, ceremony.user, &challenge.0).map_err(|fault| match fault {
        ChallengeFault::Foreign => RegistrationRefused::Challenge,
        ChallengeFault::Expired => RegistrationRefused::ChallengeExpired,
    })?;
    if data.origin != ORIGIN {
        return Err(RegistrationRefused::Origin);
    }
    if data.cross_origin { Err(RegistrationRefused::CrossOrigin) } else { Ok(()) }
}

/// Steps 13 to 15, and Level 3's rule that what is backed up must be eligible for it.
fn check_auth_data(auth: &AuthData<'_>) -> Result<(), RegistrationRefused> {
    if auth.rp_id_hash != super::rp_id_hash() {
        Err(RegistrationRefused::RpIdHash)
    } else if !auth.flags.has(Flags::UP) {
        Err(RegistrationRefused::UserNotPresent)
    } else if !auth.flags.has(Flags::UV) {
        Err(RegistrationRefused::UserNotVerified)
    } else if auth.flags.has(Flags::BS) && !auth.flags.has(Flags::BE) {
        Err(RegistrationRefused::BackupFlags)
    } else {
        Ok(())
    }
}

/// Steps 20 and 21: the chain when a trusted root vouches for it, nothing when none needs to.
fn assess(now: Timestamp, statement: Statement, ceremony: &Ceremony<'_>) -> Result<Vec<Vec<u8>>, RegistrationRefused> {
    match (statement, ceremony.policy.attestation) {
        (Statement::Chain { certificates, der }, _) if ceremony.roots.vouch_for(&certificates, now) => Ok(der),
        (_, AttestationEnforcement::NotEnforced) => Ok(Vec::new()),
        (Statement::Chain { .. }, AttestationEnforcement::Enforced) => Err(RegistrationRefused::AttestationUntrusted),
        (Statement::Nobody, AttestationEnforcement::Enforced) => Err(RegistrationRefused::AttestationMissing),
    }
}

/// Step 22, across the tenant; the id beside the attestation object must be the one within.
fn check_credential_id(
    new: &NewKey,
    credential: &AttestedCredential<'_>,
    passkeys: &Passkeys,
) -> Result<(), RegistrationRefused> {
    if credential.id != new.credential_id || !(1..=CREDENTIAL_ID_BYTES_MAX).contains(&credential.id.len()) {
        return Err(RegistrationRefused::CredentialId);
    }
    match passkeys.find(credential.id) {
        Some(_) => Err(RegistrationRefused::Duplicate),
        None => Ok(()),
    }
}

impl Fido2Policy {
    /// Whether a user in `groups` gets to register a key at all; security info asks before it offers the method.
    ///
    /// # Errors
    ///
    /// The method is off, not offered to the user, or not by self-service.
    pub(crate) fn check_registration(
        &self,
        registrar: Registrar,
        groups: &BTreeSet<Uuid>,
    ) -> Result<(), RegistrationRefused> {
        if self.state == MethodState::Disabled {
            Err(RegistrationRefused::MethodDisabled)
        } else if !self.targets(groups) {
            Err(RegistrationRefused::NotTargeted)
        } else if registrar == Registrar::User && self.self_service == SelfService::NotAllowed {
            Err(RegistrationRefused::SelfServiceOff)
        } else {
            Ok(())
        }
    }
}

impl RegistrationRefused {
    /// The AADSTS code of the same fault at sign-in, which security info shows. The reference has codes for sign-in
    /// only; that registration uses the same ones is a convention of the lab.
    #[must_use]
    pub fn code(self) -> &'static Code {
        match self {
            Self::MethodDisabled | Self::SelfServiceOff => aadsts::FIDO_DISABLED,
            Self::NotTargeted | Self::AaguidNotPermitted => aadsts::CREDENTIAL_POLICY,
            Self::Type => aadsts::FIDO_CLIENT_DATA_TYPE,
            Self::Challenge => aadsts::FIDO_CHALLENGE,
            Self::ChallengeExpired => aadsts::FIDO_CHALLENGE_EXPIRED,
            Self::Origin | Self::CrossOrigin | Self::RpIdHash => aadsts::FIDO_ORIGIN,
            Self::AuthenticatorData => aadsts::FIDO_AUTHENTICATOR_DATA,
            Self::UserNotPresent | Self::UserNotVerified => aadsts::FIDO_GESTURE,
            Self::AttestationSignature => aadsts::FIDO_SIGNATURE,
            Self::DisplayName
            | Self::ClientData
            | Self::AttestationObject
            | Self::BackupFlags
            | Self::Algorithm
            | Self::AttestationStatement
            | Self::AttestationCertificate(_)
            | Self::AttestationMissing
            | Self::AttestationUntrusted
            | Self::CredentialId
            | Self::Duplicate => aadsts::FIDO_ASSERTION,
        }
    }

    /// The `subCode` of Graph's 400. Only `error_user_group_restriction_policy_failure` is known from the real
    /// service; the others are a convention of the lab, in its style.
    #[must_use]
    pub fn sub_code(self) -> &'static str {
        match self {
            Self::NotTargeted => "error_user_group_restriction_policy_failure",
            Self::MethodDisabled => "error_method_disabled",
            Self::SelfServiceOff => "error_self_service_registration_not_allowed",
            Self::DisplayName => "error_invalid_display_name",
            Self::ClientData => "error_invalid_client_data",
            Self::Type => "error_invalid_client_data_type",
            Self::Challenge => "error_invalid_challenge",
            Self::ChallengeExpired => "error_expired_challenge",
            Self::Origin => "error_invalid_origin",
            Self::CrossOrigin => "error_cross_origin",
            Self::AttestationObject => "error_invalid_attestation_object",
            Self::AuthenticatorData => "error_invalid_authenticator_data",
            Self::RpIdHash => "error_invalid_rp_id_hash",
            Self::UserNotPresent => "error_user_not_present",
            Self::UserNotVerified => "error_user_not_verified",
            Self::BackupFlags => "error_invalid_backup_flags",
            Self::Algorithm => "error_unsupported_algorithm",
            Self::AttestationStatement => "error_invalid_attestation_statement",
            Self::AttestationSignature => "error_invalid_attestation_signature",
            Self::AttestationCertificate(_) => "error_invalid_attestation_certificate",
            Self::AttestationMissing => "error_attestation_required",
            Self::AttestationUntrusted => "error_attestation_not_trusted",
            Self::AaguidNotPermitted => "error_key_restriction_policy_failure",
            Self::CredentialId => "error_invalid_credential_id",
            Self::Duplicate => "error_duplicate_credential",
        }
    }

    /// The text that Graph puts into `error.message`: JSON within JSON, as the real service answers (entra.md §3.2).
    #[must_use]
    pub fn graph_message(self) -> String {
        let code = "Authentication_RequestFailed";
        serde_json::json!({"odata.error": {
            "code": code,
            "message": {"lang": "en", "value": self.to_string()},
            "values": [{"item": "subCode", "value": self.sub_code()}],
        }})
        .to_string()
    }
}

#[cfg(test)]
mod tests;
