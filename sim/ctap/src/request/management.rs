//! The shape that authenticatorCredentialManagement and authenticatorConfig share: a subcommand, its parameters and a
//! pinUvAuthParam over what was sent (CTAP 2.3 §6.8, §6.11).

use minicbor::Decoder;
use minicbor::decode::Error as DecodeError;
use wire::Status;

use super::normalise::{Member, normalise};

/// A request, decoded.
#[derive(Default)]
pub(crate) struct Management<P> {
    pub(crate) sub_command: u64,
    pub(crate) params: P,
    /// subCommandParams as they were sent.
    pub(crate) params_raw: Vec<u8>,
    pub(crate) protocol: Option<u64>,
    pub(crate) pin_uv_auth_param: Option<Vec<u8>>,
}

impl<P: Default> Management<P> {
    /// Reads a request as it was sent; `read` reads subCommandParams.
    pub(crate) fn decode(
        parameters: &[u8],
        members: &'static [Member],
        read: impl FnMut(&mut Decoder<'_>) -> Result<P, DecodeError>,
    ) -> Result<Self, Status> {
        let normalised = normalise(parameters, members)?;
        let mut request = Self::default();
        request.fill(&mut Decoder::new(&normalised), read).map_err(|_| Status::CBOR_UNEXPECTED_TYPE)?;
        request.params_raw = super::member(parameters, 2).unwrap_or_default().to_vec();
        Ok(request)
    }

    fn fill(
        &mut self,
        decoder: &mut Decoder<'_>,
        mut read: impl FnMut(&mut Decoder<'_>) -> Result<P, DecodeError>,
    ) -> Result<(), DecodeError> {
        for _ in 0..decoder.map()?.unwrap_or(0) {
            match decoder.u8()? {
                1 => self.sub_command = decoder.u64()?,
                2 => self.params = read(decoder)?,
                3 => self.protocol = Some(decoder.u64()?),
                _ => self.pin_uv_auth_param = Some(decoder.bytes()?.to_vec()),
            }
        }
        Ok(())
    }
}
