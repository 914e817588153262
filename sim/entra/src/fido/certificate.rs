//! Attestation certificates: the requirements on a `packed` leaf (WebAuthn §8.2.1) and its path to a trusted root.

use jiff::Timestamp;
use uuid::Uuid;
use x509_cert::Certificate;
use x509_cert::certificate::Version;
use x509_cert::der::asn1::{ObjectIdentifier, OctetString};
use x509_cert::der::{Decode as _, Encode as _};
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage};

use crate::es256::PublicKey;

/// Roots that the tenant trusts to vouch for keys, as the FIDO metadata service lists them for Entra.
#[derive(Clone, Debug, Default)]
pub struct TrustedRoots(Vec<Certificate>);

/// A text holds no certificates.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a PEM certificate: {0}")]
pub struct BadCertificate(String);

impl TrustedRoots {
    /// Reads PEM texts of one or more certificates each.
    ///
    /// # Errors
    ///
    /// [`BadCertificate`] when a text holds something else.
    pub fn from_pem(pems: &[&str]) -> Result<Self, BadCertificate> {
        let read = |pem: &&str| Certificate::load_pem_chain(pem.as_bytes());
        let chains: Result<Vec<_>, _> = pems.iter().map(read).collect();
        chains.map(|chains| Self(chains.concat())).map_err(|error| BadCertificate(error.to_string()))
    }

    /// Whether a chain, leaf first, leads to one of the roots: each certificate valid at `now` and signed by the next,
    /// which may issue certificates (RFC 5280 §6.1; revocation and name constraints are not looked at).
    pub(crate) fn vouch_for(&self, chain: &[Certificate], now: Timestamp) -> bool {
        let Some(last) = chain.last() else { return false };
        let mut pairs = chain.windows(2).enumerate();
        let linked = pairs.all(|(below, pair)| issued_by(&pair[0], &pair[1]) && may_issue(&pair[1], below));
        let anchored = self.0.iter().any(|root| root == last || (issued_by(last, root) && valid_at(root, now)));
        linked && anchored && chain.iter().all(|certificate| valid_at(certificate, now))
    }
}

/// Reads a chain of DER certificates.
pub(crate) fn parse_chain(x5c: &[&[u8]]) -> Option<Vec<Certificate>> {
    x5c.iter().map(|der| Certificate::from_der(der).ok()).collect()
}

/// The P-256 key that a certificate certifies.
pub(crate) fn public_key(certificate: &Certificate) -> Option<PublicKey> {
    PublicKey::from_spki(certificate.tbs_certificate().subject_public_key_info())
}

/// Which requirement of §8.2.1 a leaf misses, if any.
pub(crate) fn leaf_fault(leaf: &Certificate, aaguid: Uuid) -> Option<&'static str> {
    let subject = leaf.tbs_certificate().subject();
    let unit = subject.organization_unit().ok().flatten();
    if leaf.tbs_certificate().version() != Version::V3 {
        Some("the certificate is not version 3")
    } else if !matches!(subject.country(), Ok(Some(country)) if country.as_str().len() == 2) {
        Some("the subject has no country")
    } else if !matches!(subject.organization(), Ok(Some(_))) {
        Some("the subject has no organization")
    } else if unit.is_none_or(|unit| unit.value() != "Authenticator Attestation") {
        Some("the subject's unit is not \"Authenticator Attestation\"")
    } else if !matches!(subject.common_name(), Ok(Some(_))) {
        Some("the subject has no common name")
    } else if basic_constraints(leaf).is_none_or(|constraints| constraints.ca) {
        Some("the basic constraints do not say that it is no authority")
    } else if !aaguid_agrees(leaf, aaguid) {
        Some("the AAGUID extension is not the key's AAGUID")
    } else {
        None
    }
}

/// `id-fido-gen-ce-aaguid`.
const AAGUID_EXTENSION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.45724.1.1.4");
/// `ecdsa-with-SHA256`.
const ECDSA_WITH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");

/// The extension may be absent; when present it is not critical and equal.
fn aaguid_agrees(leaf: &Certificate, aaguid: Uuid) -> bool {
    let extensions = leaf.tbs_certificate().extensions().into_iter().flatten();
    extensions.filter(|extension| extension.extn_id == AAGUID_EXTENSION).all(|extension| {
        let value = OctetString::from_der(extension.extn_value.as_bytes());
        !extension.critical && value.is_ok_and(|value| value.as_bytes() == aaguid.as_bytes())
    })
}

fn issued_by(certificate: &Certificate, issuer: &Certificate) -> bool {
    certificate.tbs_certificate().issuer() == issuer.tbs_certificate().subject() && signed_by(certificate, issuer)
}

fn signed_by(certificate: &Certificate, issuer: &Certificate) -> bool {
    let checked = || {
        let body = certificate.tbs_certificate().to_der().ok()?;
        Some(public_key(issuer)?.verifies_der(&body, certificate.signature().as_bytes()?))
    };
    certificate.signature_algorithm().oid == ECDSA_WITH_SHA256 && checked() == Some(true)
}

/// Whether a certificate is an authority's, with `below` other authorities between it and the leaf.
fn may_issue(certificate: &Certificate, below: usize) -> bool {
    let fits = |most: u8| below <= usize::from(most);
    let is_authority = basic_constraints(certificate)
        .is_some_and(|constraints| constraints.ca && constraints.path_len_constraint.is_none_or(fits));
    let usage = certificate.tbs_certificate().get_extension::<KeyUsage>();
    is_authority && usage.is_ok_and(|usage| usage.is_none_or(|(_, usage)| usage.key_cert_sign()))
}

fn basic_constraints(certificate: &Certificate) -> Option<BasicConstraints> {
    let extension = certificate.tbs_certificate().get_extension::<BasicConstraints>().ok()??;
    Some(extension.1)
}

fn valid_at(certificate: &Certificate, now: Timestamp) -> bool {
    let validity = certificate.tbs_certificate().validity();
    let now = u64::try_from(now.as_second()).unwrap_or_default();
    validity.not_before.to_unix_duration().as_secs() <= now && now <= validity.not_after.to_unix_duration().as_secs()
}
