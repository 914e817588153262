//! The machine's identity in Entra: an id, a key, and what the key signs (entra.md §3.6; ES256 and `kid` are conventions
//! of the lab).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{Request, header};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde::Serialize;
use url::form_urlencoded;
use uuid::Uuid;

use crate::passwordless::Join;

/// What a machine knows of itself.
#[derive(Clone)]
pub struct Device {
    /// The device's id in Entra.
    pub id: Uuid,
    /// The key that proves it.
    pub key: SigningKey,
    /// How it is joined.
    pub join: Join,
}

#[derive(Serialize)]
struct Header<'a> {
    typ: &'static str,
    alg: &'static str,
    kid: &'a str,
}

impl Device {
    /// The public half of the device key: a P-256 point, SEC1 bytes.
    #[must_use]
    pub fn public_key(&self) -> Vec<u8> {
        self.key.verifying_key().to_sec1_point(false).as_bytes().to_vec()
    }

    /// A JWT of these claims, signed with the device key.
    pub(crate) fn jwt(&self, claims: &impl Serialize) -> String {
        let kid = self.id.to_string();
        let signed = format!("{}.{}", encoded(&Header { typ: "JWT", alg: "ES256", kid: &kid }), encoded(claims));
        let signature: Signature = self.key.sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }
}

/// A form for Entra or Intune.
pub(crate) fn post(endpoint: &'static str, fields: &[(&str, &str)]) -> Request<Bytes> {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    Request::post(endpoint)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(body.into())
        .expect("the endpoint is a constant URI")
}

fn encoded(part: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(part).expect("claims are strings and objects"))
}
