//! Packed attestation (WebAuthn Level 3 §8.2) and that of U2F: by a certified key, or by the credential's own.

mod self_signed;

use minicbor::Encoder;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::pkcs8::DecodePrivateKey as _;
use x509_cert::Certificate;
use x509_cert::der::asn1::{ObjectIdentifier, OctetString};
use x509_cert::der::{Decode as _, pem};

use crate::authenticator::Never;
use crate::key::PrivateKey;

/// How an authenticator vouches for its credentials.
#[derive(Clone)]
pub struct Attestation {
    kind: Kind,
    /// What vouches for this very authenticator, where the enterprise may know it.
    of_device: Option<Box<Attestation>>,
}

#[derive(Clone)]
enum Kind {
    Certified { key: Box<SigningKey>, chain: Vec<Vec<u8>>, model: Model },
    SelfSigned,
}

/// For which models a certificate stands (§8.2.1).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Model {
    /// It names none.
    Any,
    /// It names one by its AAGUID.
    Only([u8; 16]),
}

/// Why a key and certificates cannot attest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAttestation {
    /// The key is no P-256 key.
    #[error("the attestation key is not a PKCS#8 PEM of a P-256 key")]
    Key,
    /// The certificates cannot be read.
    #[error("the attestation chain is not a sequence of PEM certificates")]
    Chain,
    /// They do not belong together.
    #[error("the first certificate of the attestation chain does not hold the attestation key's public half")]
    Mismatch,
}

impl Attestation {
    /// Packed attestation with `x5c`: a PKCS#8 key and its certificates, leaf first, without the root.
    ///
    /// # Errors
    ///
    /// [`BadAttestation`] when one of them cannot be read or they do not belong together.
    pub fn packed(key_pem: &str, chain_pem: &str) -> Result<Self, BadAttestation> {
        let key = SigningKey::from_pkcs8_pem(key_pem).map_err(|_| BadAttestation::Key)?;
        let chain = chain_pem
            .split_inclusive("-----END CERTIFICATE-----")
            .map(str::trim_start)
            .filter(|block| !block.is_empty())
            .map(certificate)
            .collect::<Result<Vec<_>, _>>()?;
        let leaf = chain.first().and_then(|der| Certificate::from_der(der).ok()).ok_or(BadAttestation::Chain)?;
        let certified = &leaf.tbs_certificate().subject_public_key_info().subject_public_key;
        if certified.raw_bytes() != key.verifying_key().to_sec1_point(false).as_bytes() {
            return Err(BadAttestation::Mismatch);
        }
        let model = Model::of(&leaf).ok_or(BadAttestation::Chain)?;
        Ok(Kind::Certified { key: Box::new(key), chain, model }.into())
    }

    /// Packed self attestation: the credential's own key signs.
    #[must_use]
    pub fn packed_self() -> Self {
        Kind::SelfSigned.into()
    }

    /// With an attestation of its own for the enterprise: a certificate that names the device.
    #[must_use]
    pub fn with_enterprise(mut self, of_device: Self) -> Self {
        self.of_device = Some(Box::new(of_device));
        self
    }

    /// The attestation of the device itself, if it has one.
    pub(crate) fn of_device(&self) -> Option<&Self> {
        self.of_device.as_deref()
    }

    /// Whether it may stand for authenticators of this AAGUID: a certificate that names another model may not.
    #[must_use]
    pub fn is_for(&self, aaguid: [u8; 16]) -> bool {
        match self.kind {
            Kind::Certified { model: Model::Only(certified), .. } => certified == aaguid,
            Kind::Certified { model: Model::Any, .. } | Kind::SelfSigned => true,
        }
    }

    /// Appends the statement over `message` (authenticator data and client data hash) to a response.
    pub(crate) fn encode_statement(
        &self,
        response: &mut Encoder<Vec<u8>>,
        message: &[u8],
        credential_key: &PrivateKey,
    ) {
        let (algorithm, signature, chain) = match &self.kind {
            Kind::Certified { key, chain, .. } => {
                let signature: Signature = key.sign(message);
                (wire::cose::ES256, signature.to_der().as_bytes().to_vec(), chain.as_slice())
            }
            Kind::SelfSigned => (credential_key.algorithm().number(), credential_key.sign(message), [].as_slice()),
        };
        encode(response, algorithm, &signature, chain).expect("a Vec takes every byte");
    }

    /// The certificate of a U2F registration and the signature over `message` (U2F Raw Message Formats v1.2 §4.3).
    ///
    /// # Panics
    ///
    /// When the credential's key is none for U2F, which knows ES256 only.
    pub(crate) fn certify(&self, message: &[u8], credential_key: &PrivateKey) -> (Vec<u8>, Vec<u8>) {
        match &self.kind {
            Kind::Certified { key, chain, .. } => {
                let signature: Signature = key.sign(message);
                (chain[0].clone(), signature.to_der().as_bytes().to_vec())
            }
            Kind::SelfSigned => {
                let point = credential_key.es256_point().expect("U2F keys are ES256 keys");
                (self_signed::certificate(credential_key, &point), credential_key.sign(message))
            }
        }
    }
}

impl From<Kind> for Attestation {
    fn from(kind: Kind) -> Self {
        Self { kind, of_device: None }
    }
}

impl Model {
    /// `None` when the extension that names the model holds no AAGUID.
    fn of(leaf: &Certificate) -> Option<Self> {
        let mut extensions = leaf.tbs_certificate().extensions().into_iter().flatten();
        let Some(named) = extensions.find(|extension| extension.extn_id == AAGUID_EXTENSION) else {
            return Some(Self::Any);
        };
        let value = OctetString::from_der(named.extn_value.as_bytes()).ok()?;
        value.as_bytes().try_into().ok().map(Self::Only)
    }
}

impl std::fmt::Display for Attestation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.kind {
            Kind::Certified { .. } => "packed attestation by a certificate",
            Kind::SelfSigned => "packed self attestation",
        })
    }
}

impl std::fmt::Debug for Attestation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.kind {
            Kind::Certified { .. } => "Attestation::packed",
            Kind::SelfSigned => "Attestation::packed_self",
        })
    }
}

fn encode(e: &mut Encoder<Vec<u8>>, algorithm: i64, signature: &[u8], chain: &[Vec<u8>]) -> Result<(), Never> {
    e.map(if chain.is_empty() { 2 } else { 3 })?;
    e.str("alg")?.i64(algorithm)?.str("sig")?.bytes(signature)?;
    if !chain.is_empty() {
        e.str("x5c")?.array(chain.len() as u64)?;
        for certificate in chain {
            e.bytes(certificate)?;
        }
    }
    Ok(())
}

fn certificate(block: &str) -> Result<Vec<u8>, BadAttestation> {
    match pem::decode_vec(block.as_bytes()) {
        Ok(("CERTIFICATE", der)) => Ok(der),
        _ => Err(BadAttestation::Chain),
    }
}

/// `id-fido-gen-ce-aaguid`.
const AAGUID_EXTENSION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.45724.1.1.4");

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = include_str!("../../../fixtures/pki/hypr-attestation.key.pem");
    const LEAF: &str = include_str!("../../../fixtures/pki/hypr-attestation.pem");
    const ROOT: &str = include_str!("../../../fixtures/pki/attestation-root.pem");

    fn check(key: &str, chain: &str, expect: Result<usize, BadAttestation>) {
        let certificates = Attestation::packed(key, chain).map(|attestation| match attestation.kind {
            Kind::Certified { chain, .. } => chain.len(),
            Kind::SelfSigned => 0,
        });
        assert_eq!(certificates, expect);
    }

    #[test]
    fn a_key_attests_only_with_its_own_certificate() {
        check(KEY, LEAF, Ok(1));
        check(KEY, &format!("{LEAF}{ROOT}"), Ok(2));
        check(KEY, ROOT, Err(BadAttestation::Mismatch));
        check(KEY, "", Err(BadAttestation::Chain));
        check(KEY, KEY, Err(BadAttestation::Chain));
        check(LEAF, LEAF, Err(BadAttestation::Key));
    }

    #[test]
    fn a_certificate_stands_for_the_model_that_it_names() {
        let hypr = crate::Profile::hypr_ios().aaguid;
        let attestation = Attestation::packed(KEY, LEAF).expect("the fixture");
        assert!(attestation.is_for(hypr) && !attestation.is_for([7; 16]));
        let root_key = include_str!("../../../fixtures/pki/attestation-root.key.pem");
        assert!(Attestation::packed(root_key, ROOT).expect("the fixture").is_for([7; 16]), "it names no model");
        assert!(Attestation::packed_self().is_for([7; 16]));
    }
}
