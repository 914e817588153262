//! Challenges: the registration challenge, kept here until it comes back, and the sign-in challenge, which is signed
//! instead (entra.md §3.1, §3.5).

use clockwork::Stream;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wire::Base64Url;

use crate::tenant::{Expiring, Found};
use crate::tokens::SigningKey;

/// Registration challenges that were given out; each is good once, for one user, for five minutes or as long as it
/// was asked for.
pub(crate) struct Challenges {
    usual: Expiring<State>,
    /// Those that were asked for with a time of their own.
    long: Expiring<State>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Waits { user: Uuid, until: Timestamp },
    Spent,
}

/// Why a challenge that came back is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChallengeFault {
    /// Never issued, issued for somebody else, or used before.
    Foreign,
    /// Too old.
    Expired,
}

/// How long a challenge is good for: registration and sign-in alike.
pub(crate) const LIFETIME: SignedDuration = SignedDuration::from_mins(5);

impl State {
    fn waits_for(&self, user: Uuid) -> bool {
        matches!(self, Self::Waits { user: whose, .. } if *whose == user)
    }
}

/// The longest time that a challenge can be asked for with.
const LIFETIME_MAX: SignedDuration = SignedDuration::from_mins(43_200);

/// How many of each kind are kept.
const CHALLENGES_MAX: usize = 10_000;

impl Default for Challenges {
    fn default() -> Self {
        Self { usual: Expiring::new(LIFETIME, CHALLENGES_MAX), long: Expiring::new(LIFETIME_MAX, CHALLENGES_MAX) }
    }
}

impl Challenges {
    /// Issues a challenge for a user and says when it ends.
    ///
    /// Entra's is a JWE (`RSA-OAEP-256`, `A256GCM`) of unpublished content. Convention of the lab: the same shape with
    /// random parts, which nobody can decrypt, since the tenant remembers what it issued.
    pub(crate) fn issue(&mut self, now: Timestamp, user: Uuid, rng: &mut Stream) -> (String, Timestamp) {
        self.issue_for(now, user, LIFETIME, rng)
    }

    /// The same, good for as long as somebody asks.
    pub(crate) fn issue_for(
        &mut self,
        now: Timestamp,
        user: Uuid,
        lifetime: SignedDuration,
        rng: &mut Stream,
    ) -> (String, Timestamp) {
        let header = br#"{"alg":"RSA-OAEP-256","enc":"A256GCM"}"#;
        let parts: [Base64Url; 5] = [
            header.as_slice().into(),
            rng.bytes::<256>().as_slice().into(),
            rng.bytes::<12>().as_slice().into(),
            rng.bytes::<192>().as_slice().into(),
            rng.bytes::<16>().as_slice().into(),
        ];
        let challenge = parts.map(|part| part.to_string()).join(".");
        let until = now + lifetime;
        let kept = if lifetime == LIFETIME { &mut self.usual } else { &mut self.long };
        kept.insert(now, challenge.clone(), State::Waits { user, until });
        (challenge, until)
    }

    /// Takes back a challenge, after which it is spent; the bytes are those of the ASCII text.
    pub(crate) fn spend(&mut self, now: Timestamp, user: Uuid, challenge: &[u8]) -> Result<(), ChallengeFault> {
        let text = std::str::from_utf8(challenge).map_err(|_| ChallengeFault::Foreign)?;
        let found = match self.usual.find(now, text) {
            Found::Unknown => self.long.find(now, text),
            found => found,
        };
        match found {
            Found::Live(State::Waits { until, .. }) if *until <= now => Err(ChallengeFault::Expired),
            Found::Live(state) if state.waits_for(user) => {
                *state = State::Spent;
                Ok(())
            }
            Found::Expired(_) => Err(ChallengeFault::Expired),
            Found::Live(_) | Found::Unknown => Err(ChallengeFault::Foreign),
        }
    }
}

/// The claims of a sign-in challenge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Claims {
    aud: String,
    iss: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

const AUDIENCE: &str = "urn:microsoft:fido:challenge";
const ISSUER: &str = "https://login.microsoft.com";
const PREFIX: &str = "O.";

/// Makes a sign-in challenge: `O.` and a JWT signed by the tenant. It is bound to no session and good until it ends.
pub(crate) fn sign_in_challenge(key: &SigningKey, now: Timestamp) -> String {
    let iat = now.as_second();
    let exp = iat + LIFETIME.as_secs();
    let claims = Claims { aud: AUDIENCE.into(), iss: ISSUER.into(), iat, nbf: iat, exp };
    format!("{PREFIX}{}", key.sign(&claims))
}

/// Checks a sign-in challenge that came back as the bytes of its ASCII text.
pub(crate) fn check_sign_in(key: &SigningKey, now: Timestamp, challenge: &[u8]) -> Result<(), ChallengeFault> {
    let text = std::str::from_utf8(challenge).map_err(|_| ChallengeFault::Foreign)?;
    let jwt = text.strip_prefix(PREFIX).ok_or(ChallengeFault::Foreign)?;
    let claims: Claims = key.verify(jwt).map_err(|_| ChallengeFault::Foreign)?;
    if claims.aud != AUDIENCE || claims.iss != ISSUER || now.as_second() < claims.nbf {
        return Err(ChallengeFault::Foreign);
    }
    if claims.exp <= now.as_second() { Err(ChallengeFault::Expired) } else { Ok(()) }
}
