//! Edge's single sign-on: the primary refresh token in the header `x-ms-RefreshTokenCredential` (entra.md §3.6).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::HeaderValue;
use jiff::Timestamp;
use serde::Serialize;
use sha2::Sha256;
use url::Url;

/// What Windows holds of a person who is signed in: the credential that Edge uses.
#[derive(Clone, PartialEq, Eq)]
pub struct SingleSignOn {
    /// The primary refresh token.
    pub refresh_token: String,
    /// The session key bound to it.
    pub session_key: Vec<u8>,
}

/// The header's name.
pub(crate) const HEADER: &str = "x-ms-refreshtokencredential";

#[derive(Serialize)]
struct Claims<'a> {
    refresh_token: &'a str,
    is_primary: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_nonce: Option<&'a str>,
    iat: i64,
}

impl SingleSignOn {
    /// The header for a navigation to `url`, when that asks Entra to authorize. Entra puts the nonce that it wants to
    /// see into the address it redirects to, as `sso_nonce`.
    ///
    /// The session key signs as it is, without the key derivation of Windows (convention of the lab).
    pub(crate) fn header(&self, now: Timestamp, url: &Url) -> Option<HeaderValue> {
        let authorizes = url.scheme() == "https"
            && url.host_str() == Some("login.microsoftonline.com")
            && url.path().ends_with("/authorize");
        if !authorizes {
            return None;
        }
        let nonce = url.query_pairs().find(|(name, _)| name == "sso_nonce").map(|(_, nonce)| nonce.into_owned());
        let claims = Claims {
            refresh_token: &self.refresh_token,
            is_primary: "true",
            request_nonce: nonce.as_deref(),
            iat: now.as_second(),
        };
        let mut header = HeaderValue::try_from(self.sign(&claims)).expect("a JWT is ASCII");
        header.set_sensitive(true);
        Some(header)
    }

    fn sign(&self, claims: &Claims<'_>) -> String {
        let payload = serde_json::to_vec(claims).expect("strings and a number always serialize");
        let head = URL_SAFE_NO_PAD.encode(br#"{"alg":"HS256","typ":"JWT"}"#);
        let signed = format!("{head}.{}", URL_SAFE_NO_PAD.encode(payload));
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.session_key).expect("HMAC takes keys of any length");
        mac.update(signed.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        format!("{signed}.{signature}")
    }
}

impl std::fmt::Debug for SingleSignOn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SingleSignOn(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jwt_for(url: &str) -> Option<String> {
        let credential = SingleSignOn { refresh_token: "0.PRT".into(), session_key: b"0123456789abcdef".to_vec() };
        let header = credential.header(Timestamp::from_second(1_700_000_000).unwrap(), &Url::parse(url).unwrap())?;
        Some(header.to_str().unwrap().to_owned())
    }

    fn claims(jwt: &str) -> String {
        let payload = jwt.split('.').nth(1).unwrap();
        String::from_utf8(URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
    }

    #[test]
    fn only_authorization_requests_to_entra_carry_the_credential() {
        assert!(jwt_for("https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=x").is_some());
        assert!(jwt_for("https://login.microsoftonline.com/common/login").is_none());
        assert!(jwt_for("http://login.microsoftonline.com/common/oauth2/v2.0/authorize").is_none());
        assert!(jwt_for("https://login.evil.example/common/oauth2/v2.0/authorize").is_none());
    }

    #[test]
    fn the_nonce_of_the_address_is_signed_into_the_credential() {
        let without = jwt_for("https://login.microsoftonline.com/common/oauth2/authorize").unwrap();
        assert_eq!(claims(&without), r#"{"refresh_token":"0.PRT","is_primary":"true","iat":1700000000}"#);
        let with = jwt_for("https://login.microsoftonline.com/common/oauth2/authorize?sso_nonce=AwAB%2B").unwrap();
        let expected = r#"{"refresh_token":"0.PRT","is_primary":"true","request_nonce":"AwAB+","iat":1700000000}"#;
        assert_eq!(claims(&with), expected);
    }

    #[test]
    fn the_signature_is_hs256_with_the_session_key() {
        let jwt = jwt_for("https://login.microsoftonline.com/common/oauth2/authorize").unwrap();
        let (signed, signature) = jwt.rsplit_once('.').unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(b"0123456789abcdef").unwrap();
        mac.update(signed.as_bytes());
        mac.verify_slice(&URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
    }
}
