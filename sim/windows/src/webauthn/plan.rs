//! What to ask of a key, decided from the options and its getInfo (CTAP 2.3 §6.1.1, §6.2.1; WebAuthn Level 3 §5.1.3).

use std::collections::VecDeque;

use wire::webauthn::{CreationOptions, CredentialDescriptor, PUBLIC_KEY, REQUIRED, RequestOptions};

use super::failure::{Failure, Shortcoming};
use super::get_info::Info;
use super::pin_uv_auth::Protocol;

/// How the key will verify its user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verification {
    /// By its built-in method, for a token with permissions.
    Token(Protocol),
    /// By its built-in method, within the command: option `uv`.
    InCommand,
    /// Not at all.
    None,
}

/// The plan for one key.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) info: Info,
    pub(crate) verification: Verification,
    pub(crate) resident_key: bool,
    pub(crate) cred_protect: Option<i64>,
    pub(crate) hmac_secret: bool,
    /// The exclude or allow list in pieces that the key takes.
    pub(crate) batches: VecDeque<Vec<CredentialDescriptor>>,
}

impl Plan {
    /// The plan for making a credential.
    pub(crate) fn create(info: Info, options: &CreationOptions) -> Result<Self, Failure> {
        let selection = &options.authenticator_selection;
        if selection.authenticator_attachment.as_deref() == Some("platform") {
            return Err(Failure::Unsuitable(Shortcoming::Attachment));
        }
        let resident_key = resident_key(&info, selection.resident_key.as_deref(), selection.require_resident_key)?;
        let guarded = resident_key || !info.has("makeCredUvNotRqd");
        let verification = verification(&info, &selection.user_verification, guarded)?;
        let cred_protect = cred_protect(&info, &options.extensions)?;
        let hmac_secret = is_true(&options.extensions, "hmacCreateSecret") && info.supports("hmac-secret");
        let batches = batches(&info, &options.exclude_credentials);
        Ok(Self { info, verification, resident_key, cred_protect, hmac_secret, batches })
    }

    /// The plan for an assertion.
    pub(crate) fn get(info: Info, options: &RequestOptions) -> Result<Self, Failure> {
        let verification = verification(&info, &options.user_verification, false)?;
        let batches = batches(&info, &options.allow_credentials);
        if batches.is_empty() && !options.allow_credentials.is_empty() {
            return Err(Failure::NoCredential);
        }
        Ok(Self { info, verification, resident_key: false, cred_protect: None, hmac_secret: false, batches })
    }

    /// Whether the list is too long for one command, so that each piece is tried without the user first.
    pub(crate) fn needs_preflight(&self) -> bool {
        self.batches.len() > 1
    }
}

/// `Discouraged` and `preferred` use what the key has; `guarded` keys demand it for new credentials anyway.
fn verification(info: &Info, wish: &str, guarded: bool) -> Result<Verification, Failure> {
    let can_verify = info.has("uv");
    let must_verify = wish == REQUIRED || info.has("alwaysUv");
    if must_verify && !can_verify {
        return Err(Failure::Unsuitable(Shortcoming::UserVerification));
    }
    let wanted = must_verify || (can_verify && (wish == "preferred" || guarded));
    let token = if info.has("pinUvAuthToken") { Protocol::choose(&info.pin_uv_auth_protocols) } else { None };
    Ok(match token {
        _ if !wanted => Verification::None,
        Some(protocol) => Verification::Token(protocol),
        None => Verification::InCommand,
    })
}

/// `residentKey`, or `requireResidentKey` where that is absent (§5.4.4).
fn resident_key(info: &Info, wish: Option<&str>, required: bool) -> Result<bool, Failure> {
    match (wish, info.has("rk")) {
        (Some("preferred"), can) => Ok(can),
        (Some(REQUIRED), true) => Ok(true),
        (Some(REQUIRED), false) => Err(Failure::Unsuitable(Shortcoming::ResidentKey)),
        (Some(_), _) => Ok(false),
        (None, false) if required => Err(Failure::Unsuitable(Shortcoming::ResidentKey)),
        (None, _) => Ok(required),
    }
}

/// The extension `credProtect` (CTAP 2.3 §12.1); a level that must hold rules out keys without it.
fn cred_protect(info: &Info, extensions: &serde_json::Map<String, serde_json::Value>) -> Result<Option<i64>, Failure> {
    let level = match extensions.get("credentialProtectionPolicy").and_then(serde_json::Value::as_str) {
        Some("userVerificationOptional") => 1,
        Some("userVerificationOptionalWithCredentialIDList") => 2,
        Some("userVerificationRequired") => 3,
        _ => return Ok(None),
    };
    if info.supports("credProtect") {
        return Ok(Some(level));
    }
    if level > 1 && is_true(extensions, "enforceCredentialProtectionPolicy") {
        return Err(Failure::Unsuitable(Shortcoming::CredentialProtection));
    }
    Ok(None)
}

/// Drops what cannot be a credential of this key, and cuts the rest into pieces that it takes.
fn batches(info: &Info, list: &[CredentialDescriptor]) -> VecDeque<Vec<CredentialDescriptor>> {
    let bytes_max = info.credential_id_bytes_max.unwrap_or(usize::MAX);
    let fitting: Vec<_> =
        list.iter().filter(|entry| entry.kind == PUBLIC_KEY && entry.id.0.len() <= bytes_max).cloned().collect();
    let count_max = info.credential_count_max.unwrap_or(usize::MAX).max(1);
    fitting.chunks(count_max).map(<[_]>::to_vec).collect()
}

fn is_true(extensions: &serde_json::Map<String, serde_json::Value>, name: &str) -> bool {
    extensions.get(name) == Some(&serde_json::Value::Bool(true))
}
