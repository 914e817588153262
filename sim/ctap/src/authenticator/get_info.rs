//! authenticatorGetInfo (CTAP 2.3 §6.4). Encoded here: the types of `ctap-types` cannot say all of it.

use super::{Authenticator, Never, response};
use crate::Feature;
use crate::pin_uv::Sealed;

impl Authenticator {
    pub(super) fn get_info(&mut self) -> Vec<u8> {
        let enc_identifier = self.sealed(Sealed::Identifier);
        let enc_cred_store_state = self.sealed(Sealed::CredStoreState);
        self.encode_info(enc_identifier, enc_cred_store_state).expect("a Vec takes every byte")
    }

    /// A member that the holder of the persistent token alone can read; none until there is such a token.
    fn sealed(&mut self, member: Sealed) -> Option<[u8; 32]> {
        let value = match member {
            Sealed::Identifier => self.durable.identifier,
            Sealed::CredStoreState => self.durable.cred_store_state,
        };
        let token = self.durable.persistent_token.as_ref()?;
        Some(member.seal(token, value, &mut self.rng))
    }

    fn encode_info(
        &self,
        enc_identifier: Option<[u8; 32]>,
        enc_cred_store_state: Option<[u8; 32]>,
    ) -> Result<Vec<u8>, Never> {
        let (profile, limits) = (&self.profile, &self.profile.limits);
        let room = limits.credentials.saturating_sub(self.durable.store.discoverable_count());
        let uv = profile.built_in_uv;
        let protocols = &profile.pin_uv_auth_protocols;
        let optional = [
            !profile.extensions.is_empty(),
            !protocols.is_empty(),
            uv.is_some(),
            uv.is_some(),
            enc_identifier.is_some(),
            enc_cred_store_state.is_some(),
        ];
        let mut e = response();
        e.map(10 + optional.into_iter().filter(|is_there| *is_there).count() as u64)?;
        e.u8(0x01)?.array(profile.versions.len() as u64)?;
        for version in &profile.versions {
            e.str(version.name())?;
        }
        if !profile.extensions.is_empty() {
            e.u8(0x02)?.array(profile.extensions.len() as u64)?;
            for extension in &profile.extensions {
                e.str(extension.name())?;
            }
        }
        e.u8(0x03)?.bytes(&profile.aaguid)?;
        let options = self.options();
        e.u8(0x04)?.map(options.len() as u64)?;
        for (name, on) in options {
            e.str(name)?.bool(on)?;
        }
        e.u8(0x05)?.u64(limits.message_bytes as u64)?;
        if !protocols.is_empty() {
            e.u8(0x06)?.array(protocols.len() as u64)?;
            for protocol in protocols {
                e.u8(*protocol as u8)?;
            }
        }
        e.u8(0x07)?.u64(limits.list_length as u64)?;
        e.u8(0x08)?.u64(limits.credential_id_bytes as u64)?;
        e.u8(0x09)?.array(profile.transports.len() as u64)?;
        for transport in &profile.transports {
            e.str(transport.name())?;
        }
        e.u8(0x0A)?.array(profile.algorithms.len() as u64)?;
        for algorithm in &profile.algorithms {
            e.map(2)?.str("alg")?.i64(algorithm.number())?.str("type")?.str(wire::webauthn::PUBLIC_KEY)?;
        }
        e.u8(0x0E)?.u32(profile.firmware_version)?;
        if let Some(uv) = uv {
            e.u8(0x11)?.u8(PREFERRED_PLATFORM_UV_ATTEMPTS)?;
            e.u8(0x12)?.u32(uv.modality.bit())?;
        }
        e.u8(0x14)?.u64(room as u64)?;
        if let Some(sealed) = enc_identifier {
            e.u8(0x19)?.bytes(&sealed)?;
        }
        if let Some(sealed) = enc_cred_store_state {
            e.u8(0x1E)?.bytes(&sealed)?;
        }
        Ok(e.into_writer())
    }

    /// The options and their present state, in canonical order. An option that is absent is not supported.
    fn options(&self) -> Vec<(&'static str, bool)> {
        let profile = &self.profile;
        let always_uv = self.durable.config.always_uv;
        let enrols = profile.built_in_uv.is_some_and(|uv| uv.bio_enrollment.is_some());
        let configures = !profile.config_commands.is_empty();
        let options = [
            ("ep", profile.has(Feature::Ep).then_some(self.durable.config.enterprise_attestation)),
            ("rk", Some(true)),
            ("up", Some(true)),
            ("uv", profile.built_in_uv.map(|_| self.verifies_itself())),
            ("uvAcfg", (configures && profile.built_in_uv.is_some()).then_some(true)),
            ("alwaysUv", profile.has(Feature::AlwaysUv).then_some(always_uv)),
            ("credMgmt", profile.has(Feature::CredMgmt).then_some(true)),
            ("authnrCfg", configures.then_some(true)),
            ("bioEnroll", enrols.then_some(!self.durable.fingerprints.is_empty())),
            ("clientPin", profile.pin.map(|_| self.has_pin())),
            ("largeBlobs", profile.large_blob_bytes.map(|_| true)),
            ("uvBioEnroll", enrols.then_some(true)),
            ("perCredMgmtRO", profile.has(Feature::PerCredMgmtRo).then_some(true)),
            ("pinUvAuthToken", profile.has(Feature::PinUvAuthToken).then_some(true)),
            ("setMinPINLength", profile.has(Feature::SetMinPinLength).then_some(true)),
            ("makeCredUvNotRqd", profile.has(Feature::MakeCredUvNotRqd).then_some(!always_uv)),
        ];
        options.into_iter().filter_map(|(name, on)| Some((name, on?))).collect()
    }
}

/// One: the user tries again within the command, the platform does not repeat it.
const PREFERRED_PLATFORM_UV_ATTEMPTS: u8 = 1;
