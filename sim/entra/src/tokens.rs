//! Tokens: RS256 JWTs in Entra's v1.0 (Graph access tokens) and v2.0 (id tokens) shapes, and their verification
//! (entra.md §1.7).

use std::collections::BTreeSet;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use wire::Base64Url;

use crate::applications::{Application, TokenVersion, first_party, sha1_base64url};
use crate::directory::User;
use crate::origin::{LOGIN, Origin};
use crate::roles::{MEMBER_WID, Role};
use crate::tenant::{SignIn, Tenant};

/// The lifetime of access and id tokens.
pub(crate) const TOKEN_LIFETIME: SignedDuration = SignedDuration::from_secs(3599);
/// The other way to name Graph in `aud`.
pub(crate) const GRAPH_URL: &str = "https://graph.microsoft.com";

/// A client that has proved what its kind has to prove, and what it says of itself.
pub(crate) struct Client {
    pub(crate) app: Arc<Application>,
    pub(crate) proof: Proof,
    /// `xms_cc`: what the client can deal with.
    pub(crate) capabilities: Vec<&'static str>,
}

/// Whom a token is for, and so which claims it has.
pub(crate) struct Audience {
    /// `aud`.
    pub(crate) name: String,
    pub(crate) version: TokenVersion,
}

/// How a client has proved to be itself (`appidacr`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// Not at all: it is public.
    Nothing,
    /// By a secret.
    Secret,
    /// By an assertion that a certificate's key has signed.
    Certificate,
}

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
    /// The client; `azp` in a v2.0 token, which is for another resource than Graph.
    #[serde(alias = "azp")]
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
    /// When the user signed in; absent in an application's own token.
    #[serde(default)]
    pub(crate) auth_time: i64,
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
        let kid = sha1_base64url(&certificate);
        Self { encoding, decoding, kid, certificate }
    }

    /// Signs claims as a JWT.
    pub(crate) fn sign(&self, claims: &impl Serialize) -> String {
        let mut header = Header::new(Algorithm::RS256);
        header.x5t = Some(self.kid.clone());
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
        key["x5t"] = self.kid.as_str().into();
        key["x5c"] = json!([STANDARD.encode(&self.certificate)]);
        key["issuer"] = issuer.into();
        json!({ "keys": [key] })
    }
}

fn jwk(key: &EncodingKey) -> jsonwebtoken::jwk::Jwk {
    jsonwebtoken::jwk::Jwk::from_encoding_key(key, Algorithm::RS256).expect("an RSA key has a JWK")
}

impl Tenant {
    /// An access token for a signed-in user.
    pub(crate) fn user_access_token(
        &mut self,
        now: Timestamp,
        client: &Client,
        sign_in: &SignIn,
        scope: &str,
        audience: &Audience,
        origin: &Origin,
    ) -> String {
        let mut claims = self.common_claims(now, client, audience, origin);
        let user = self.user(sign_in.user).expect("the caller has just checked the account");
        let own = json!({
            "amr": sign_in.amr, "auth_time": sign_in.at.as_second(), "name": user.display_name, "oid": user.id,
            "sub": pairwise(client.app.app_id, user), "scp": scope, "wids": wids(self.roles_in_effect(user)),
        });
        let named = match audience.version {
            TokenVersion::V1 => {
                json!({ "acr": "1", "idtyp": "user", "upn": user.upn, "unique_name": user.upn })
            }
            TokenVersion::V2 => json!({ "preferred_username": user.upn }),
        };
        merge(&mut claims, own);
        merge(&mut claims, named);
        if let Some(device) = sign_in.device {
            claims["deviceid"] = json!(device);
        }
        self.signing_key.sign(&claims)
    }

    /// An access token for an application itself; the roles that applications have are all of Graph.
    pub(crate) fn app_access_token(
        &mut self,
        now: Timestamp,
        client: &Client,
        audience: &Audience,
        origin: &Origin,
    ) -> String {
        let mut claims = self.common_claims(now, client, audience, origin);
        let id = client.app.service_principal_id;
        merge(&mut claims, json!({ "idtyp": "app", "oid": id, "sub": id }));
        // An application without a role has a token all the same, and no claim.
        if !client.app.app_roles.is_empty() && audience.name == first_party::GRAPH.to_string() {
            claims["roles"] = json!(client.app.app_roles);
        }
        self.signing_key.sign(&claims)
    }

    /// An id token (v2.0); its issuer is the one that the client's discovery document names.
    pub(crate) fn id_token(
        &mut self,
        now: Timestamp,
        app: &Application,
        sign_in: &SignIn,
        nonce: Option<&str>,
        origin: &Origin,
    ) -> String {
        let uti = self.uti();
        let issuer = origin.link(&format!("{LOGIN}/{}/v2.0", self.id()));
        let user = self.user(sign_in.user).expect("the caller has just checked the account");
        let mut claims = json!({
            "aud": app.app_id, "iss": issuer, "iat": now.as_second(), "nbf": now.as_second(),
            "exp": (now + TOKEN_LIFETIME).as_second(), "amr": sign_in.amr, "auth_time": sign_in.at.as_second(),
            "name": user.display_name, "oid": user.id, "preferred_username": user.upn,
            "sub": pairwise(app.app_id, user), "tid": self.id(), "uti": uti, "ver": "2.0",
        });
        if let Some(nonce) = nonce {
            claims["nonce"] = nonce.into();
        }
        self.signing_key.sign(&claims)
    }

    fn common_claims(&mut self, now: Timestamp, client: &Client, audience: &Audience, origin: &Origin) -> Value {
        let kind = match client.proof {
            Proof::Nothing => "0",
            Proof::Secret => "1",
            Proof::Certificate => "2",
        };
        let mut claims = json!({
            "aud": audience.name, "iat": now.as_second(), "nbf": now.as_second(),
            "exp": (now + TOKEN_LIFETIME).as_second(), "tid": self.id(), "uti": self.uti(),
        });
        let issuer = format!("https://sts.windows.net/{}/", self.id());
        let own = match audience.version {
            TokenVersion::V1 => json!({
                "iss": issuer, "idp": issuer, "app_displayname": client.app.display_name, "appid": client.app.app_id,
                "appidacr": kind, "tenant_region_scope": "WW", "ver": "1.0", "xms_tcdt": self.created().as_second(),
            }),
            TokenVersion::V2 => json!({
                "iss": origin.link(&format!("{LOGIN}/{}/v2.0", self.id())), "azp": client.app.app_id, "azpacr": kind,
                "ver": "2.0",
            }),
        };
        merge(&mut claims, own);
        if !client.capabilities.is_empty() {
            claims["xms_cc"] = json!(client.capabilities);
        }
        claims
    }

    fn uti(&mut self) -> String {
        Base64Url(self.rng.bytes::<16>().to_vec()).to_string()
    }
}

/// `sub`: the same user under another name for each application.
pub(crate) fn pairwise(app_id: Uuid, user: &User) -> String {
    let hash = Sha256::new().chain_update(app_id.as_bytes()).chain_update(user.id.as_bytes()).finalize();
    Base64Url(hash.to_vec()).to_string()
}

/// Role templates of the user, or the one that every member has.
fn wids(roles: &BTreeSet<Role>) -> Vec<Uuid> {
    let roles = roles.iter().map(|role| role.template_id());
    roles.chain(std::iter::once(MEMBER_WID)).collect()
}

fn merge(claims: &mut Value, more: Value) {
    let (Value::Object(claims), Value::Object(more)) = (claims, more) else { return };
    claims.extend(more);
}
