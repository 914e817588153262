//! A certificate that is registered on an application: its key may sign client assertions (RFC 7523).

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use wire::Base64Url;
use x509_cert::Certificate;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::{DecodePem as _, Encode as _};

/// What the tenant keeps of a certificate.
#[derive(Clone, Debug)]
pub(crate) struct ClientCertificate {
    /// `RSAPublicKey` (PKCS #1), DER.
    pub(crate) public_key: Vec<u8>,
    /// `x5t`: SHA-1 of the certificate, base64url.
    pub(crate) x5t: String,
    /// `x5t#S256`.
    pub(crate) x5t_s256: String,
    pub(crate) expires: Timestamp,
}

/// Why a certificate cannot be registered on an application.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadClientCertificate {
    /// Not a PEM certificate.
    #[error("it is no certificate in PEM: {0}")]
    NotPem(String),
    /// Another key than RSA: Entra takes no other for client assertions.
    #[error("its key is not an RSA key, and only those sign client assertions")]
    NotRsa,
}

const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

impl ClientCertificate {
    pub(crate) fn from_pem(pem: &str) -> Result<Self, BadClientCertificate> {
        let not_pem = |error: x509_cert::der::Error| BadClientCertificate::NotPem(error.to_string());
        let certificate = Certificate::from_pem(pem.trim()).map_err(not_pem)?;
        let der = certificate.to_der().map_err(not_pem)?;
        let content = certificate.tbs_certificate();
        let key = content.subject_public_key_info();
        if key.algorithm.oid != RSA_ENCRYPTION {
            return Err(BadClientCertificate::NotRsa);
        }
        let expires = content.validity().not_after.to_unix_duration().as_secs();
        Ok(Self {
            public_key: key.subject_public_key.raw_bytes().to_vec(),
            x5t: sha1_base64url(&der),
            x5t_s256: Base64Url(Sha256::digest(&der).to_vec()).to_string(),
            expires: i64::try_from(expires)
                .ok()
                .and_then(|at| Timestamp::from_second(at).ok())
                .unwrap_or(Timestamp::MAX),
        })
    }
}

/// The thumbprint that JOSE calls `x5t` (RFC 7515 §4.1.7).
pub(crate) fn sha1_base64url(der: &[u8]) -> String {
    Base64Url(digest(&SHA1_FOR_LEGACY_USE_ONLY, der).as_ref().to_vec()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_rsa_certificate_can_be_registered() {
        let check = |pem: &str, expect: Option<BadClientCertificate>| {
            assert_eq!(ClientCertificate::from_pem(pem).err(), expect);
        };
        check(include_str!("../../../../fixtures/pki/entra-signing.pem"), None);
        check(include_str!("../../../../fixtures/pki/attestation-root.pem"), Some(BadClientCertificate::NotRsa));
        let error = ClientCertificate::from_pem("-----BEGIN").expect_err("it is none");
        assert!(error.to_string().starts_with("it is no certificate in PEM: "), "{error}");
    }
}
