//! authenticatorClientPIN (CTAP 2.3 §6.5.5), the two subcommands of a built-in verification: key agreement and token.

use minicbor::Decoder;
use wire::cose;

use super::cbor_writer::Writer;
use super::pin_uv_auth::{Protocol, SharedSecret};

/// The command byte.
pub(crate) const COMMAND: u8 = 0x06;
/// Permission to make credentials for the RP ID.
pub(crate) const MAKE_CREDENTIAL: i64 = 0x01;
/// Permission to get assertions for the RP ID.
pub(crate) const GET_ASSERTION: i64 = 0x02;

const KEY_AGREEMENT: i64 = 0x02;
const TOKEN_USING_UV_WITH_PERMISSIONS: i64 = 0x06;
const COSE_ECDH_ES_HKDF_256: i64 = -25;

/// `getKeyAgreement`.
pub(crate) fn key_agreement(protocol: Protocol) -> Vec<u8> {
    let mut writer = Writer::command(COMMAND);
    writer.map(2).int(0x01).int(protocol.number()).int(0x02).int(KEY_AGREEMENT);
    writer.finish()
}

/// The key's public half from the answer to [`key_agreement`].
pub(crate) fn read_key_agreement(bytes: &[u8]) -> Option<([u8; 32], [u8; 32])> {
    let key = member(bytes, 0x01)?;
    let (_, x, y) = cose::ec2_point(key).ok()?;
    Some((x, y))
}

/// `getPinUvAuthTokenUsingUvWithPermissions`, bound to the RP ID.
pub(crate) fn token_using_uv(secret: &SharedSecret, protocol: Protocol, permissions: i64, rp_id: &str) -> Vec<u8> {
    let (x, y) = &secret.platform_key;
    let mut writer = Writer::command(COMMAND);
    writer.map(5).int(0x01).int(protocol.number()).int(0x02).int(TOKEN_USING_UV_WITH_PERMISSIONS);
    writer.int(0x03).map(5).int(1).int(2).int(3).int(COSE_ECDH_ES_HKDF_256);
    writer.int(-1).int(1).int(-2).bytes(x).int(-3).bytes(y);
    writer.int(0x09).int(permissions).int(0x0A).text(rp_id);
    writer.finish()
}

/// The encrypted token from the answer to [`token_using_uv`].
pub(crate) fn read_token(bytes: &[u8]) -> Option<&[u8]> {
    Decoder::new(member(bytes, 0x02)?).bytes().ok()
}

/// The CBOR of one member of the answer's map.
fn member(bytes: &[u8], wanted: u64) -> Option<&[u8]> {
    wire::cbor::check_canonical(bytes).ok()?;
    let mut decoder = Decoder::new(bytes);
    for _ in 0..decoder.map().ok()?? {
        let key = decoder.u64().ok()?;
        let start = decoder.position();
        decoder.skip().ok()?;
        if key == wanted {
            return bytes.get(start..decoder.position());
        }
    }
    None
}
