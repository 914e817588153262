//! Authenticator data (WebAuthn Level 3 §6.1), as a reader sees it.

use crate::cbor;

/// The flags byte.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Flags(pub u8);

impl Flags {
    /// User present.
    pub const UP: u8 = 0x01;
    /// User verified.
    pub const UV: u8 = 0x04;
    /// Backup eligible.
    pub const BE: u8 = 0x08;
    /// Backed up.
    pub const BS: u8 = 0x10;
    /// Attested credential data follows.
    pub const AT: u8 = 0x40;
    /// Extensions follow.
    pub const ED: u8 = 0x80;

    /// Whether all of `bits` are set.
    #[must_use]
    pub const fn has(self, bits: u8) -> bool {
        self.0 & bits == bits
    }
}

/// Authenticator data, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthData<'a> {
    /// SHA-256 of the RP ID.
    pub rp_id_hash: [u8; 32],
    /// Flags.
    pub flags: Flags,
    /// Signature counter.
    pub sign_count: u32,
    /// Present when [`Flags::AT`] is set.
    pub credential: Option<AttestedCredential<'a>>,
    /// The extension map's CBOR, present when [`Flags::ED`] is set.
    pub extensions: Option<&'a [u8]>,
}

/// Attested credential data (§6.5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttestedCredential<'a> {
    /// The authenticator's model.
    pub aaguid: [u8; 16],
    /// Credential id.
    pub id: &'a [u8],
    /// The COSE key's CBOR.
    pub public_key: &'a [u8],
}

/// Why authenticator data cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Cut off.
    #[error("authenticator data ends within its {0}")]
    Short(&'static str),
    /// A CBOR part is not CBOR.
    #[error("the {0} is not CBOR: {1}")]
    Cbor(&'static str, cbor::NotCanonical),
    /// Something follows the end.
    #[error("{0} bytes follow the authenticator data")]
    Trailing(usize),
}

impl<'a> AuthData<'a> {
    /// Takes authenticator data apart.
    ///
    /// # Errors
    ///
    /// [`Malformed`] when bytes are missing, left over, or a part is not CBOR.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let (rp_id_hash, rest) = take::<32>(bytes, "RP ID hash")?;
        let ([flags], rest) = take::<1>(rest, "flags")?;
        let (sign_count, mut rest) = take::<4>(rest, "signature counter")?;
        let flags = Flags(flags);
        let credential = if flags.has(Flags::AT) { Some(AttestedCredential::take(&mut rest)?) } else { None };
        let extensions = if flags.has(Flags::ED) { Some(take_item(&mut rest, "extensions")?) } else { None };
        if !rest.is_empty() {
            return Err(Malformed::Trailing(rest.len()));
        }
        Ok(Self { rp_id_hash, flags, sign_count: u32::from_be_bytes(sign_count), credential, extensions })
    }
}

impl<'a> AttestedCredential<'a> {
    fn take(bytes: &mut &'a [u8]) -> Result<Self, Malformed> {
        let (aaguid, rest) = take::<16>(bytes, "AAGUID")?;
        let (length, rest) = take::<2>(rest, "credential id length")?;
        let (id, rest) =
            rest.split_at_checked(usize::from(u16::from_be_bytes(length))).ok_or(Malformed::Short("credential id"))?;
        *bytes = rest;
        Ok(Self { aaguid, id, public_key: take_item(bytes, "public key")? })
    }
}

fn take<'a, const N: usize>(bytes: &'a [u8], part: &'static str) -> Result<([u8; N], &'a [u8]), Malformed> {
    bytes.split_first_chunk::<N>().map(|(head, rest)| (*head, rest)).ok_or(Malformed::Short(part))
}

fn take_item<'a>(bytes: &mut &'a [u8], part: &'static str) -> Result<&'a [u8], Malformed> {
    let item = cbor::first_item(bytes).map_err(|error| Malformed::Cbor(part, error))?;
    *bytes = &bytes[item.len()..];
    Ok(item)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assertion_has_37_bytes_and_nothing_more() {
        let mut bytes = [0; 37];
        bytes[32] = Flags::UP | Flags::UV;
        bytes[36] = 9;
        let data = AuthData::parse(&bytes).unwrap();
        assert!(data.flags.has(Flags::UP | Flags::UV) && data.sign_count == 9 && data.credential.is_none());
        assert_eq!(AuthData::parse(&bytes[..36]), Err(Malformed::Short("signature counter")));
        assert_eq!(AuthData::parse(&[&bytes[..], &[0]].concat()), Err(Malformed::Trailing(1)));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_do_harm(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
            let _ = AuthData::parse(&bytes);
        }
    }
}
