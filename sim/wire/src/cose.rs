//! COSE keys (RFC 9052 §7, RFC 9053 §7.1.1, RFC 8230 §4), as a reader sees them: EC2 P-256 for ES256, RSA for RS256.

use minicbor::Decoder;

/// The COSE algorithm ES256: ECDSA on P-256 with SHA-256.
pub const ES256: i64 = -7;

/// The COSE algorithm RS256: RSA, PKCS#1 v1.5, with SHA-256.
pub const RS256: i64 = -257;

/// Why a COSE key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// Not a map of the members an EC2 key has.
    #[error("not a COSE EC2 key")]
    Malformed,
    /// Another algorithm or curve.
    #[error("algorithm {0} is not the one that was asked for")]
    Algorithm(i64),
}

/// The algorithm that a key names (a `keyAgreement` key: -25), and its point's coordinates, x then y.
pub type Ec2Point = (Option<i64>, [u8; 32], [u8; 32]);

/// Reads the coordinates of an EC2 key, whatever its algorithm.
///
/// # Errors
///
/// [`BadKey::Malformed`] when a member is missing, of another type or curve.
pub fn ec2_point(cbor: &[u8]) -> Result<Ec2Point, BadKey> {
    let mut members = Members::default();
    members.read(&mut Decoder::new(cbor)).map_err(|_| BadKey::Malformed)?;
    match members {
        Members { kty: Some(2), crv: Some(1), alg, x: Some(x), y: Some(y) } => Ok((alg, x, y)),
        _ => Err(BadKey::Malformed),
    }
}

/// Reads an ES256 public key: its point, uncompressed as SEC1 writes it. Whether it is on the curve is for the reader's
/// library to say.
///
/// # Errors
///
/// [`BadKey`] when it is another kind of key.
pub fn es256(cbor: &[u8]) -> Result<[u8; 65], BadKey> {
    let (alg, x, y) = ec2_point(cbor)?;
    if alg != Some(ES256) {
        return Err(BadKey::Algorithm(alg.unwrap_or_default()));
    }
    let mut point = [4; 65];
    point[1..33].copy_from_slice(&x);
    point[33..].copy_from_slice(&y);
    Ok(point)
}

/// Reads an RS256 public key: modulus and exponent, big-endian. Whether they make a key is for the reader's library to
/// say.
///
/// # Errors
///
/// [`BadKey`] when it is another kind of key.
pub fn rs256(cbor: &[u8]) -> Result<(&[u8], &[u8]), BadKey> {
    let mut decoder = Decoder::new(cbor);
    let (kty, alg, n, e) = rsa_members(&mut decoder).map_err(|_| BadKey::Malformed)?;
    match (kty, alg, n, e) {
        (Some(3), Some(RS256), Some(n), Some(e)) => Ok((n, e)),
        (Some(3), alg, Some(_), Some(_)) => Err(BadKey::Algorithm(alg.unwrap_or_default())),
        _ => Err(BadKey::Malformed),
    }
}

type RsaMembers<'b> = (Option<i64>, Option<i64>, Option<&'b [u8]>, Option<&'b [u8]>);

fn rsa_members<'b>(decoder: &mut Decoder<'b>) -> Result<RsaMembers<'b>, minicbor::decode::Error> {
    let (mut kty, mut alg, mut n, mut e) = (None, None, None, None);
    let pairs = decoder.map()?.ok_or_else(|| minicbor::decode::Error::message("indefinite map"))?;
    for _ in 0..pairs {
        match decoder.i64()? {
            1 => kty = Some(decoder.i64()?),
            3 => alg = Some(decoder.i64()?),
            -1 => n = Some(decoder.bytes()?),
            -2 => e = Some(decoder.bytes()?),
            _ => decoder.skip()?,
        }
    }
    Ok((kty, alg, n, e))
}

#[derive(Default)]
struct Members {
    kty: Option<i64>,
    alg: Option<i64>,
    crv: Option<i64>,
    x: Option<[u8; 32]>,
    y: Option<[u8; 32]>,
}

impl Members {
    fn read(&mut self, decoder: &mut Decoder<'_>) -> Result<(), minicbor::decode::Error> {
        let pairs = decoder.map()?.ok_or_else(|| minicbor::decode::Error::message("indefinite map"))?;
        for _ in 0..pairs {
            match decoder.i64()? {
                1 => self.kty = Some(decoder.i64()?),
                3 => self.alg = Some(decoder.i64()?),
                -1 => self.crv = Some(decoder.i64()?),
                -2 => self.x = decoder.bytes()?.try_into().ok(),
                -3 => self.y = decoder.bytes()?.try_into().ok(),
                _ => decoder.skip()?,
            }
        }
        Ok(())
    }
}
