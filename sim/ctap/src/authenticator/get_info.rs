//! authenticatorGetInfo (CTAP 2.3 §6.4). Encoded here: the types of `ctap-types` cannot say all of it.

use super::{Authenticator, Never, response};
use crate::profile::{CREDENTIAL_ID_BYTES_MAX, LIST_MAX, MESSAGE_BYTES_MAX, PROTOCOLS};

impl Authenticator {
    pub(super) fn get_info(&self) -> Vec<u8> {
        self.encode_info().expect("a Vec takes every byte")
    }

    fn encode_info(&self) -> Result<Vec<u8>, Never> {
        let profile = &self.profile;
        let room = profile.credentials_max.saturating_sub(self.store.len());
        let mut e = response();
        e.map(14)?;
        e.u8(0x01)?.array(profile.versions.len() as u64)?;
        for version in &profile.versions {
            e.str(version)?;
        }
        e.u8(0x02)?.array(2)?.str("credProtect")?.str("hmac-secret")?;
        e.u8(0x03)?.bytes(&profile.aaguid)?;
        e.u8(0x04)?.map(4)?;
        for option in ["rk", "up", "uv", "pinUvAuthToken"] {
            e.str(option)?.bool(true)?;
        }
        e.u8(0x05)?.u64(MESSAGE_BYTES_MAX as u64)?;
        e.u8(0x06)?.array(PROTOCOLS.len() as u64)?;
        for protocol in PROTOCOLS {
            e.u8(protocol as u8)?;
        }
        e.u8(0x07)?.u64(LIST_MAX as u64)?;
        e.u8(0x08)?.u64(CREDENTIAL_ID_BYTES_MAX as u64)?;
        e.u8(0x09)?.array(profile.transports.len() as u64)?;
        for transport in &profile.transports {
            e.str(transport)?;
        }
        e.u8(0x0A)?.array(1)?.map(2)?.str("alg")?.i64(wire::cose::ES256)?.str("type")?.str("public-key")?;
        e.u8(0x0E)?.u32(profile.firmware_version)?;
        e.u8(0x11)?.u8(PREFERRED_PLATFORM_UV_ATTEMPTS)?;
        e.u8(0x12)?.u32(profile.uv_modality)?;
        e.u8(0x14)?.u64(room as u64)?;
        Ok(e.into_writer())
    }
}

/// One: the user tries again within the command, the platform does not repeat it.
const PREFERRED_PLATFORM_UV_ATTEMPTS: u8 = 1;
