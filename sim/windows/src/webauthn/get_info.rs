//! The answer to authenticatorGetInfo (CTAP 2.3 §6.4), as far as a client acts on it.

use std::collections::BTreeMap;

use minicbor::Decoder;
use minicbor::decode::Error;
use wire::cbor;

/// The command byte; it has no parameters.
pub(crate) const COMMAND: u8 = 0x04;
/// The largest message when getInfo names none (§6.4).
const MESSAGE_BYTES_DEFAULT: usize = 1024;

/// What a key can do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Info {
    versions: Vec<String>,
    pub(crate) extensions: Vec<String>,
    options: BTreeMap<String, bool>,
    message_bytes_max: Option<usize>,
    pub(crate) pin_uv_auth_protocols: Vec<u64>,
    pub(crate) credential_count_max: Option<usize>,
    pub(crate) credential_id_bytes_max: Option<usize>,
    transports: Vec<String>,
    pub(crate) platform_uv_attempts: Option<u64>,
}

impl Info {
    /// Reads the CBOR behind the status byte; unknown members are skipped, `versions` must be there.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        cbor::check_canonical(bytes).ok()?;
        let mut info = Self::default();
        info.read(&mut Decoder::new(bytes)).ok()?;
        (!info.versions.is_empty()).then_some(info)
    }

    /// Whether the key knows any CTAP2; one of CTAP1 alone cannot do what WebAuthn asks of it here.
    pub(crate) fn speaks_ctap2(&self) -> bool {
        self.versions.iter().any(|version| version.starts_with("FIDO_2_"))
    }

    /// Whether an option is present and true.
    pub(crate) fn has(&self, option: &str) -> bool {
        self.options.get(option) == Some(&true)
    }

    pub(crate) fn supports(&self, extension: &str) -> bool {
        self.extensions.iter().any(|known| known == extension)
    }

    pub(crate) fn message_bytes_max(&self) -> usize {
        self.message_bytes_max.unwrap_or(MESSAGE_BYTES_DEFAULT)
    }

    /// How the key can be reached: what it says, or the line on which it is.
    pub(crate) fn transports(&self) -> Vec<String> {
        if self.transports.is_empty() { vec!["usb".into()] } else { self.transports.clone() }
    }

    fn read(&mut self, decoder: &mut Decoder<'_>) -> Result<(), Error> {
        for _ in 0..length(decoder.map()?)? {
            match decoder.u64()? {
                0x01 => self.versions = texts(decoder)?,
                0x02 => self.extensions = texts(decoder)?,
                0x04 => self.options = options(decoder)?,
                0x05 => self.message_bytes_max = size(decoder)?,
                0x06 => self.pin_uv_auth_protocols = decoder.array_iter()?.collect::<Result<_, _>>()?,
                0x07 => self.credential_count_max = size(decoder)?,
                0x08 => self.credential_id_bytes_max = size(decoder)?,
                0x09 => self.transports = texts(decoder)?,
                0x11 => self.platform_uv_attempts = Some(decoder.u64()?),
                _ => decoder.skip()?,
            }
        }
        Ok(())
    }
}

fn length(length: Option<u64>) -> Result<u64, Error> {
    length.ok_or_else(|| Error::message("indefinite length"))
}

fn texts(decoder: &mut Decoder<'_>) -> Result<Vec<String>, Error> {
    decoder.array_iter::<String>()?.collect()
}

fn options(decoder: &mut Decoder<'_>) -> Result<BTreeMap<String, bool>, Error> {
    decoder.map_iter::<String, bool>()?.collect()
}

fn size(decoder: &mut Decoder<'_>) -> Result<Option<usize>, Error> {
    Ok(usize::try_from(decoder.u64()?).ok())
}
