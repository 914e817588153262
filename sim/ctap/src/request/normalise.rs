//! Checks a request against the table of its members and copies what the table knows (CTAP 2.3 §6, "unknown map keys
//! are ignored", and §8.2's statuses for what is wrong).

use minicbor::Decoder;
use minicbor::data::Type;
use wire::Status;

/// What a member's value must be.
pub(crate) enum Kind {
    Bool,
    /// Zero or more.
    Unsigned,
    /// Of either sign.
    Integer,
    /// So many bytes.
    Bytes {
        min: usize,
        max: usize,
    },
    /// So many bytes of UTF-8 at most.
    Text {
        max: usize,
    },
    /// So many items at most.
    List {
        of: &'static Kind,
        max: usize,
    },
    /// These members; others are dropped.
    Map(&'static [Member]),
}

/// A member of a map.
pub(crate) struct Member {
    key: Key<'static>,
    kind: Kind,
    need: Need,
}

/// What a member is called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key<'a> {
    Number(i64),
    Name(&'a str),
}

enum Need {
    Required,
    Optional,
    /// Must be of its type, and is dropped.
    Superseded,
}

/// A member whose absence is an error.
pub(crate) const fn required(key: Key<'static>, kind: Kind) -> Member {
    Member { key, kind, need: Need::Required }
}

/// A member that may be absent.
pub(crate) const fn optional(key: Key<'static>, kind: Kind) -> Member {
    Member { key, kind, need: Need::Optional }
}

/// A member that earlier versions had: its type is looked at and nothing else.
pub(crate) const fn superseded(key: Key<'static>, kind: Kind) -> Member {
    Member { key, kind, need: Need::Superseded }
}

/// Checks `parameters` and returns the members that `members` names, in canonical form.
///
/// # Errors
///
/// `INVALID_CBOR`: not one canonical item. `CBOR_UNEXPECTED_TYPE`: an item of another type. `MISSING_PARAMETER`: a
/// required member is absent. `LIMIT_EXCEEDED`: a list is too long. `INVALID_LENGTH`: a string is too long or short.
pub(crate) fn normalise(parameters: &[u8], members: &'static [Member]) -> Result<Vec<u8>, Status> {
    wire::cbor::check_canonical(parameters).map_err(|_| Status::INVALID_CBOR)?;
    let mut copy =
        Copy { input: parameters, decoder: Decoder::new(parameters), out: Vec::with_capacity(parameters.len()) };
    copy.map(members)?;
    Ok(copy.out)
}

struct Copy<'a> {
    input: &'a [u8],
    decoder: Decoder<'a>,
    out: Vec<u8>,
}

impl Copy<'_> {
    fn map(&mut self, members: &'static [Member]) -> Result<(), Status> {
        let pairs = self.decoder.map().map_err(unexpected)?.unwrap_or(0);
        let head = self.out.len();
        self.out.push(MAP);
        let mut seen = 0u32;
        for _ in 0..pairs {
            let start = self.decoder.position();
            let Some(at) = self.key().and_then(|key| members.iter().position(|member| member.key == key)) else {
                self.decoder.skip().map_err(unexpected)?;
                continue;
            };
            let kept = self.out.len();
            self.out.extend_from_slice(&self.input[start..self.decoder.position()]);
            self.item(&members[at].kind)?;
            if matches!(members[at].need, Need::Superseded) {
                self.out.truncate(kept);
                continue;
            }
            // One byte holds the count, since no table has 24 members.
            self.out[head] += 1;
            seen |= 1 << at;
        }
        let missing = |(at, member): (usize, &Member)| matches!(member.need, Need::Required) && seen & 1 << at == 0;
        if members.iter().enumerate().any(missing) { Err(Status::MISSING_PARAMETER) } else { Ok(()) }
    }

    fn list(&mut self, of: &'static Kind, max: usize) -> Result<(), Status> {
        let start = self.decoder.position();
        let length = self.decoder.array().map_err(unexpected)?.unwrap_or(0);
        if usize::try_from(length).map_or(true, |length| length > max) {
            return Err(Status::LIMIT_EXCEEDED);
        }
        self.out.extend_from_slice(&self.input[start..self.decoder.position()]);
        (0..length).try_for_each(|_| self.item(of))
    }

    fn item(&mut self, kind: &'static Kind) -> Result<(), Status> {
        let start = self.decoder.position();
        match kind {
            Kind::Map(members) => return self.map(members),
            Kind::List { of, max } => return self.list(of, *max),
            Kind::Bool => drop(self.decoder.bool().map_err(unexpected)?),
            Kind::Unsigned => drop(self.decoder.u64().map_err(unexpected)?),
            Kind::Integer => drop(self.decoder.int().map_err(unexpected)?),
            Kind::Bytes { min, max } => within(self.decoder.bytes().map_err(unexpected)?.len(), *min, *max)?,
            Kind::Text { max } => within(self.decoder.str().map_err(unexpected)?.len(), 0, *max)?,
        }
        self.out.extend_from_slice(&self.input[start..self.decoder.position()]);
        Ok(())
    }

    /// The next key; none when it is of a kind that no table has.
    fn key(&mut self) -> Option<Key<'_>> {
        match self.decoder.datatype().ok()? {
            Type::String => self.decoder.str().ok().map(Key::Name),
            _ => {
                let start = self.decoder.position();
                let number = self.decoder.i64().ok().map(Key::Number);
                if number.is_none() {
                    self.decoder.set_position(start);
                    self.decoder.skip().ok()?;
                }
                number
            }
        }
    }
}

fn within(length: usize, min: usize, max: usize) -> Result<(), Status> {
    if (min..=max).contains(&length) { Ok(()) } else { Err(Status::INVALID_LENGTH) }
}

/// The bytes are canonical CBOR by now, so that all that can be wrong with an item is its type.
fn unexpected(_: minicbor::decode::Error) -> Status {
    Status::CBOR_UNEXPECTED_TYPE
}

/// The head of a map with no members yet.
const MAP: u8 = 0xA0;
