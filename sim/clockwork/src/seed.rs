//! One seed a lab, one stream of randomness an actor, so that a new actor shifts nobody's bytes.

use std::convert::Infallible;

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _, TryCryptoRng, TryRng};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// The 32 bytes from which everything random in a lab follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed([u8; 32]);

impl Seed {
    /// SHA-256 over the parts, each preceded by its length, so that `["ab", "c"]` and `["a", "bc"]` differ.
    #[must_use]
    pub fn of(parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        Self(hash.finalize().into())
    }

    /// The stream of the actor `name` (`phone/alice`); the same name gives the same stream.
    #[must_use]
    pub fn fork(&self, name: &str) -> Stream {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(name.as_bytes());
        Stream(ChaCha20Rng::from_seed(hash.finalize().into()))
    }
}

/// One actor's randomness: ChaCha20, reproducible from the seed and the position.
#[derive(Clone, Debug)]
pub struct Stream(ChaCha20Rng);

impl Stream {
    /// `N` random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    /// A version 4 UUID.
    #[must_use]
    pub fn uuid(&mut self) -> Uuid {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid()
    }

    /// `bytes` random bytes as lower-case hex, twice as many characters.
    #[must_use]
    pub fn hex(&mut self, bytes: usize) -> String {
        (0..bytes).map(|_| format!("{:02x}", self.bytes::<1>()[0])).collect()
    }

    /// `length` characters drawn evenly from `alphabet`, which holds 1 to 256 ASCII characters.
    #[must_use]
    pub fn text(&mut self, alphabet: &str, length: usize) -> String {
        let letters = alphabet.as_bytes();
        (0..length).map(|_| char::from(letters[self.below(letters.len())])).collect()
    }

    /// How far the stream has been read, in 32-bit words; a snapshot holds it.
    #[must_use]
    pub fn position(&self) -> u128 {
        self.0.get_word_pos()
    }

    /// Goes on reading at `position`, which [`Self::position`] has told.
    pub fn seek(&mut self, position: u128) {
        self.0.set_word_pos(position);
    }

    /// An even draw from `0..limit`; rejection keeps it free of modulo bias.
    fn below(&mut self, limit: usize) -> usize {
        let limit = u32::try_from(limit).expect("an alphabet is short");
        let fair = u32::MAX - u32::MAX % limit;
        loop {
            let draw = self.0.next_u32();
            if draw < fair {
                return (draw % limit) as usize;
            }
        }
    }
}

impl TryRng for Stream {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.0.try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0.try_next_u64()
    }

    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Infallible> {
        self.0.try_fill_bytes(dst)
    }
}

impl TryCryptoRng for Stream {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_depends_on_the_seed_and_the_name_alone() {
        let seed = Seed::of(&["1", "pairing.feature"]);
        assert_eq!(seed.fork("phone/carol").bytes::<16>(), seed.fork("phone/carol").bytes::<16>());
        assert_ne!(seed.fork("phone/carol").bytes::<16>(), seed.fork("phone/alice").bytes::<16>());
        assert_ne!(Seed::of(&["ab", "c"]), Seed::of(&["a", "bc"]));
    }

    #[test]
    fn a_stream_goes_on_where_another_was_left() {
        let mut left = Seed::of(&["x"]).fork("phone/carol");
        let _read = left.bytes::<41>();
        let mut taken_up = Seed::of(&["x"]).fork("phone/carol");
        taken_up.seek(left.position());
        assert_eq!(taken_up.bytes::<16>(), left.bytes::<16>());
    }

    #[test]
    fn text_draws_from_its_alphabet_only() {
        let text = Seed::of(&["x"]).fork("code").text("ABC", 200);
        assert!(text.chars().all(|c| "ABC".contains(c)));
        assert!("ABC".chars().all(|c| text.contains(c)));
    }
}
