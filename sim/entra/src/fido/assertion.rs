//! Verifying an assertion (WebAuthn Level 2 §7.2; Entra's order and codes: entra.md §3.5, §1.10).

use std::collections::BTreeSet;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use wire::Base64Url;
use wire::auth_data::{AuthData, Flags};
use wire::client_data::{self, ClientData};
use wire::webauthn::{CredentialDescriptor, REQUIRED, RequestOptions};

use super::RP_ID;
use super::challenge::{self, ChallengeFault};
use super::passkey::{Passkey, PasskeyType, Passkeys};
use super::policy::{Fido2Policy, MethodState};
use super::user_handle::{HandleFault, UserHandles};
use crate::error::aadsts::{self, Code};
use crate::tokens::SigningKey;

/// What a client brings to sign in.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub(crate) struct AssertionParts {
    #[serde(rename = "id")]
    pub(crate) credential_id: Base64Url,
    #[serde(rename = "clientDataJSON")]
    pub(crate) client_data_json: Base64Url,
    #[serde(rename = "authenticatorData")]
    pub(crate) authenticator_data: Base64Url,
    pub(crate) signature: Base64Url,
    #[serde(rename = "userHandle", default)]
    pub(crate) user_handle: Option<Base64Url>,
}

impl From<wire::webauthn::Assertion> for AssertionParts {
    fn from(assertion: wire::webauthn::Assertion) -> Self {
        let response = assertion.response;
        Self {
            credential_id: assertion.id,
            client_data_json: response.client_data_json,
            authenticator_data: response.authenticator_data,
            signature: response.signature,
            user_handle: response.user_handle,
        }
    }
}

/// Which challenge must have been signed.
pub(crate) enum SignedChallenge<'a> {
    /// A browser's: any that the tenant signed and that has not ended.
    SignIn(&'a SigningKey),
    /// Windows': the nonce of this very request.
    Nonce(&'a str),
}

/// An account, as far as signing in with a key is concerned.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) state: AccountState,
    pub(crate) groups: BTreeSet<Uuid>,
}

/// `accountEnabled`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AccountState {
    Enabled,
    Disabled,
}

/// Everything that an assertion is judged by.
pub(crate) struct Expected<'a> {
    pub(crate) challenge: SignedChallenge<'a>,
    /// Who is signing in, when the user said so beforehand.
    pub(crate) user: Option<Uuid>,
    pub(crate) handles: &'a UserHandles,
    pub(crate) policy: &'a Fido2Policy,
    /// The account of a user, if there is one.
    pub(crate) account: &'a dyn Fn(Uuid) -> Option<Account>,
}

/// Why an assertion signs nobody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssertionRefused {
    /// The client data are not JSON.
    #[error("the client data cannot be read")]
    ClientData,
    /// The client data are not of an assertion.
    #[error("the client data are not of type webauthn.get")]
    Type,
    /// Another origin.
    #[error("the origin is none of Microsoft's sign-in origins")]
    Origin,
    /// Made in a frame of another origin.
    #[error("the assertion was made in a cross-origin frame")]
    CrossOrigin,
    /// The challenge is none of ours, or not the one asked for.
    #[error("the challenge was not issued for this sign-in")]
    Challenge,
    /// The challenge is too old.
    #[error("the challenge has expired")]
    ChallengeExpired,
    /// The handle does not start with `OF:`.
    #[error("the user handle does not start with OF:")]
    HandlePrefix,
    /// The handle has not 51 bytes.
    #[error("the user handle has not 51 bytes")]
    HandleLength,
    /// The handle names nobody here.
    #[error("the user handle names no user of this tenant")]
    UserNotFound,
    /// The handle names somebody else than who is signing in.
    #[error("the user handle names another user than the one who signs in")]
    HandleMismatch,
    /// The user has no such key.
    #[error("the user has no such key")]
    KeyUnknown,
    /// The authenticator data cannot be read.
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
    /// Backed up yet not eligible, or another eligibility than at registration.
    #[error("the backup flags contradict each other or the registration")]
    BackupFlags,
    /// The signature is wrong.
    #[error("the signature is wrong")]
    Signature,
    /// The counter did not advance.
    #[error("the signature counter did not advance")]
    Counter,
    /// Security keys are off, or not for this user.
    #[error("FIDO2 security keys are disabled for this user by policy")]
    MethodDisabled,
    /// The key's model is not permitted.
    #[error("the AAGUID is not permitted by the key restriction policy")]
    AaguidNotPermitted,
    /// The account is suspended.
    #[error("the account is disabled")]
    AccountDisabled,
}

/// Where a browser may use an Entra key (entra.md §3.5, through related origins).
const ORIGINS: [&str; 3] =
    ["https://login.microsoft.com", "https://login.microsoftonline.com", "https://login.live.com"];

/// Options for a sign-in with one of `allowed`, or with any discoverable key when it is empty.
pub(crate) fn request_options(challenge: &str, allowed: Vec<CredentialDescriptor>) -> RequestOptions {
    RequestOptions {
        challenge: Base64Url(challenge.as_bytes().to_vec()),
        timeout: Some(600_000),
        rp_id: Some(RP_ID.into()),
        allow_credentials: allowed,
        user_verification: REQUIRED.into(),
        extensions: serde_json::Map::new(),
    }
}

/// The ceremony: §7.2 from step 6 on, in the order in which Entra answers. Returns whose key it was.
pub(crate) fn verify(
    now: Timestamp,
    parts: &AssertionParts,
    expected: &Expected<'_>,
    passkeys: &mut Passkeys,
) -> Result<Uuid, AssertionRefused> {
    // Steps 9 to 14.
    check_client_data(now, parts, expected)?;
    // Step 6: whose key.
    let user = identify(parts, expected)?;
    let account = (expected.account)(user).ok_or(AssertionRefused::UserNotFound)?;
    // Step 7: which key.
    let key = passkeys.find(&parts.credential_id.0).filter(|key| key.user == user);
    let key = key.ok_or(AssertionRefused::KeyUnknown)?;
    // Steps 15 to 17; step 18: no extension was asked for.
    let auth = AuthData::parse(&parts.authenticator_data.0).map_err(|_| AssertionRefused::AuthenticatorData)?;
    check_auth_data(&auth, key)?;
    // Steps 19 and 20.
    check_signature(parts, key)?;
    // Step 21: what is seen is kept also when it is refused, so that a key with one bad counter stays refused.
    let counter = check_counter(auth.sign_count, key);
    let aaguid = key.aaguid;
    passkeys.record_counter(&parts.credential_id.0, auth.sign_count);
    counter?;
    check_policy(aaguid, &account, expected.policy)?;
    match account.state {
        AccountState::Enabled => Ok(user),
        AccountState::Disabled => Err(AssertionRefused::AccountDisabled),
    }
}

fn check_client_data(now: Timestamp, parts: &AssertionParts, expected: &Expected<'_>) -> Result<(), AssertionRefused> {
    let data = ClientData::parse(&parts.client_data_json.0).map_err(|_| AssertionRefused::ClientData)?;
    if data.kind != client_data::GET {
        return Err(AssertionRefused::Type);
    }
    if !ORIGINS.contains(&data.origin.as_str()) {
        return Err(AssertionRefused::Origin);
    }
    if data.cross_origin {
        return Err(AssertionRefused::CrossOrigin);
    }
    let challenge = Base64Url::parse(&data.challenge).ok_or(AssertionRefused::Challenge)?;
    match &expected.challenge {
        SignedChallenge::Nonce(nonce) if challenge.0 == nonce.as_bytes() => Ok(()),
        SignedChallenge::Nonce(_) => Err(AssertionRefused::Challenge),
        SignedChallenge::SignIn(key) => challenge::check_sign_in(key, now, &challenge.0).map_err(|fault| match fault {
            ChallengeFault::Foreign => AssertionRefused::Challenge,
            ChallengeFault::Expired => AssertionRefused::ChallengeExpired,
        }),
    }
}

/// Step 6. A key that is not discoverable gives no handle; then the user who said so beforehand is meant.
fn identify(parts: &AssertionParts, expected: &Expected<'_>) -> Result<Uuid, AssertionRefused> {
    let named = match (&parts.user_handle, expected.user) {
        (Some(handle), _) => expected.handles.read(&handle.0).map_err(|fault| match fault {
            HandleFault::Prefix => AssertionRefused::HandlePrefix,
            HandleFault::Length => AssertionRefused::HandleLength,
            HandleFault::Foreign => AssertionRefused::UserNotFound,
        })?,
        (None, Some(user)) => user,
        (None, None) => return Err(AssertionRefused::HandleLength),
    };
    match expected.user {
        Some(user) if user != named => Err(AssertionRefused::HandleMismatch),
        _ => Ok(named),
    }
}

/// Steps 15 to 17, and Level 3's rules on the backup flags.
fn check_auth_data(auth: &AuthData<'_>, key: &Passkey) -> Result<(), AssertionRefused> {
    let eligible = auth.flags.has(Flags::BE);
    if auth.rp_id_hash != super::rp_id_hash() {
        Err(AssertionRefused::RpIdHash)
    } else if !auth.flags.has(Flags::UP) {
        Err(AssertionRefused::UserNotPresent)
    } else if !auth.flags.has(Flags::UV) {
        Err(AssertionRefused::UserNotVerified)
    } else if eligible != (key.kind == PasskeyType::Synced) || (auth.flags.has(Flags::BS) && !eligible) {
        Err(AssertionRefused::BackupFlags)
    } else {
        Ok(())
    }
}

fn check_signature(parts: &AssertionParts, key: &Passkey) -> Result<(), AssertionRefused> {
    let hash = Sha256::digest(&parts.client_data_json.0);
    let signed = [parts.authenticator_data.0.as_slice(), &hash].concat();
    match key.public_key.verifies(&signed, &parts.signature.0) {
        true => Ok(()),
        false => Err(AssertionRefused::Signature),
    }
}

/// Step 21: a counter advances or is always zero; that of a synced key is always zero (entra.md §3.5).
fn check_counter(shown: u32, key: &Passkey) -> Result<(), AssertionRefused> {
    let advanced = shown > key.sign_count || (shown == 0 && key.sign_count == 0);
    let plausible = key.kind == PasskeyType::DeviceBound || shown == 0;
    if advanced && plausible { Ok(()) } else { Err(AssertionRefused::Counter) }
}

/// The policy as it is now: method, targets and key restrictions bind at each sign-in (entra.md §3.3).
fn check_policy(aaguid: Uuid, account: &Account, policy: &Fido2Policy) -> Result<(), AssertionRefused> {
    if policy.state == MethodState::Disabled || !policy.targets(&account.groups) {
        Err(AssertionRefused::MethodDisabled)
    } else if !policy.key_restrictions.permit(aaguid) {
        Err(AssertionRefused::AaguidNotPermitted)
    } else {
        Ok(())
    }
}

impl AssertionRefused {
    /// The AADSTS code (entra.md §1.10). Faults that have none of their own get the general 135020.
    #[must_use]
    pub fn code(self) -> &'static Code {
        match self {
            Self::ClientData | Self::BackupFlags => aadsts::FIDO_ASSERTION,
            Self::Type => aadsts::FIDO_CLIENT_DATA_TYPE,
            Self::Origin | Self::CrossOrigin | Self::RpIdHash => aadsts::FIDO_ORIGIN,
            Self::Challenge => aadsts::FIDO_CHALLENGE,
            Self::ChallengeExpired => aadsts::FIDO_CHALLENGE_EXPIRED,
            Self::HandlePrefix => aadsts::FIDO_USER_HANDLE_PREFIX,
            Self::HandleLength => aadsts::FIDO_USER_HANDLE_LENGTH,
            Self::HandleMismatch => aadsts::FIDO_USER_HANDLE,
            Self::UserNotFound => aadsts::FIDO_USER_NOT_FOUND,
            Self::KeyUnknown => aadsts::FIDO_KEY_UNKNOWN,
            Self::AuthenticatorData => aadsts::FIDO_AUTHENTICATOR_DATA,
            Self::UserNotPresent | Self::UserNotVerified => aadsts::FIDO_GESTURE,
            Self::Signature => aadsts::FIDO_SIGNATURE,
            Self::Counter => aadsts::FIDO_COUNTER,
            Self::MethodDisabled => aadsts::FIDO_DISABLED,
            Self::AaguidNotPermitted => aadsts::CREDENTIAL_POLICY,
            Self::AccountDisabled => aadsts::USER_DISABLED,
        }
    }
}

#[cfg(test)]
mod tests;
