//! Attestation objects (WebAuthn Level 3 §6.5): made by the client from a CTAP response, read by the relying party.

use minicbor::{Decoder, Encoder};

use crate::cbor;

/// An attestation object, taken apart; the statement is left as CBOR, since its format decides how to read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttestationObject<'a> {
    /// `packed`, `none`, ...
    pub format: &'a str,
    /// The statement map's CBOR.
    pub statement: &'a [u8],
    /// Authenticator data.
    pub auth_data: &'a [u8],
}

/// A `packed` statement (§8.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed<'a> {
    /// COSE algorithm of the signature.
    pub algorithm: i64,
    /// The signature over authenticator data and client data hash.
    pub signature: &'a [u8],
    /// Certificates, leaf first; empty for self attestation.
    pub x5c: Vec<&'a [u8]>,
}

/// The bytes are no such structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a well-formed {0}")]
pub struct Malformed(&'static str);

impl<'a> AttestationObject<'a> {
    /// Takes an attestation object apart.
    ///
    /// # Errors
    ///
    /// [`Malformed`] when it is not canonical CBOR or lacks one of its three members.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        cbor::check_canonical(bytes).map_err(|_| Malformed("attestation object"))?;
        Self::members(&mut Decoder::new(bytes), bytes).ok_or(Malformed("attestation object"))
    }

    /// The canonical bytes of the object.
    #[must_use]
    pub fn to_cbor(&self) -> Vec<u8> {
        let mut encoder = Encoder::new(Vec::new());
        let done =
            encoder.map(3).and_then(|e| e.str("fmt")).and_then(|e| e.str(self.format)).and_then(|e| e.str("attStmt"));
        done.expect("a Vec takes every byte");
        encoder.writer_mut().extend_from_slice(self.statement);
        encoder.str("authData").and_then(|e| e.bytes(self.auth_data)).expect("a Vec takes every byte");
        encoder.into_writer()
    }

    fn members(decoder: &mut Decoder<'a>, bytes: &'a [u8]) -> Option<Self> {
        let (mut format, mut statement, mut auth_data) = (None, None, None);
        for _ in 0..decoder.map().ok()?? {
            match decoder.str().ok()? {
                "fmt" => format = Some(decoder.str().ok()?),
                "authData" => auth_data = Some(decoder.bytes().ok()?),
                "attStmt" => {
                    let start = decoder.position();
                    decoder.skip().ok()?;
                    statement = Some(&bytes[start..decoder.position()]);
                }
                _ => decoder.skip().ok()?,
            }
        }
        Some(Self { format: format?, statement: statement?, auth_data: auth_data? })
    }
}

impl<'a> Packed<'a> {
    /// Reads a `packed` statement.
    ///
    /// # Errors
    ///
    /// [`Malformed`] when `alg` or `sig` is missing or a member has another type.
    pub fn parse(statement: &'a [u8]) -> Result<Self, Malformed> {
        Self::members(&mut Decoder::new(statement)).ok_or(Malformed("packed attestation statement"))
    }

    fn members(decoder: &mut Decoder<'a>) -> Option<Self> {
        let (mut algorithm, mut signature, mut x5c) = (None, None, Vec::new());
        for _ in 0..decoder.map().ok()?? {
            match decoder.str().ok()? {
                "alg" => algorithm = Some(decoder.i64().ok()?),
                "sig" => signature = Some(decoder.bytes().ok()?),
                "x5c" => {
                    x5c = decoder
                        .array_iter()
                        .ok()?
                        .collect::<Result<Vec<&minicbor::bytes::ByteSlice>, _>>()
                        .ok()?
                        .into_iter()
                        .map(AsRef::as_ref)
                        .collect()
                }
                _ => decoder.skip().ok()?,
            }
        }
        Some(Self { algorithm: algorithm?, signature: signature?, x5c })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let object = AttestationObject { format: "none", statement: &[0xA0], auth_data: &[1, 2, 3] };
        let bytes = object.to_cbor();
        assert_eq!(AttestationObject::parse(&bytes).unwrap(), object);
        assert!(AttestationObject::parse(&bytes[..bytes.len() - 1]).is_err());
    }

    #[test]
    fn a_packed_statement_keeps_its_certificates_in_order() {
        let statement =
            [&[0xA3u8, 0x63][..], b"alg", &[0x26, 0x63], b"sig", &[0x41, 9, 0x63], b"x5c", &[0x82, 0x41, 1, 0x41, 2]]
                .concat();
        let packed = Packed::parse(&statement).unwrap();
        assert_eq!(packed, Packed { algorithm: -7, signature: &[9], x5c: vec![&[1], &[2]] });
    }
}
