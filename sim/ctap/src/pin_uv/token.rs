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
    rp_id: Option<String>,
    begun: Timestamp,
    is_used: bool,
    user_present: bool,
    user_verified: bool,
}

impl Permissions {
    /// `mc`.
    pub const MAKE_CREDENTIAL: Self = Self(0x01);
    /// `ga`.
    pub const GET_ASSERTION: Self = Self(0x02);
    /// `cm`.
    pub const CREDENTIAL_MANAGEMENT: Self = Self(0x04);
    /// `be`.
    pub const BIO_ENROLLMENT: Self = Self(0x08);
    /// `lbw`.
    pub const LARGE_BLOB_WRITE: Self = Self(0x10);
    /// `acfg`.
    pub const AUTHENTICATOR_CONFIGURATION: Self = Self(0x20);
    /// `pcmr`.
    pub const PERSISTENT_CREDENTIAL_MANAGEMENT_READ_ONLY: Self = Self(0x40);
    /// What getPinToken gives.
    pub(crate) const DEFAULT: Self = Self(0x03);

    /// What a request asks for, of what this authenticator `offers`. Undefined bits are ignored; `pcmr` comes alone.
    ///
    /// # Errors
    ///
    /// `INVALID_PARAMETER`: nothing is asked for. `UNAUTHORIZED_PERMISSION`: more than is offered (§6.5.5.7.2,
    /// §6.5.5.7.3).
    pub(crate) fn requested(bits: u64, offers: Self) -> Result<Self, Status> {
        let pcmr = Self::PERSISTENT_CREDENTIAL_MANAGEMENT_READ_ONLY;
        let asked = Self((bits & 0x7F) as u8);
        match bits {
            0 => Err(Status::INVALID_PARAMETER),
            _ if !offers.include(asked) => Err(Status::UNAUTHORIZED_PERMISSION),
            _ if asked.include(pcmr) && asked != pcmr => Err(Status::UNAUTHORIZED_PERMISSION),
            _ => Ok(asked),
        }
    }

    /// Whether all of `other` are among these.
    #[must_use]
    pub fn include(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// As a request names them.
    pub(crate) fn bits(self) -> u64 {
        self.0.into()
    }

    /// These, and `other` when `offered`.
    pub(crate) fn and(self, other: Self, offered: bool) -> Self {
        if offered { Self(self.0 | other.0) } else { self }
    }
}

impl Token {
    /// A new token of a verified user, who was `present` as well or not.
    pub(crate) fn issue(
        now: Timestamp,
        protocol: Protocol,
        permissions: Permissions,
        rp_id: Option<String>,
        present: bool,
        rng: &mut Stream,
    ) -> Self {
        let (begun, key) = (now, rng.bytes());
        Self { protocol, key, permissions, rp_id, begun, is_used: false, user_present: present, user_verified: true }
    }

    /// Checks that `message` is authorised by this token for `permission`. The relying party is for the caller to
    /// compare ([`Self::rp_id`]).
    pub(crate) fn authorise(
        &mut self,
        now: Timestamp,
        protocol: Protocol,
        permission: Permissions,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Status> {
        if self.has_ended(now) || protocol != self.protocol {
            return Err(Status::PIN_AUTH_INVALID);
        }
        self.protocol.verify(&self.key, message, signature)?;
        if !self.permissions.include(permission) {
            return Err(Status::PIN_AUTH_INVALID);
        }
        self.is_used = true;
        Ok(())
    }

    /// The relying party to which the token is bound, if to one.
    pub(crate) fn rp_id(&self) -> Option<&str> {
        self.rp_id.as_deref()
    }

    /// Binds the token to a relying party, unless it is bound; whether it is bound to this one then.
    pub(crate) fn bind(&mut self, rp_id: &str) -> bool {
        self.rp_id.get_or_insert_with(|| rp_id.to_owned()) == rp_id
    }

    /// `getUserVerifiedFlagValue()`.
    pub(crate) fn is_verified(&self) -> bool {
        self.user_verified
    }

    /// `getUserPresentFlagValue()`: the presence lasts for a while only.
    pub(crate) fn has_presence(&self, now: Timestamp) -> bool {
        self.user_present && now.duration_since(self.begun) <= PRESENCE_MAX
    }

    /// Clears user presence, user verification and the permissions but `lbw`, all of which one command uses up.
    pub(crate) fn spend(&mut self) {
        (self.user_present, self.user_verified) = (false, false);
        self.permissions.0 &= Permissions::LARGE_BLOB_WRITE.0;
    }

    /// When it ends at the latest, having been used.
    pub(crate) fn expires(&self) -> Timestamp {
        self.begun + USAGE_MAX
    }

    fn has_ended(&self, now: Timestamp) -> bool {
        let limit = if self.is_used { USAGE_MAX } else { FIRST_USE_MAX };
        now.duration_since(self.begun) > limit
    }
}

impl fmt::Display for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = [
            (Self::MAKE_CREDENTIAL, "make a credential"),
            (Self::GET_ASSERTION, "get an assertion"),
            (Self::CREDENTIAL_MANAGEMENT, "manage credentials"),
            (Self::BIO_ENROLLMENT, "enrol fingerprints"),
            (Self::LARGE_BLOB_WRITE, "write large blobs"),
            (Self::AUTHENTICATOR_CONFIGURATION, "configure the authenticator"),
            (Self::PERSISTENT_CREDENTIAL_MANAGEMENT_READ_ONLY, "list credentials"),
        ];
        let words: Vec<&str> = named.iter().filter(|(bit, _)| self.include(*bit)).map(|(_, words)| *words).collect();
        match words.split_last() {
            None => f.write_str("do nothing"),
            Some((last, [])) => f.write_str(last),
            Some((last, others)) => write!(f, "{} and {last}", others.join(", ")),
        }
    }
}

/// The initial usage time limit over USB.
const FIRST_USE_MAX: SignedDuration = SignedDuration::from_secs(30);
/// The user present time limit.
const PRESENCE_MAX: SignedDuration = SignedDuration::from_secs(30);
/// The max usage time period.
const USAGE_MAX: SignedDuration = SignedDuration::from_mins(10);
