//! What kind of authenticator this is: everything getInfo reports that differs from model to model (CTAP 2.3 §6.4).

use crate::pin_uv::Protocol;

/// A model of authenticator. Everything here is true of what the commands then do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The model's identifier.
    pub aaguid: [u8; 16],
    /// `versions`.
    pub versions: Vec<&'static str>,
    /// `transports`.
    pub transports: Vec<&'static str>,
    /// `firmwareVersion`.
    pub firmware_version: u32,
    /// `uvModality`: bits of the FIDO registry's user verification methods.
    pub uv_modality: u32,
    /// How often a biometric may fail in a row before built-in verification is blocked (`maxUvRetries`, 1 to 25).
    pub uv_retries_max: u8,
    /// How often the user may try within one command (`maxUvAttemptsForInternalRetries`).
    pub uv_attempts_max: u8,
    /// How many credentials fit.
    pub credentials_max: usize,
}

impl Profile {
    /// The HYPR Mobile App on an iPhone: Face ID.
    #[must_use]
    pub fn hypr_ios() -> Self {
        Self::hypr(FACEPRINT_INTERNAL)
    }

    /// The HYPR Mobile App on an Android phone: the fingerprint sensor.
    #[must_use]
    pub fn hypr_android() -> Self {
        Self::hypr(FINGERPRINT_INTERNAL)
    }

    /// What both share. The AAGUID is HYPR's; HYPR publishes no getInfo, so that versions, `maxUvRetries`, firmware
    /// version and storage size are a convention of the lab.
    fn hypr(uv_modality: u32) -> Self {
        Self {
            aaguid: HYPR_AAGUID,
            versions: vec!["FIDO_2_0", "FIDO_2_1"],
            transports: vec!["usb"],
            firmware_version: 1,
            uv_modality,
            uv_retries_max: 5,
            uv_attempts_max: 3,
            credentials_max: 50,
        }
    }
}

/// 0076631b-d4a0-427f-5773-0ec71c9e0279, in Microsoft's list and FIDO's as "HYPR FIDO2 Authenticator".
const HYPR_AAGUID: [u8; 16] =
    [0x00, 0x76, 0x63, 0x1B, 0xD4, 0xA0, 0x42, 0x7F, 0x57, 0x73, 0x0E, 0xC7, 0x1C, 0x9E, 0x02, 0x79];
/// `USER_VERIFY_FINGERPRINT_INTERNAL` (FIDO Registry of Predefined Values §3.1).
const FINGERPRINT_INTERNAL: u32 = 0x02;
/// `USER_VERIFY_FACEPRINT_INTERNAL`.
const FACEPRINT_INTERNAL: u32 = 0x10;

/// `pinUvAuthProtocols`, best first.
pub(crate) const PROTOCOLS: [Protocol; 2] = [Protocol::Two, Protocol::One];
/// `maxMsgSize`: whatever CTAPHID can carry.
pub(crate) const MESSAGE_BYTES_MAX: usize = wire::ctaphid::MESSAGE_BYTES_MAX;
/// `maxCredentialCountInList`: the allow list of `ctap-types` holds no more.
pub(crate) const LIST_MAX: usize = 10;
/// `maxCredentialIdLength`; ids made here have [`crate::credential::ID_BYTES`], longer ones in a list match nothing.
pub(crate) const CREDENTIAL_ID_BYTES_MAX: usize = 128;
