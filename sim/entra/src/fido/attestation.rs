//! Attestation statements (WebAuthn §8): `packed` is verified (§8.2), `none` must be empty (§8.7), others are opaque.

use uuid::Uuid;
use wire::attestation::{AttestationObject, Packed};
use wire::cose::ES256;
use x509_cert::Certificate;

use super::certificate;
use super::credential_key::CredentialKey;
use super::registration::RegistrationRefused;

/// What a correct statement offers to found trust on.
#[derive(Debug)]
pub(crate) enum Statement {
    /// Certificates, leaf first, as read and as DER.
    Chain {
        /// Parsed.
        certificates: Vec<Certificate>,
        /// As they came.
        der: Vec<Vec<u8>>,
    },
    /// Signed by the key itself, by nobody, or in a form that is not looked into.
    Nobody,
}

/// The key whose attestation is checked.
pub(crate) struct Attested<'a> {
    /// Its model.
    pub(crate) aaguid: Uuid,
    /// Its public key.
    pub(crate) public_key: &'a CredentialKey,
    /// SHA-256 of the client data.
    pub(crate) client_data_hash: [u8; 32],
}

/// The longest name of a format that Entra takes.
const FORMAT_CHARS_MAX: usize = 32;
/// CBOR of an empty map.
const EMPTY_MAP: [u8; 1] = [0xA0];

/// Checks the statement by the procedure of its format.
pub(crate) fn verify(object: &AttestationObject<'_>, key: &Attested<'_>) -> Result<Statement, RegistrationRefused> {
    match object.format {
        "packed" => packed(object, key),
        "none" if object.statement == EMPTY_MAP => Ok(Statement::Nobody),
        "none" => Err(RegistrationRefused::AttestationStatement),
        format if format.len() <= FORMAT_CHARS_MAX => Ok(Statement::Nobody),
        _ => Err(RegistrationRefused::AttestationStatement),
    }
}

/// §8.2, verification procedure.
fn packed(object: &AttestationObject<'_>, key: &Attested<'_>) -> Result<Statement, RegistrationRefused> {
    let statement = Packed::parse(object.statement).map_err(|_| RegistrationRefused::AttestationStatement)?;
    // A certificate of the lab's certifies a P-256 key; the key itself signs by its own algorithm.
    let expected = if statement.x5c.is_empty() { key.public_key.algorithm() } else { ES256 };
    if statement.algorithm != expected {
        return Err(RegistrationRefused::AttestationStatement);
    }
    let signed = [object.auth_data, &key.client_data_hash].concat();
    if statement.x5c.is_empty() {
        check(key.public_key.verifies(&signed, statement.signature))?;
        return Ok(Statement::Nobody);
    }
    let certificates = certificate::parse_chain(&statement.x5c)
        .ok_or(RegistrationRefused::AttestationCertificate("a certificate cannot be read"))?;
    let leaf_key = certificate::public_key(&certificates[0])
        .ok_or(RegistrationRefused::AttestationCertificate("the certified key is not a P-256 key"))?;
    check(leaf_key.verifies_der(&signed, statement.signature))?;
    if let Some(fault) = certificate::leaf_fault(&certificates[0], key.aaguid) {
        return Err(RegistrationRefused::AttestationCertificate(fault));
    }
    let der = statement.x5c.iter().map(|der| der.to_vec()).collect();
    Ok(Statement::Chain { certificates, der })
}

fn check(is_right: bool) -> Result<(), RegistrationRefused> {
    if is_right { Ok(()) } else { Err(RegistrationRefused::AttestationSignature) }
}
