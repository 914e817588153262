//! Tokens: RS256 JWTs in Entra's v1.0 (Graph access tokens) and v2.0 (id tokens) shapes, and their verification.
//!
//! Convention of the lab: `kid` is the SHA-256 of the signing certificate; `x5t` is left out, since SHA-1 has no other
//! use here.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use wire::Base64Url;

use crate::applications::{Application, ClientKind, first_party};
use crate::directory::User;
use crate::roles::MEMBER_WID;
use crate::tenant::{SignIn, Tenant};

/// The lifetime of access and id tokens.
pub(crate) const TOKEN_LIFETIME: SignedDuration = SignedDuration::from_secs(3599);
/// The other way to name Graph in `aud`.
pub(crate) const GRAPH_URL: &str = "https://graph.microsoft.com";

/// The key that signs everything that the tenant issues.
pub(crate) struct SigningKey {
    encoding: EncodingKey,
    decoding: DecodingKey,
    kid: String,
    certificate: Vec<u8>,
}

/// What Graph reads in an access token.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Claims {
    pub(crate) aud: String,
    pub(crate) tid: Uuid,
    pub(crate) appid: Uuid,
    pub(crate) oid: Uuid,
    pub(crate) nbf: i64,
    pub(crate) exp: i64,
    pub(crate) iat: i64,
    /// Delegated scopes; absent in an application's own token.
    pub(crate) scp: Option<String>,
    #[serde(default)]
    pub(crate) roles: Vec<String>,
    #[serde(default)]
    pub(crate) amr: Vec<String>,
}

/// A string that is no token of this tenant's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadToken {
    Malformed,
    Signature,
}

const KEY_PEM: &str = include_str!("../../../fixtures/pki/entra-signing.key.pem");
const CERTIFICATE_PEM: &str = include_str!("../../../fixtures/pki/entra-signing.pem");

impl SigningKey {
    /// The fixture key: the same in every lab, so that tokens are too.
    pub(crate) fn of_fixture() -> Self {
        let encoding = EncodingKey::from_rsa_pem(KEY_PEM.as_bytes()).expect("the fixture is an RSA key");
        let body: String = CERTIFICATE_PEM.lines().filter(|line| !line.starts_with("-----")).collect();
        let certificate = STANDARD.decode(body).expect("the fixture is a PEM certificate");
        let jwk = jwk(&encoding);
        let decoding = DecodingKey::from_jwk(&jwk).expect("an RSA JWK is a key");
        let kid = Base64Url(Sha256::digest(&certificate).to_vec()).to_string();
        Self { encoding, decoding, kid, certificate }
    }

    /// Signs claims as a JWT.
    pub(crate) fn sign(&self, claims: &impl Serialize) -> String {
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(self.kid.clone());
        jsonwebtoken::encode(&header, claims, &self.encoding).expect("claims serialize and the key signs")
    }

    /// The claims of a JWT that this key signed, whatever its times and audience.
    pub(crate) fn verify<T: serde::de::DeserializeOwned>(&self, token: &str) -> Result<T, BadToken> {
        let mut validation = Validation::new(Algorithm::RS256);
        // The library's clock is the machine's; the caller checks times by the lab's.
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        match jsonwebtoken::decode(token, &self.decoding, &validation) {
            Ok(data) => Ok(data.claims),
            Err(error) => match error.kind() {
                jsonwebtoken::errors::ErrorKind::InvalidSignature => Err(BadToken::Signature),
                _ => Err(BadToken::Malformed),
            },
        }
    }

    /// The key set document.
    pub(crate) fn key_set(&self, issuer: &str) -> Value {
        let mut key = serde_json::to_value(jwk(&self.encoding).algorithm).expect("a JWK serializes");
        key["use"] = "sig".into();
        key["kid"] = self.kid.as_str().into();
        key["x5c"] = json!([STANDARD.encode(&self.certificate)]);
        key["issuer"] = issuer.into();
        json!({ "keys": [key] })
    }
}

fn jwk(key: &EncodingKey) -> jsonwebtoken::jwk::Jwk {
    jsonwebtoken::jwk::Jwk::from_encoding_key(key, Algorithm::RS256).expect("an RSA key has a JWK")
}

impl Tenant {
    /// A Graph access token (v1.0) for a signed-in user.
    pub(crate) fn user_access_token(
        &mut self,
        now: Timestamp,
        app: &Application,
        sign_in: &SignIn,
        scope: &str,
    ) -> String {
        let mut claims = self.common_claims(now, app);
        let user = self.user(sign_in.user).expect("the caller has just checked the account");
        let own = json!({
            "acr": "1", "amr": sign_in.amr, "auth_time": sign_in.at.as_second(), "idtyp": "user",
            "name": user.display_name, "oid": user.id, "sub": pairwise(app, user), "upn": user.upn,
            "unique_name": user.upn, "scp": scope, "wids": wids(user),
        });
        merge(&mut claims, own);
        self.signing_key.sign(&claims)
    }

    /// A Graph access token (v1.0) for an application itself.
    pub(crate) fn app_access_token(&mut self, now: Timestamp, app: &Application) -> String {
        let mut claims = self.common_claims(now, app);
        let id = app.service_principal_id;
        merge(&mut claims, json!({ "idtyp": "app", "oid": id, "sub": id, "roles": app.app_roles }));
        self.signing_key.sign(&claims)
    }

    /// An id token (v2.0).
    pub(crate) fn id_token(
        &mut self,
        now: Timestamp,
        app: &Application,
        sign_in: &SignIn,
        nonce: Option<&str>,
    ) -> String {
        let uti = self.uti();
        let user = self.user(sign_in.user).expect("the caller has just checked the account");
        let mut claims = json!({
            "aud": app.app_id, "iss": self.issuer(), "iat": now.as_second(), "nbf": now.as_second(),
            "exp": (now + TOKEN_LIFETIME).as_second(), "amr": sign_in.amr, "auth_time": sign_in.at.as_second(),
            "name": user.display_name, "oid": user.id, "preferred_username": user.upn,
            "sub": pairwise(app, user), "tid": self.id(), "uti": uti, "ver": "2.0",
        });
        if let Some(nonce) = nonce {
            claims["nonce"] = nonce.into();
        }
        self.signing_key.sign(&claims)
    }

    /// The v2.0 issuer.
    pub(crate) fn issuer(&self) -> String {
        format!("https://login.microsoftonline.com/{}/v2.0", self.id())
    }

    fn common_claims(&mut self, now: Timestamp, app: &Application) -> Value {
        let kind = if app.kind == ClientKind::Confidential { "1" } else { "0" };
        json!({
            "aud": first_party::GRAPH, "iss": format!("https://sts.windows.net/{}/", self.id()),
            "iat": now.as_second(), "nbf": now.as_second(), "exp": (now + TOKEN_LIFETIME).as_second(),
            "app_displayname": app.display_name, "appid": app.app_id, "appidacr": kind,
            "tid": self.id(), "uti": self.uti(), "ver": "1.0",
        })
    }

    fn uti(&mut self) -> String {
        Base64Url(self.rng.bytes::<16>().to_vec()).to_string()
    }
}

/// `sub`: the same user under another name for each application.
fn pairwise(app: &Application, user: &User) -> String {
    let hash = Sha256::new().chain_update(app.app_id.as_bytes()).chain_update(user.id.as_bytes()).finalize();
    Base64Url(hash.to_vec()).to_string()
}

/// Role templates of the user, or the one that every member has.
fn wids(user: &User) -> Vec<Uuid> {
    let roles = user.roles.iter().map(|role| role.template_id());
    roles.chain(std::iter::once(MEMBER_WID)).collect()
}

fn merge(claims: &mut Value, more: Value) {
    let (Value::Object(claims), Value::Object(more)) = (claims, more) else { return };
    claims.extend(more);
}
