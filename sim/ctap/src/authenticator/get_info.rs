//! authenticatorGetInfo (CTAP 2.3 §6.4). Encoded here: the types of `ctap-types` cannot say all of it.

use minicbor::Encoder;

use super::{Authenticator, Never, response};
use crate::pin_uv::Sealed;
use crate::{Extension, Feature, Version};

/// The members of the answer, in their order.
struct Members {
    encoder: Encoder<Vec<u8>>,
    count: u64,
}

impl Members {
    /// Writes a member.
    fn put<T>(&mut self, key: u8, value: impl FnOnce(&mut Encoder<Vec<u8>>) -> Result<T, Never>) {
        self.encoder.u8(key).expect("a Vec takes every byte");
        value(&mut self.encoder).expect("a Vec takes every byte");
        self.count += 1;
    }

    /// Writes a member that is a list, unless the list is empty.
    fn put_list<T>(&mut self, key: u8, items: &[T], item: impl Fn(&mut Encoder<Vec<u8>>, &T) -> Result<(), Never>) {
        if items.is_empty() {
            return;
        }
        self.put(key, |e| {
            e.array(items.len() as u64)?;
            items.iter().try_for_each(|it| item(e, it))
        });
    }
}

impl Authenticator {
    pub(super) fn get_info(&mut self) -> Vec<u8> {
        let enc_identifier = self.sealed(Sealed::Identifier);
        let enc_cred_store_state = self.sealed(Sealed::CredStoreState);
        let mut members = Members { encoder: Encoder::new(Vec::with_capacity(512)), count: 0 };
        self.put_model(&mut members);
        self.put_state(&mut members, enc_identifier, enc_cred_store_state);
        let mut e = response();
        e.map(members.count).expect("a Vec takes every byte");
        let mut answer = e.into_writer();
        answer.extend_from_slice(members.encoder.writer());
        answer
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

    /// Members 0x01 to 0x0A: what every version of CTAP has.
    fn put_model(&self, to: &mut Members) {
        let (profile, limits) = (&self.profile, &self.profile.limits);
        to.put_list(0x01, &self.versions(), |e, it| e.str(it.name()).map(drop));
        to.put_list(0x02, &profile.extensions, |e, it| e.str(it.name()).map(drop));
        to.put(0x03, |e| e.bytes(&profile.aaguid).map(drop));
        to.put(0x04, |e| {
            let options = self.options();
            e.map(options.len() as u64)?;
            options.into_iter().try_for_each(|(name, on)| e.str(name)?.bool(on).map(drop))
        });
        to.put(0x05, |e| e.u64(limits.message_bytes as u64).map(drop));
        to.put_list(0x06, &profile.pin_uv_auth_protocols, |e, it| e.u8(*it as u8).map(drop));
        to.put(0x07, |e| e.u64(limits.list_length as u64).map(drop));
        to.put(0x08, |e| e.u64(limits.credential_id_bytes as u64).map(drop));
        to.put_list(0x09, &profile.transports, |e, it| e.str(it.name()).map(drop));
        to.put_list(0x0A, &profile.algorithms, |e, it| {
            e.map(2)?.str("alg")?.i64(it.number())?.str("type")?.str(wire::webauthn::PUBLIC_KEY).map(drop)
        });
    }

    /// The versions that are spoken at present (§7.2.4).
    fn versions(&self) -> Vec<Version> {
        let versions = self.profile.versions.iter().copied();
        versions.filter(|version| *version != Version::U2fV2 || self.offers_u2f()).collect()
    }

    /// Members from 0x0B on: what CTAP 2.1 and later have added.
    fn put_state(&self, to: &mut Members, enc_identifier: Option<[u8; 32]>, enc_cred_store_state: Option<[u8; 32]>) {
        let (profile, limits) = (&self.profile, &self.profile.limits);
        if !profile.is_2_1() {
            return;
        }
        let (pin, config) = (&self.durable.pin, &self.durable.config);
        if let Some(bytes) = profile.large_blob_bytes {
            to.put(0x0B, |e| e.u64(bytes as u64).map(drop));
        }
        if profile.pin.is_some() {
            to.put(0x0C, |e| e.bool(pin.force_change).map(drop));
            to.put(0x0D, |e| e.u8(pin.min_length).map(drop));
        }
        to.put(0x0E, |e| e.u32(profile.firmware_version).map(drop));
        if profile.extends(Extension::CredBlob) {
            to.put(0x0F, |e| e.u64(limits.cred_blob_bytes as u64).map(drop));
        }
        if profile.extends(Extension::MinPinLength) {
            to.put(0x10, |e| e.u64(limits.min_pin_length_rp_ids as u64).map(drop));
        }
        if let Some(uv) = profile.built_in_uv {
            to.put(0x11, |e| e.u8(PREFERRED_PLATFORM_UV_ATTEMPTS).map(drop));
            to.put(0x12, |e| e.u32(uv.modality.bit()).map(drop));
        }
        let room = limits.credentials.saturating_sub(self.durable.store.discoverable_count());
        to.put(0x14, |e| e.u64(room as u64).map(drop));
        if profile.is_2_3() {
            to.put_list(0x16, &profile.attestation_formats, |e, it| e.str(it.name()).map(drop));
            if profile.built_in_uv.is_some() && profile.pin.is_some() {
                to.put(0x17, |e| e.u32(self.durable.uv_since_pin).map(drop));
            }
            if profile.has(Feature::LongTouchForReset) {
                to.put(0x18, |e| e.bool(config.long_touch_for_reset).map(drop));
            }
            if let Some(sealed) = enc_identifier {
                to.put(0x19, |e| e.bytes(&sealed).map(drop));
            }
            to.put_list(0x1A, &profile.transports, |e, it| e.str(it.name()).map(drop));
            if let Some(complexity) = &profile.pin_complexity {
                to.put(0x1B, |e| e.bool(pin.enforces_complexity).map(drop));
                if let Some(url) = &complexity.url {
                    to.put(0x1C, |e| e.bytes(url.as_bytes()).map(drop));
                }
            }
            if let Some(policy) = profile.pin {
                to.put(0x1D, |e| e.u8(policy.max_length).map(drop));
            }
            if let Some(sealed) = enc_cred_store_state {
                to.put(0x1E, |e| e.bytes(&sealed).map(drop));
            }
            to.put_list(0x1F, &profile.config_commands, |e, it| e.u8(*it as u8).map(drop));
        }
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
