//! authenticatorLargeBlobs (CTAP 2.3 §6.10): the serialized large-blob array, read and written in fragments.
//!
//! What is in the array is the platform's affair; the authenticator looks at its digest only.

use jiff::Timestamp;
use minicbor::Decoder;
use minicbor::decode::Error as DecodeError;
use sha2::{Digest as _, Sha256};
use wire::Status;

use super::continuation::Sequence;
use super::{Authenticator, encode};
use crate::{Event, Permissions, request};

/// A request, decoded.
#[derive(Default)]
pub(super) struct Request {
    get: Option<u64>,
    set: Option<Vec<u8>>,
    offset: Option<u64>,
    length: Option<u64>,
    pin_uv_auth_param: Option<Vec<u8>>,
    protocol: Option<u64>,
}

/// An array that is being written.
pub(super) struct Writing {
    /// How long it will be.
    length: usize,
    /// What has come of it; its length is `expectedNextOffset`.
    fragments: Vec<u8>,
}

impl Request {
    /// Reads a request as it was sent.
    pub(super) fn decode(parameters: &[u8]) -> Result<Self, Status> {
        let normalised = request::normalise(parameters, request::LARGE_BLOBS)?;
        let mut request = Self::default();
        request.read(&mut Decoder::new(&normalised)).map_err(|_| Status::CBOR_UNEXPECTED_TYPE)?;
        Ok(request)
    }

    fn read(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        for _ in 0..decoder.map()?.unwrap_or(0) {
            match decoder.u8()? {
                1 => self.get = Some(decoder.u64()?),
                2 => self.set = Some(decoder.bytes()?.to_vec()),
                3 => self.offset = Some(decoder.u64()?),
                4 => self.length = Some(decoder.u64()?),
                5 => self.pin_uv_auth_param = Some(decoder.bytes()?.to_vec()),
                _ => self.protocol = Some(decoder.u64()?),
            }
        }
        Ok(())
    }
}

impl Authenticator {
    /// # Errors
    ///
    /// `INVALID_PARAMETER`: the members do not go together, or reach beyond the array. `INVALID_LENGTH`: a fragment is
    /// too long. `LARGE_BLOB_STORAGE_FULL`: the new array does not fit. `INVALID_SEQ`: the fragment is not the next.
    /// `INTEGRITY_FAILURE`: the new array does not end with its digest. And those of
    /// [`Self::authorise_management`].
    pub(super) fn large_blobs(&mut self, now: Timestamp, request: Request) -> Result<Vec<u8>, Status> {
        let offset = request.offset.and_then(|offset| usize::try_from(offset).ok()).ok_or(Status::INVALID_PARAMETER)?;
        match (request.get, &request.set) {
            (Some(bytes), None) => self.read_large_blobs(bytes, offset, &request),
            (None, Some(fragment)) => self.write_large_blobs(now, fragment, offset, &request),
            _ => Err(Status::INVALID_PARAMETER),
        }
    }

    /// §6.10.2 step 4.
    fn read_large_blobs(&self, bytes: u64, offset: usize, request: &Request) -> Result<Vec<u8>, Status> {
        if request.length.is_some() || request.pin_uv_auth_param.is_some() || request.protocol.is_some() {
            return Err(Status::INVALID_PARAMETER);
        }
        let bytes = usize::try_from(bytes).ok().filter(|bytes| *bytes <= self.fragment_bytes_max());
        let bytes = bytes.ok_or(Status::INVALID_LENGTH)?;
        let rest = self.durable.large_blobs.get(offset..).ok_or(Status::INVALID_PARAMETER)?;
        Ok(encode(|e| e.map(1)?.u8(0x01)?.bytes(&rest[..bytes.min(rest.len())])))
    }

    /// §6.10.2 step 5.
    fn write_large_blobs(
        &mut self,
        now: Timestamp,
        fragment: &[u8],
        offset: usize,
        request: &Request,
    ) -> Result<Vec<u8>, Status> {
        // a. the fragment's length
        if fragment.len() > self.fragment_bytes_max() {
            return Err(Status::INVALID_LENGTH);
        }
        // b. the first fragment has the array's length, c. the others do not
        if offset == 0 {
            let writing = Writing { length: self.announced_length(request.length)?, fragments: Vec::new() };
            self.leave(now, Sequence::LargeBlobs(writing));
        } else if request.length.is_some() {
            return Err(Status::INVALID_PARAMETER);
        }
        // d. the next offset
        if self.next_offset() != Some(offset) {
            return Err(Status::INVALID_SEQ);
        }
        // e. verification
        if self.is_protected() || self.durable.config.always_uv {
            let param = (request.pin_uv_auth_param.as_deref(), request.protocol);
            self.authorise_management(now, param, Permissions::LARGE_BLOB_WRITE, &message(offset, fragment))?;
        }
        let Some(Sequence::LargeBlobs(mut writing)) = self.take_sequence() else { return Err(Status::INVALID_SEQ) };
        // f. the end
        if offset + fragment.len() > writing.length {
            return Err(Status::INVALID_PARAMETER);
        }
        // g. to i. it is added, and the array committed when it is whole
        writing.fragments.extend_from_slice(fragment);
        if writing.fragments.len() < writing.length {
            self.leave(now, Sequence::LargeBlobs(writing));
        } else {
            self.commit_large_blobs(writing.fragments)?;
        }
        Ok(vec![Status::OK.0])
    }

    /// The length of an array about to be written.
    fn announced_length(&self, length: Option<u64>) -> Result<usize, Status> {
        let length = usize::try_from(length.ok_or(Status::INVALID_PARAMETER)?).unwrap_or(usize::MAX);
        match self.profile.large_blob_bytes {
            Some(room) if length > room => Err(Status::LARGE_BLOB_STORAGE_FULL),
            _ if length < LENGTH_MIN => Err(Status::INVALID_PARAMETER),
            _ => Ok(length),
        }
    }

    /// `expectedNextOffset`, when an array is being written.
    fn next_offset(&self) -> Option<usize> {
        match self.sequence() {
            Some(Sequence::LargeBlobs(writing)) => Some(writing.fragments.len()),
            _ => None,
        }
    }

    fn commit_large_blobs(&mut self, array: Vec<u8>) -> Result<(), Status> {
        let (blobs, digest) = array.split_at(array.len() - DIGEST_BYTES);
        if Sha256::digest(blobs)[..DIGEST_BYTES] != *digest {
            return Err(Status::INTEGRITY_FAILURE);
        }
        self.record(Event::LargeBlobsWritten { bytes: array.len() });
        self.durable.large_blobs = array;
        Ok(())
    }

    /// `maxFragmentLength`.
    fn fragment_bytes_max(&self) -> usize {
        self.profile.limits.message_bytes - 64
    }
}

/// What pinUvAuthParam covers: `32×0xff || h'0c00' || uint32LittleEndian(offset) || SHA-256(fragment)`.
fn message(offset: usize, fragment: &[u8]) -> Vec<u8> {
    // The offset is that of a fragment that follows others in memory, and no array is as long as four gigabytes.
    let offset = u32::try_from(offset).unwrap_or(u32::MAX).to_le_bytes();
    [&[0xFF; 32], [0x0C, 0x00].as_slice(), &offset, &Sha256::digest(fragment)].concat()
}

/// How much of the array's SHA-256 stands at its end.
const DIGEST_BYTES: usize = 16;
/// The shortest array: an empty one.
const LENGTH_MIN: usize = 1 + DIGEST_BYTES;
