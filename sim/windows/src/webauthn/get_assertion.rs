//! authenticatorGetAssertion and authenticatorGetNextAssertion (CTAP 2.3 §6.2, §6.3), as a client writes and reads them.

use minicbor::Decoder;
use minicbor::decode::Error;
use wire::webauthn::{Assertion, AssertionResponse, CredentialDescriptor, PUBLIC_KEY};
use wire::{Base64Url, cbor};

use super::cbor_writer::Writer;
use super::job::Job;
use super::make_credential::write_descriptors;
use super::pin_uv_auth::PinUvAuth;
use super::plan::{Plan, Verification};

/// The command byte.
pub(crate) const COMMAND: u8 = 0x02;
/// The command byte of the follow-up, which has no parameters.
pub(crate) const NEXT_COMMAND: u8 = 0x08;
/// What a silent look signs: nothing that a relying party ever asked for.
pub(crate) const PREFLIGHT_HASH: [u8; 32] = [0; 32];

/// What a key answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) credential_id: Option<Vec<u8>>,
    auth_data: Option<Vec<u8>>,
    signature: Option<Vec<u8>>,
    user_handle: Option<Vec<u8>>,
    user_name: Option<String>,
    display_name: Option<String>,
    pub(crate) count: Option<u64>,
}

/// The command of the ceremony.
pub(crate) fn encode(job: &Job, plan: &Plan, allow: &[CredentialDescriptor], auth: Option<&PinUvAuth>) -> Vec<u8> {
    let option = (plan.verification == Verification::InCommand).then_some(("uv", true));
    write(job, &job.client_data_hash, allow, option, auth)
}

/// A silent look whether the key knows one of `list`: no user presence, another hash.
pub(crate) fn encode_preflight(job: &Job, list: &[CredentialDescriptor], auth: Option<&PinUvAuth>) -> Vec<u8> {
    write(job, &PREFLIGHT_HASH, list, Some(("up", false)), auth)
}

fn write(
    job: &Job,
    client_data_hash: &[u8; 32],
    allow: &[CredentialDescriptor],
    option: Option<(&str, bool)>,
    auth: Option<&PinUvAuth>,
) -> Vec<u8> {
    let optional = usize::from(!allow.is_empty()) + usize::from(option.is_some());
    let mut writer = Writer::command(COMMAND);
    writer.map(2 + optional + if auth.is_some() { 2 } else { 0 });
    writer.int(0x01).text(&job.rp_id).int(0x02).bytes(client_data_hash);
    if !allow.is_empty() {
        writer.int(0x03);
        write_descriptors(&mut writer, allow);
    }
    if let Some((name, value)) = option {
        writer.int(0x05).map(1).text(name).flag(value);
    }
    if let Some(auth) = auth {
        writer.int(0x06).bytes(&auth.param).int(0x07).int(auth.protocol.number());
    }
    writer.finish()
}

impl Found {
    /// Reads the CBOR behind the status byte.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        cbor::check_canonical(bytes).ok()?;
        let mut found = Self::default();
        found.read(&mut Decoder::new(bytes)).ok()?;
        Some(found)
    }

    /// The assertion for the page; a key may leave the id out when the list held one entry only.
    pub(crate) fn assertion(self, job: &Job, allow: &[CredentialDescriptor]) -> Option<Assertion> {
        let listed = match allow {
            [only] => Some(only.id.0.clone()),
            _ => None,
        };
        let id = Base64Url(self.credential_id.or(listed)?);
        Some(Assertion {
            id: id.clone(),
            raw_id: id,
            kind: PUBLIC_KEY.into(),
            authenticator_attachment: Some("cross-platform".into()),
            response: AssertionResponse {
                client_data_json: job.client_data.clone().into(),
                authenticator_data: self.auth_data?.into(),
                signature: self.signature?.into(),
                user_handle: self.user_handle.map(Base64Url),
            },
            client_extension_results: serde_json::Map::new(),
        })
    }

    /// What a person recognises the account by.
    pub(crate) fn label(&self) -> String {
        let name = self.user_name.clone().or_else(|| self.display_name.clone());
        name.unwrap_or_else(|| Base64Url(self.user_handle.clone().unwrap_or_default()).to_string())
    }

    fn read(&mut self, decoder: &mut Decoder<'_>) -> Result<(), Error> {
        for _ in 0..decoder.map()?.unwrap_or_default() {
            match decoder.u64()? {
                0x01 => self.read_credential(decoder)?,
                0x02 => self.auth_data = Some(decoder.bytes()?.to_vec()),
                0x03 => self.signature = Some(decoder.bytes()?.to_vec()),
                0x04 => self.read_user(decoder)?,
                0x05 => self.count = Some(decoder.u64()?),
                _ => decoder.skip()?,
            }
        }
        Ok(())
    }

    fn read_credential(&mut self, decoder: &mut Decoder<'_>) -> Result<(), Error> {
        for _ in 0..decoder.map()?.unwrap_or_default() {
            match decoder.str()? {
                "id" => self.credential_id = Some(decoder.bytes()?.to_vec()),
                _ => decoder.skip()?,
            }
        }
        Ok(())
    }

    fn read_user(&mut self, decoder: &mut Decoder<'_>) -> Result<(), Error> {
        for _ in 0..decoder.map()?.unwrap_or_default() {
            match decoder.str()? {
                "id" => self.user_handle = Some(decoder.bytes()?.to_vec()),
                "name" => self.user_name = Some(decoder.str()?.to_owned()),
                "displayName" => self.display_name = Some(decoder.str()?.to_owned()),
                _ => decoder.skip()?,
            }
        }
        Ok(())
    }
}
