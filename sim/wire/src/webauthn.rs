//! WebAuthn JSON (WebAuthn Level 3 §5.1.8, §5.1.9 and §5.1.10): options on their way to a client, results on their way back.

use serde::{Deserialize, Serialize};

use crate::Base64Url;

/// `PublicKeyCredentialCreationOptionsJSON`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreationOptions {
    /// Who asks.
    pub rp: RelyingParty,
    /// For whom.
    pub user: User,
    /// The challenge.
    pub challenge: Base64Url,
    /// Acceptable key types, best first.
    pub pub_key_cred_params: Vec<CredentialParameters>,
    /// Milliseconds the caller waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u32>,
    /// Credentials that the authenticator must not already hold.
    #[serde(default)]
    pub exclude_credentials: Vec<CredentialDescriptor>,
    /// What kind of authenticator and credential.
    #[serde(default)]
    pub authenticator_selection: AuthenticatorSelection,
    /// `none`, `indirect`, `direct` or `enterprise`.
    #[serde(default = "none")]
    pub attestation: String,
    /// Client extension inputs, as they stand.
    #[serde(default)]
    pub extensions: serde_json::Map<String, serde_json::Value>,
}

/// `PublicKeyCredentialRequestOptionsJSON`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestOptions {
    /// The challenge.
    pub challenge: Base64Url,
    /// Milliseconds the caller waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u32>,
    /// The RP ID; the caller's effective domain when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rp_id: Option<String>,
    /// Acceptable credentials; empty means any discoverable one.
    #[serde(default)]
    pub allow_credentials: Vec<CredentialDescriptor>,
    /// `required`, `preferred` or `discouraged`.
    #[serde(default = "preferred")]
    pub user_verification: String,
    /// Client extension inputs, as they stand.
    #[serde(default)]
    pub extensions: serde_json::Map<String, serde_json::Value>,
}

/// `PublicKeyCredentialRpEntity`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelyingParty {
    /// The RP ID; the caller's effective domain when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// A name for people.
    pub name: String,
}

/// `PublicKeyCredentialUserEntityJSON`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The user handle, 1 to 64 bytes.
    pub id: Base64Url,
    /// The account's name.
    pub name: String,
    /// The person's name.
    pub display_name: String,
}

/// `PublicKeyCredentialParameters`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialParameters {
    /// `public-key`.
    #[serde(rename = "type")]
    pub kind: String,
    /// COSE algorithm.
    pub alg: i64,
}

/// `PublicKeyCredentialDescriptorJSON`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialDescriptor {
    /// `public-key`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Credential id.
    pub id: Base64Url,
    /// `usb`, `nfc`, `ble`, `hybrid`, `internal`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transports: Vec<String>,
}

/// `AuthenticatorSelectionCriteria`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AuthenticatorSelection {
    /// `platform` or `cross-platform`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authenticator_attachment: Option<String>,
    /// `required`, `preferred` or `discouraged`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resident_key: Option<String>,
    /// The Level 1 form of `residentKey: required`.
    pub require_resident_key: bool,
    /// `required`, `preferred` or `discouraged`.
    pub user_verification: String,
}

/// `RegistrationResponseJSON`.
pub type Registration = PublicKeyCredential<AttestationResponse>;

/// `AuthenticationResponseJSON`.
pub type Assertion = PublicKeyCredential<AssertionResponse>;

/// What both have in common, around the authenticator's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicKeyCredential<R> {
    /// Credential id.
    pub id: Base64Url,
    /// Credential id again.
    pub raw_id: Base64Url,
    /// `public-key`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `platform` or `cross-platform`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authenticator_attachment: Option<String>,
    /// What the authenticator made or signed.
    pub response: R,
    /// Client extension outputs.
    #[serde(default)]
    pub client_extension_results: serde_json::Map<String, serde_json::Value>,
}

/// `AuthenticatorAttestationResponseJSON`, the members that carry information of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttestationResponse {
    /// The client data, as hashed.
    #[serde(rename = "clientDataJSON")]
    pub client_data_json: Base64Url,
    /// The attestation object.
    pub attestation_object: Base64Url,
    /// How the authenticator can be reached.
    #[serde(default)]
    pub transports: Vec<String>,
}

/// `AuthenticatorAssertionResponseJSON`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssertionResponse {
    /// The client data, as hashed.
    #[serde(rename = "clientDataJSON")]
    pub client_data_json: Base64Url,
    /// Authenticator data.
    pub authenticator_data: Base64Url,
    /// The signature over both.
    pub signature: Base64Url,
    /// The user handle of a discoverable credential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_handle: Option<Base64Url>,
}

/// The `type` of every credential.
pub const PUBLIC_KEY: &str = "public-key";
/// `residentKey` or `userVerification`: without it the ceremony fails.
pub const REQUIRED: &str = "required";

impl Default for AuthenticatorSelection {
    fn default() -> Self {
        Self {
            authenticator_attachment: None,
            resident_key: None,
            require_resident_key: false,
            user_verification: preferred(),
        }
    }
}

fn none() -> String {
    "none".into()
}

fn preferred() -> String {
    "preferred".into()
}
