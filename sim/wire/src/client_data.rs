//! `CollectedClientData` (WebAuthn Level 3 §5.8.1): what the client adds to what the authenticator signs.

use serde::{Deserialize, Serialize};

/// The members every implementation knows; others are ignored when read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientData {
    /// `webauthn.create` or `webauthn.get`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The challenge, as base64url text.
    pub challenge: String,
    /// The caller's origin, `https://login.microsoft.com`.
    pub origin: String,
    /// Whether the caller sits in a frame of another origin.
    #[serde(rename = "crossOrigin", default)]
    pub cross_origin: bool,
}

/// The `type` of a registration.
pub const CREATE: &str = "webauthn.create";
/// The `type` of an assertion.
pub const GET: &str = "webauthn.get";

impl ClientData {
    /// The bytes that are hashed: members in the order of the limited verification algorithm (§5.8.1.1).
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("strings and a bool always serialize")
    }

    /// Reads `clientDataJSON`; a byte-order mark is skipped (§7.1 step 5).
    ///
    /// # Errors
    ///
    /// When it is not UTF-8 JSON with the required members.
    pub fn parse(json: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(json.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(json))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_stand_in_the_order_of_the_limited_verification_algorithm() {
        let data = ClientData {
            kind: GET.into(),
            challenge: "AAA".into(),
            origin: "https://a.example".into(),
            cross_origin: false,
        };
        let json = br#"{"type":"webauthn.get","challenge":"AAA","origin":"https://a.example","crossOrigin":false}"#;
        assert_eq!(data.to_json(), json);
        assert_eq!(ClientData::parse(json).unwrap(), data);
    }
}
