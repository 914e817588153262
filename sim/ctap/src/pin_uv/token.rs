//! The pinUvAuthToken in use: permissions, RP ID, flags and timers (CTAP 2.3 §6.5.2.1).

use std::fmt;

use clockwork::Stream;
use jiff::{SignedDuration, Timestamp};
use wire::Status;

use super::protocol::Protocol;

/// What a token permits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permissions(u8);

/// A token that was issued and has not ended. There is none or one, whatever the protocol: issuing one ends the other.
pub(crate) struct Token {
    protocol: Protocol,
    pub(crate) key: [u8; 32],
    permissions: Permissions,
    rp_id: String,
    begun: Timestamp,
    state: State,
}

/// What the token was used for.
enum State {
    /// Not used yet: the presence and verification that it was issued for are unspent.
    Fresh,
    /// Used by a command that spent nothing: an assertion without user presence.
    Used,
    /// Presence, verification and permissions are spent.
    Spent,
}

impl Permissions {
    /// `mc`.
    pub const MAKE_CREDENTIAL: Self = Self(0x01);
    /// `ga`.
    pub const GET_ASSERTION: Self = Self(0x02);

    /// What a request may ask for here: `mc` and `ga`. Undefined bits are ignored, bits of commands that this
    /// authenticator does not have are refused (§6.5.5.7.3 step 4).
    pub(crate) fn requested(bits: u64) -> Result<Self, Status> {
        match bits {
            0 => Err(Status::INVALID_PARAMETER),
            bits if bits & UNSUPPORTED != 0 => Err(Status::UNAUTHORIZED_PERMISSION),
            bits if bits & 0x03 == 0x03 => Ok(Self(0x03)),
            bits if bits & 0x01 != 0 => Ok(Self::MAKE_CREDENTIAL),
            bits if bits & 0x02 != 0 => Ok(Self::GET_ASSERTION),
            _ => Ok(Self(0)),
        }
    }

    /// Whether all of `other` are among these.
    #[must_use]
    pub fn include(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl Token {
    /// A new token, with the user present and verified.
    pub(crate) fn issue(
        now: Timestamp,
        protocol: Protocol,
        permissions: Permissions,
        rp_id: String,
        rng: &mut Stream,
    ) -> Self {
        Self { protocol, key: rng.bytes(), permissions, rp_id, begun: now, state: State::Fresh }
    }

    /// Checks that a command is authorised by this token (§6.1.2 step 11.1, §6.2.2 step 6.1).
    pub(crate) fn authorise(
        &mut self,
        now: Timestamp,
        protocol: Protocol,
        permission: Permissions,
        rp_id: &str,
        client_data_hash: &[u8],
        signature: &[u8],
    ) -> Result<(), Status> {
        if self.has_ended(now) || protocol != self.protocol {
            return Err(Status::PIN_AUTH_INVALID);
        }
        self.protocol.verify(&self.key, client_data_hash, signature)?;
        let spent = matches!(self.state, State::Spent);
        if spent || !self.permissions.include(permission) || self.rp_id != rp_id {
            return Err(Status::PIN_AUTH_INVALID);
        }
        self.state = State::Used;
        Ok(())
    }

    /// `getUserPresentFlagValue()`: the presence lasts for a while only.
    pub(crate) fn has_presence(&self, now: Timestamp) -> bool {
        !matches!(self.state, State::Spent) && now.duration_since(self.begun) <= PRESENCE_MAX
    }

    /// Clears user presence, user verification and the permissions, all of which one command uses up.
    pub(crate) fn spend(&mut self) {
        self.state = State::Spent;
    }

    fn has_ended(&self, now: Timestamp) -> bool {
        let limit = match self.state {
            State::Fresh => FIRST_USE_MAX,
            State::Used | State::Spent => USAGE_MAX,
        };
        now.duration_since(self.begun) > limit
    }
}

impl fmt::Display for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            0x01 => "make a credential",
            0x02 => "get an assertion",
            0x03 => "make a credential and get an assertion",
            _ => "do nothing",
        })
    }
}

/// `cm`, `be`, `lbw`, `acfg` and `pcmr`: none of their commands is here yet.
const UNSUPPORTED: u64 = 0x04 | 0x08 | 0x10 | 0x20 | 0x40;
/// The initial usage time limit over USB.
const FIRST_USE_MAX: SignedDuration = SignedDuration::from_secs(30);
/// The user present time limit.
const PRESENCE_MAX: SignedDuration = SignedDuration::from_secs(30);
/// The max usage time period.
const USAGE_MAX: SignedDuration = SignedDuration::from_mins(10);
