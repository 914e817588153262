//! Requests on their way in (CTAP 2.3 §6 and §8): canonical CBOR first, then the table of members, then `ctap-types`.
//!
//! `ctap-types` alone refuses unknown members, does not tell wrong types from wrong values and takes CBOR that is not
//! canonical. What reaches it from here holds the known members only, each of the right type and within its limits,
//! so that all it can still refuse is a value.

mod management;
mod normalise;

use ctap_types::ctap2::{get_assertion, make_credential};
use minicbor::Decoder;
use wire::Status;

pub(crate) use management::Management;
use normalise::Key::{Name, Number};
pub(crate) use normalise::normalise;
use normalise::{Kind, Member, optional, required, superseded};

use crate::Extension;
use crate::profile::LIST_MAX;

/// Decodes what [`normalise`] left of a makeCredential request.
pub(crate) fn make_credential(normalised: &[u8]) -> Result<make_credential::Request<'_>, Status> {
    cbor_smol::cbor_deserialize(normalised).map_err(|_| Status::INVALID_PARAMETER)
}

/// Decodes what [`normalise`] left of a getAssertion request.
pub(crate) fn get_assertion(normalised: &[u8]) -> Result<get_assertion::Request<'_>, Status> {
    cbor_smol::cbor_deserialize(normalised).map_err(|_| Status::INVALID_PARAMETER)
}

/// §6.1.
pub(crate) const MAKE_CREDENTIAL: &[Member] = &[
    required(Number(1), HASH),
    required(Number(2), Kind::Map(RP)),
    required(Number(3), Kind::Map(USER)),
    required(Number(4), Kind::List { of: &Kind::Map(PARAMETERS), max: usize::MAX }),
    optional(Number(5), CREDENTIALS),
    optional(Number(6), Kind::Map(REGISTRATION_EXTENSIONS)),
    optional(Number(7), Kind::Map(OPTIONS)),
    optional(Number(8), MAC),
    optional(Number(9), Kind::Unsigned),
    optional(Number(10), Kind::Unsigned),
    optional(Number(11), Kind::List { of: &Kind::Text { max: 32 }, max: usize::MAX }),
];

/// §6.2.
pub(crate) const GET_ASSERTION: &[Member] = &[
    required(Number(1), Kind::Text { max: 256 }),
    required(Number(2), HASH),
    optional(Number(3), CREDENTIALS),
    optional(Number(4), Kind::Map(ASSERTION_EXTENSIONS)),
    optional(Number(5), Kind::Map(OPTIONS)),
    optional(Number(6), MAC),
    optional(Number(7), Kind::Unsigned),
];

/// §6.5.5.
pub(crate) const CLIENT_PIN: &[Member] = &[
    optional(Number(1), Kind::Unsigned),
    required(Number(2), Kind::Unsigned),
    optional(Number(3), Kind::Map(COSE_KEY)),
    optional(Number(4), Kind::Bytes { min: 0, max: usize::MAX }),
    optional(Number(5), Kind::Bytes { min: 0, max: usize::MAX }),
    optional(Number(6), Kind::Bytes { min: 0, max: usize::MAX }),
    optional(Number(9), Kind::Unsigned),
    optional(Number(10), Kind::Text { max: 256 }),
];

/// §6.7.
pub(crate) const BIO_ENROLLMENT: &[Member] = &[
    optional(Number(1), Kind::Unsigned),
    optional(Number(2), Kind::Unsigned),
    optional(Number(3), Kind::Map(BIO_ENROLLMENT_PARAMS)),
    optional(Number(4), Kind::Unsigned),
    optional(Number(5), MAC),
    optional(Number(6), Kind::Bool),
];

/// §6.11.
pub(crate) const CONFIG: &[Member] = &[
    required(Number(1), Kind::Unsigned),
    optional(Number(2), Kind::Map(CONFIG_PARAMS)),
    optional(Number(3), Kind::Unsigned),
    optional(Number(4), MAC),
];

/// §6.8.
pub(crate) const CREDENTIAL_MANAGEMENT: &[Member] = &[
    required(Number(1), Kind::Unsigned),
    optional(Number(2), Kind::Map(CREDENTIAL_MANAGEMENT_PARAMS)),
    optional(Number(3), Kind::Unsigned),
    optional(Number(4), MAC),
];

/// §6.10.
pub(crate) const LARGE_BLOBS: &[Member] = &[
    optional(Number(1), Kind::Unsigned),
    optional(Number(2), Kind::Bytes { min: 0, max: usize::MAX }),
    optional(Number(3), Kind::Unsigned),
    optional(Number(4), Kind::Unsigned),
    optional(Number(5), MAC),
    optional(Number(6), Kind::Unsigned),
];

/// A member of a request in canonical CBOR, byte by byte as it was sent: what a pinUvAuthParam covers.
pub(crate) fn member(parameters: &[u8], key: u64) -> Option<&[u8]> {
    let mut decoder = Decoder::new(parameters);
    for _ in 0..decoder.map().ok()?? {
        let is_it = decoder.probe().u64().is_ok_and(|number| number == key);
        decoder.skip().ok()?;
        let start = decoder.position();
        decoder.skip().ok()?;
        if is_it {
            return Some(&parameters[start..decoder.position()]);
        }
    }
    None
}

/// attestationFormatsPreference of a makeCredential request; `ctap-types` forgets the order of those it does not know.
pub(crate) fn formats(parameters: &[u8]) -> Vec<&str> {
    let list = member(parameters, 11).unwrap_or_default();
    Decoder::new(list).array_iter::<&str>().map(|list| list.filter_map(Result::ok).collect()).unwrap_or_default()
}

/// The extension pinComplexityPolicy of a makeCredential request, which `ctap-types` does not know.
///
/// # Errors
///
/// `CBOR_UNEXPECTED_TYPE`: it is no boolean.
pub(crate) fn pin_complexity_policy(parameters: &[u8]) -> Result<Option<bool>, Status> {
    let wrong = |_| Status::CBOR_UNEXPECTED_TYPE;
    let Some(extensions) = member(parameters, 6) else { return Ok(None) };
    let mut decoder = Decoder::new(extensions);
    for _ in 0..decoder.map().map_err(wrong)?.unwrap_or(0) {
        if decoder.probe().str().is_ok_and(|name| name == Extension::PinComplexityPolicy.name()) {
            decoder.skip().map_err(wrong)?;
            return decoder.bool().map(Some).map_err(wrong);
        }
        decoder.skip().and_then(|()| decoder.skip()).map_err(wrong)?;
    }
    Ok(None)
}

/// The algorithms of a normalised makeCredential request, in the platform's order; `ctap-types` knows two of them only.
pub(crate) fn algorithms(normalised: &[u8]) -> Vec<i64> {
    fn read(normalised: &[u8]) -> Result<Vec<i64>, minicbor::decode::Error> {
        let mut decoder = Decoder::new(normalised);
        let mut algorithms = Vec::new();
        decoder.map()?;
        // Members 1 to 3 are required, so that the list comes fourth.
        for _ in 0..7 {
            decoder.skip()?;
        }
        for _ in 0..decoder.array()?.unwrap_or(0) {
            decoder.map()?;
            decoder.skip()?;
            let algorithm = decoder.i64()?;
            decoder.skip()?;
            if decoder.str()? == wire::webauthn::PUBLIC_KEY {
                algorithms.push(algorithm);
            }
        }
        Ok(algorithms)
    }
    read(normalised).unwrap_or_default()
}

const HASH: Kind = Kind::Bytes { min: 32, max: 32 };
/// pinUvAuthParam; empty is a request for a touch.
const MAC: Kind = Kind::Bytes { min: 0, max: usize::MAX };
const CREDENTIALS: Kind = Kind::List { of: &Kind::Map(DESCRIPTOR), max: LIST_MAX };
const RP: &[Member] = &[required(Name("id"), Kind::Text { max: 256 }), ICON, optional(Name("name"), ANY_TEXT)];
const USER: &[Member] = &[
    required(Name("id"), Kind::Bytes { min: 1, max: 64 }),
    ICON,
    optional(Name("name"), ANY_TEXT),
    optional(Name("displayName"), ANY_TEXT),
];
const ANY_TEXT: Kind = Kind::Text { max: usize::MAX };
/// Of CTAP 2.0; old platforms still send it.
const ICON: Member = superseded(Name("icon"), ANY_TEXT);
const BIO_ENROLLMENT_PARAMS: &[Member] = &[
    optional(Number(1), Kind::Bytes { min: 0, max: usize::MAX }),
    optional(Number(2), ANY_TEXT),
    optional(Number(3), Kind::Unsigned),
];
const CONFIG_PARAMS: &[Member] = &[
    optional(Number(1), Kind::Unsigned),
    optional(Number(2), Kind::List { of: &Kind::Text { max: 256 }, max: usize::MAX }),
    optional(Number(3), Kind::Bool),
    optional(Number(4), Kind::Bool),
];
const CREDENTIAL_MANAGEMENT_PARAMS: &[Member] =
    &[optional(Number(1), HASH), optional(Number(2), Kind::Map(DESCRIPTOR)), optional(Number(3), Kind::Map(USER))];
const PARAMETERS: &[Member] = &[required(Name("alg"), Kind::Integer), required(Name("type"), Kind::Text { max: 32 })];
const DESCRIPTOR: &[Member] =
    &[required(Name("id"), Kind::Bytes { min: 0, max: usize::MAX }), required(Name("type"), ANY_TEXT)];
const OPTIONS: &[Member] =
    &[optional(Name("rk"), Kind::Bool), optional(Name("up"), Kind::Bool), optional(Name("uv"), Kind::Bool)];
const REGISTRATION_EXTENSIONS: &[Member] = &[
    optional(Name("credBlob"), Kind::Bytes { min: 0, max: usize::MAX }),
    optional(Name("credProtect"), Kind::Unsigned),
    optional(Name("hmac-secret"), Kind::Bool),
    optional(Name("largeBlobKey"), Kind::Bool),
    optional(Name("minPinLength"), Kind::Bool),
    optional(Name("hmac-secret-mc"), Kind::Map(HMAC_SECRET)),
    optional(Name("thirdPartyPayment"), Kind::Bool),
];
const ASSERTION_EXTENSIONS: &[Member] = &[
    optional(Name("credBlob"), Kind::Bool),
    optional(Name("hmac-secret"), Kind::Map(HMAC_SECRET)),
    optional(Name("largeBlobKey"), Kind::Bool),
    optional(Name("thirdPartyPayment"), Kind::Bool),
];
const HMAC_SECRET: &[Member] = &[
    required(Number(1), Kind::Map(COSE_KEY)),
    required(Number(2), Kind::Bytes { min: 0, max: 80 }),
    required(Number(3), Kind::Bytes { min: 0, max: 32 }),
    optional(Number(4), Kind::Unsigned),
];
const COSE_KEY: &[Member] = &[
    required(Number(1), Kind::Integer),
    required(Number(3), Kind::Integer),
    required(Number(-1), Kind::Integer),
    required(Number(-2), Kind::Bytes { min: 32, max: 32 }),
    required(Number(-3), Kind::Bytes { min: 32, max: 32 }),
];
