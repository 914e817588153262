//! What kind of authenticator this is: everything that differs from model to model (CTAP 2.3 §6.4), as data.
//!
//! **Invariant**: whatever a profile has, getInfo reports, and the commands then do; what it lacks, they refuse.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

/// A model of authenticator: a file of `fixtures/authenticators/`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Profile {
    /// What it is, in a sentence.
    pub description: String,
    /// The model's identifier.
    #[serde(deserialize_with = "aaguid")]
    pub aaguid: [u8; 16],
    /// `versions`.
    pub versions: Vec<Version>,
    /// `transports`.
    pub transports: Vec<Transport>,
    /// `firmwareVersion`.
    pub firmware_version: u32,
    /// `algorithms`, the preferred first.
    pub algorithms: Vec<Algorithm>,
    /// `extensions`.
    #[serde(default)]
    pub extensions: Vec<Extension>,
    /// `attestationFormats`, the preferred first.
    #[serde(default = "packed_only")]
    pub attestation_formats: Vec<AttestationFormat>,
    /// Which credentials are discoverable.
    pub discoverable: Discoverable,
    /// A PIN may be set.
    pub pin: Option<Pin>,
    /// What a PIN must be beyond its length, once it is switched on (§7.5).
    pub pin_complexity: Option<PinComplexity>,
    /// Verification on the authenticator itself.
    pub built_in_uv: Option<BuiltInUv>,
    /// `pinUvAuthProtocols`, the preferred first.
    #[serde(default)]
    pub pin_uv_auth_protocols: Vec<PinUvAuthProtocol>,
    /// The options and commands beyond the common ones.
    #[serde(default)]
    pub options: Vec<Feature>,
    /// `authenticatorConfigCommands`; none: no authenticatorConfig.
    #[serde(default)]
    pub config_commands: Vec<ConfigCommand>,
    /// The relying parties that vendor-facilitated enterprise attestation is for (§7.1.1).
    #[serde(default)]
    pub enterprise_rp_ids: Vec<String>,
    /// `maxSerializedLargeBlobArray`, at least 1024 bytes; none: no authenticatorLargeBlobs.
    pub large_blob_bytes: Option<usize>,
    /// Whether authenticatorReset is served; else credentials are removed on the device itself.
    #[serde(default = "yes")]
    pub reset: bool,
    /// Sizes.
    #[serde(default)]
    pub limits: Limits,
}

/// A version that getInfo names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[expect(missing_docs, reason = "the names are the specification's")]
pub enum Version {
    #[serde(rename = "U2F_V2")]
    U2fV2,
    #[serde(rename = "FIDO_2_0")]
    Fido20,
    #[serde(rename = "FIDO_2_1")]
    Fido21,
    #[serde(rename = "FIDO_2_3")]
    Fido23,
}

/// A transport, as WebAuthn names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names are WebAuthn's")]
pub enum Transport {
    Usb,
    Nfc,
    Ble,
    SmartCard,
    Hybrid,
    Internal,
}

/// A signature algorithm (COSE).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "the names are COSE's")]
pub enum Algorithm {
    ES256,
    EdDSA,
    ES384,
    #[serde(rename = "ML-DSA-44")]
    MlDsa44,
    #[serde(rename = "ML-DSA-65")]
    MlDsa65,
    #[serde(rename = "ML-DSA-87")]
    MlDsa87,
}

/// An extension (§12), in the order in which authenticator data has their outputs: the canonical one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[expect(missing_docs, reason = "the names are the specification's")]
pub enum Extension {
    #[serde(rename = "credBlob")]
    CredBlob,
    #[serde(rename = "credProtect")]
    CredProtect,
    #[serde(rename = "hmac-secret")]
    HmacSecret,
    #[serde(rename = "largeBlobKey")]
    LargeBlobKey,
    #[serde(rename = "minPinLength")]
    MinPinLength,
    #[serde(rename = "hmac-secret-mc")]
    HmacSecretMc,
    #[serde(rename = "thirdPartyPayment")]
    ThirdPartyPayment,
    #[serde(rename = "pinComplexityPolicy")]
    PinComplexityPolicy,
}

/// A format of attestation statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names are WebAuthn's")]
pub enum AttestationFormat {
    Packed,
    None,
}

/// Which credentials are discoverable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Discoverable {
    /// All, asked for or not.
    Always,
    /// Those for which "rk" is asked.
    OnRequest,
}

/// A client PIN (§6.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Pin {
    /// The minimum length to begin with, in code points (4 to 63).
    pub min_length: u8,
    /// `maxPINLength`, in code points.
    #[serde(default = "pin_length_max")]
    pub max_length: u8,
    /// `maxPinRetries`, 1 to 8.
    pub retries: u8,
}

/// A PIN complexity policy. setMinPINLength switches it on, and nothing but a reset switches it off.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PinComplexity {
    /// How many different characters a PIN has at least.
    pub distinct_characters: u8,
    /// PINs that are too common, whatever the letter case.
    #[serde(default)]
    pub common: Vec<String>,
    /// `pinComplexityPolicyURL`: where people can read about it.
    pub url: Option<String>,
}

/// Built-in user verification (§6.5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BuiltInUv {
    /// What is looked at.
    pub modality: Modality,
    /// How often it may fail in a row before it is blocked (`maxUvRetries`, 1 to 25).
    pub retries: u8,
    /// How often the user may try within one command (`maxUvAttemptsForInternalRetries`).
    pub attempts: u8,
    /// Fingerprints are enrolled over CTAP (§6.7); else the owner's is known from the start.
    pub bio_enrollment: Option<BioEnrollment>,
}

/// `uvModality`: the FIDO registry's user verification methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Modality {
    /// `USER_VERIFY_FINGERPRINT_INTERNAL`.
    Fingerprint,
    /// `USER_VERIFY_FACEPRINT_INTERNAL`.
    Face,
}

/// Enrolment of fingerprints (§6.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BioEnrollment {
    /// How many fingers fit.
    pub templates: u8,
    /// `maxCaptureSamplesRequiredForEnroll`.
    pub samples: u8,
    /// `maxTemplateFriendlyName`, bytes.
    pub friendly_name_bytes: u8,
}

/// A PIN/UV auth protocol (§6.5.6, §6.5.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u8")]
pub enum PinUvAuthProtocol {
    /// One.
    One = 1,
    /// Two.
    Two = 2,
}

/// What an authenticator may have beyond the rest; the names are those of getInfo's options where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Feature {
    /// `pinUvAuthToken`: tokens with permissions.
    PinUvAuthToken,
    /// `makeCredUvNotRqd`.
    MakeCredUvNotRqd,
    /// `alwaysUv` can be switched; it is off to begin with.
    AlwaysUv,
    /// `credMgmt`.
    CredMgmt,
    /// `perCredMgmtRO`: persistent tokens, `encIdentifier` and `encCredStoreState`.
    #[serde(rename = "perCredMgmtRO")]
    PerCredMgmtRo,
    /// `ep`, off to begin with.
    Ep,
    /// `setMinPINLength`.
    #[serde(rename = "setMinPINLength")]
    SetMinPinLength,
    /// `longTouchForReset`, off to begin with.
    LongTouchForReset,
}

/// A subcommand of authenticatorConfig (§6.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ConfigCommand {
    /// 0x01
    EnableEnterpriseAttestation = 1,
    /// 0x02
    ToggleAlwaysUv = 2,
    /// 0x03
    #[serde(rename = "setMinPINLength")]
    SetMinPinLength = 3,
    /// 0x04
    EnableLongTouchForReset = 4,
}

/// Sizes that getInfo reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Limits {
    /// `maxMsgSize`, 1024 to what CTAPHID can carry, 7609.
    pub message_bytes: usize,
    /// `maxCredentialCountInList`; the allow list of `ctap-types` holds no more than ten.
    pub list_length: usize,
    /// `maxCredentialIdLength`; longer ids in a list match nothing.
    pub credential_id_bytes: usize,
    /// How many discoverable credentials fit.
    pub credentials: usize,
    /// `maxCredBlobLength`, at least 32.
    pub cred_blob_bytes: usize,
    /// `maxRPIDsForSetMinPINLength`.
    pub min_pin_length_rp_ids: usize,
}

/// A profile that cannot be used, with the place where the file says so.
#[derive(Debug, thiserror::Error)]
#[error("{path}:{line}:{column}: {why}")]
pub struct BadProfile {
    path: String,
    line: usize,
    column: usize,
    why: String,
}

impl Profile {
    /// The HYPR Mobile App on an iPhone: Face ID.
    #[must_use]
    pub fn hypr_ios() -> Self {
        Self::named("hypr-ios").expect("a shipped profile")
    }

    /// The HYPR Mobile App on an Android phone: the fingerprint sensor.
    #[must_use]
    pub fn hypr_android() -> Self {
        Self::named("hypr-android").expect("a shipped profile")
    }

    /// A shipped profile.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        SHIPPED.iter().find(|(shipped, _)| *shipped == name).map(|(_, profile)| profile.clone())
    }

    /// The names of the shipped profiles.
    pub fn names() -> impl Iterator<Item = &'static str> {
        SHIPPED.iter().map(|(name, _)| *name)
    }

    /// Reads a profile.
    ///
    /// # Errors
    ///
    /// [`BadProfile`] says what is wrong, where, and what was expected.
    pub fn parse(path: &Path, text: &str) -> Result<Self, BadProfile> {
        let bad = |line, column, why: String| BadProfile { path: path.display().to_string(), line, column, why };
        let profile: Self = serde_yaml::from_str(text).map_err(|error| {
            let (line, column) = error.location().map_or((1, 1), |place| (place.line(), place.column()));
            let words = error.to_string();
            bad(line, column, words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words).to_owned())
        })?;
        match profile.contradiction() {
            None => Ok(profile),
            Some((field, why)) => {
                let line = text.lines().position(|line| line.trim_start().starts_with(field)).map_or(1, |at| at + 1);
                Err(bad(line, 1, why.to_owned()))
            }
        }
    }

    /// What no authenticator can be: the field to look at, and why.
    fn contradiction(&self) -> Option<(&'static str, &'static str)> {
        let limits = &self.limits;
        let verifies = self.pin.is_some() || self.built_in_uv.is_some();
        let checks = [
            (self.versions.is_empty(), "versions", "an authenticator has a version at least"),
            (
                self.speaks(Version::U2fV2) && !self.speaks(Version::Fido20),
                "versions",
                "U2F_V2 goes with FIDO_2_0: a key that speaks U2F alone is not simulated",
            ),
            (
                self.speaks(Version::U2fV2) && !self.algorithms.contains(&Algorithm::ES256),
                "algorithms",
                "a key of the version U2F_V2 signs with ES256",
            ),
            (self.algorithms.is_empty(), "algorithms", "an authenticator signs with one algorithm at least: ES256"),
            (
                verifies && self.pin_uv_auth_protocols.is_empty(),
                "pin-uv-auth-protocols",
                "a PIN or built-in verification needs a PIN/UV auth protocol: 1, 2 or both",
            ),
            (
                self.has(Feature::PinUvAuthToken) && !verifies,
                "options",
                "pinUvAuthToken needs a PIN or built-in verification",
            ),
            (
                self.pin.is_some_and(|pin| !(4..=63).contains(&pin.min_length) || pin.max_length > 63),
                "pin",
                "a PIN has 4 to 63 characters",
            ),
            (
                self.pin_complexity.is_some() && self.pin.is_none(),
                "pin-complexity",
                "a PIN complexity policy is for keys that may have a PIN",
            ),
            (
                self.extends(Extension::PinComplexityPolicy) && self.pin_complexity.is_none(),
                "extensions",
                "the extension pinComplexityPolicy tells of a policy: pin-complexity",
            ),
            (self.pin.is_some_and(|pin| !(1..=8).contains(&pin.retries)), "pin", "a PIN has 1 to 8 retries"),
            (
                self.built_in_uv.is_some_and(|uv| !(1..=25).contains(&uv.retries) || uv.attempts == 0),
                "built-in-uv",
                "built-in verification has 1 to 25 retries and one attempt at least",
            ),
            (
                self.extensions.contains(&Extension::LargeBlobKey) != self.large_blob_bytes.is_some(),
                "large-blob-bytes",
                "the extension largeBlobKey and large-blob-bytes go together",
            ),
            (
                self.large_blob_bytes.is_some_and(|bytes| bytes < 1024),
                "large-blob-bytes",
                "a large-blob array has room for 1024 bytes at least",
            ),
            (
                !(1024..=MESSAGE_BYTES_MAX).contains(&limits.message_bytes),
                "message-bytes",
                "a message may have 1024 to 7609 bytes",
            ),
            (!(1..=LIST_MAX).contains(&limits.list_length), "list-length", "a list holds 1 to 10 credentials"),
        ];
        checks.into_iter().find(|(wrong, ..)| *wrong).map(|(_, field, why)| (field, why))
    }

    /// Whether it has a feature.
    #[must_use]
    pub fn has(&self, feature: Feature) -> bool {
        self.options.contains(&feature)
    }

    /// Whether it has an extension.
    #[must_use]
    pub fn extends(&self, extension: Extension) -> bool {
        self.extensions.contains(&extension)
    }

    /// Whether it claims a version.
    #[must_use]
    pub fn speaks(&self, version: Version) -> bool {
        self.versions.contains(&version)
    }

    /// Whether it speaks CTAP 2.3.
    #[must_use]
    pub fn is_2_3(&self) -> bool {
        self.speaks(Version::Fido23)
    }

    /// Whether it speaks CTAP 2.1 or later.
    #[must_use]
    pub fn is_2_1(&self) -> bool {
        self.versions.iter().any(|version| *version >= Version::Fido21)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_bytes: MESSAGE_BYTES_MAX,
            list_length: LIST_MAX,
            credential_id_bytes: 128,
            credentials: 50,
            cred_blob_bytes: 32,
            min_pin_length_rp_ids: 4,
        }
    }
}

impl PinComplexity {
    /// Whether a PIN obeys the policy.
    #[must_use]
    pub fn admits(&self, pin: &str) -> bool {
        let distinct: BTreeSet<char> = pin.chars().collect();
        let folded = pin.to_lowercase();
        distinct.len() >= self.distinct_characters.into() && !self.common.iter().any(|it| it.to_lowercase() == folded)
    }
}

impl Version {
    /// The name in getInfo.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::U2fV2 => "U2F_V2",
            Self::Fido20 => "FIDO_2_0",
            Self::Fido21 => "FIDO_2_1",
            Self::Fido23 => "FIDO_2_3",
        }
    }
}

impl Transport {
    /// The name in getInfo.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Usb => "usb",
            Self::Nfc => "nfc",
            Self::Ble => "ble",
            Self::SmartCard => "smart-card",
            Self::Hybrid => "hybrid",
            Self::Internal => "internal",
        }
    }
}

impl Algorithm {
    /// Its name in a profile.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ES256 => "ES256",
            Self::EdDSA => "EdDSA",
            Self::ES384 => "ES384",
            Self::MlDsa44 => "ML-DSA-44",
            Self::MlDsa65 => "ML-DSA-65",
            Self::MlDsa87 => "ML-DSA-87",
        }
    }

    /// The algorithm of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::ES256, Self::EdDSA, Self::ES384, Self::MlDsa44, Self::MlDsa65, Self::MlDsa87]
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
    }

    /// The COSE number.
    #[must_use]
    pub fn number(self) -> i64 {
        match self {
            Self::ES256 => -7,
            Self::EdDSA => -8,
            Self::ES384 => -35,
            Self::MlDsa44 => -48,
            Self::MlDsa65 => -49,
            Self::MlDsa87 => -50,
        }
    }
}

impl Transport {
    /// Whether the key has its power from the host, so that it is plugged in, or tapped, when the power comes.
    pub(crate) fn brings_power(self) -> bool {
        matches!(self, Self::Usb | Self::Nfc | Self::SmartCard)
    }
}

impl Extension {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CredBlob => "credBlob",
            Self::CredProtect => "credProtect",
            Self::HmacSecret => "hmac-secret",
            Self::LargeBlobKey => "largeBlobKey",
            Self::MinPinLength => "minPinLength",
            Self::HmacSecretMc => "hmac-secret-mc",
            Self::ThirdPartyPayment => "thirdPartyPayment",
            Self::PinComplexityPolicy => "pinComplexityPolicy",
        }
    }
}

impl AttestationFormat {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Packed => "packed",
            Self::None => "none",
        }
    }
}

impl ConfigCommand {
    /// The specification's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::EnableEnterpriseAttestation => "enableEnterpriseAttestation",
            Self::ToggleAlwaysUv => "toggleAlwaysUv",
            Self::SetMinPinLength => "setMinPINLength",
            Self::EnableLongTouchForReset => "enableLongTouchForReset",
        }
    }
}

impl Modality {
    /// The bit of the FIDO Registry of Predefined Values §3.1.
    #[must_use]
    pub fn bit(self) -> u32 {
        match self {
            Self::Fingerprint => 0x02,
            Self::Face => 0x10,
        }
    }
}

impl TryFrom<u8> for PinUvAuthProtocol {
    type Error = &'static str;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        match number {
            1 => Ok(Self::One),
            2 => Ok(Self::Two),
            _ => Err("a PIN/UV auth protocol is 1 or 2"),
        }
    }
}

fn aaguid<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 16], D::Error> {
    let text = String::deserialize(deserializer)?;
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    let wrong = || D::Error::custom(format!("{text:?} is no AAGUID: 32 hexadecimal digits as 8-4-4-4-12"));
    if text.split('-').map(str::len).ne([8, 4, 4, 4, 12]) {
        return Err(wrong());
    }
    let number = u128::from_str_radix(&digits, 16).map_err(|_| wrong())?;
    Ok(number.to_be_bytes())
}

fn packed_only() -> Vec<AttestationFormat> {
    vec![AttestationFormat::Packed]
}

fn yes() -> bool {
    true
}

fn pin_length_max() -> u8 {
    63
}

macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        /// The files of `fixtures/authenticators/`.
        static SHIPPED: LazyLock<Vec<(&str, Profile)>> = LazyLock::new(|| vec![$((
            $name,
            Profile::parse(
                Path::new(concat!("fixtures/authenticators/", $name, ".yaml")),
                include_str!(concat!("../../../fixtures/authenticators/", $name, ".yaml")),
            ).expect("a shipped profile"),
        )),*]);
    };
}

shipped!["hypr-ios", "hypr-android", "ctap-2.0", "ctap-2.1-pin", "ctap-2.3", "other-aaguid"];

/// `maxMsgSize` at most: whatever CTAPHID can carry.
pub(crate) const MESSAGE_BYTES_MAX: usize = wire::ctaphid::MESSAGE_BYTES_MAX;
/// `maxCredentialCountInList` at most: the allow list of `ctap-types` holds no more.
pub(crate) const LIST_MAX: usize = 10;
