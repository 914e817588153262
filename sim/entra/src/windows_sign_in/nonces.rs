//! Nonces of Windows sign-in and browser single sign-on: good once, for five minutes (entra.md §3.6).

use clockwork::Stream;
use jiff::{SignedDuration, Timestamp};
use wire::Base64Url;

use crate::error::{Refusal, aadsts};
use crate::tenant::{Expiring, Found};

/// Nonces that were given out.
pub(crate) struct Nonces(Expiring<State>);

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Fresh,
    Spent,
}

const LIFETIME: SignedDuration = SignedDuration::from_mins(5);
/// How many are kept: anybody gets one.
const NONCES_MAX: usize = 10_000;
/// How the real ones begin: `AwABEgEAAAAD`.
const PREFIX: [u8; 9] = [3, 0, 1, 0x12, 1, 0, 0, 0, 3];

impl Default for Nonces {
    fn default() -> Self {
        Self(Expiring::new(LIFETIME, NONCES_MAX))
    }
}

impl Nonces {
    /// Gives out a nonce.
    pub(crate) fn issue(&mut self, now: Timestamp, rng: &mut Stream) -> String {
        let nonce = Base64Url([PREFIX.as_slice(), &rng.bytes::<48>()].concat()).to_string();
        self.0.insert(now, nonce.clone(), State::Fresh);
        nonce
    }

    /// How many are kept.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Takes a nonce back, after which it is spent; 140000 when it is unknown, spent or too old.
    pub(crate) fn spend(&mut self, now: Timestamp, nonce: &str) -> Result<(), Refusal> {
        let expiry = match self.0.find(now, nonce) {
            Found::Live(state) if *state == State::Fresh => {
                *state = State::Spent;
                return Ok(());
            }
            Found::Expired(issued) => (issued + LIFETIME).to_string(),
            Found::Live(_) => "already used".to_owned(),
            Found::Unknown => "unknown".to_owned(),
        };
        Err(aadsts::NONCE_EXPIRED.refuse().with("now", &now.to_string()).with("expiry", &expiry))
    }
}

#[cfg(test)]
mod tests {
    use clockwork::Seed;

    use super::*;

    #[test]
    fn a_nonce_is_good_once_and_for_five_minutes() {
        let (mut nonces, mut rng) = (Nonces::default(), Seed::of(&["nonces"]).fork("entra"));
        let now = Timestamp::UNIX_EPOCH;
        let code = |result: Result<(), Refusal>| result.map_err(|refusal| refusal.code.number);
        let (used, late) = (nonces.issue(now, &mut rng), nonces.issue(now, &mut rng));
        assert!(used.starts_with("AwABEgEAAAAD"));
        assert_eq!(code(nonces.spend(now, &used)), Ok(()));
        assert_eq!(code(nonces.spend(now, &used)), Err(140_000));
        assert_eq!(code(nonces.spend(now + LIFETIME, &late)), Err(140_000));
        assert_eq!(code(nonces.spend(now, "")), Err(140_000));
    }
}
