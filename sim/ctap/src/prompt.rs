//! What an authenticator asks of its user, and what the user may answer.

use std::fmt;

/// What the authenticator waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// The user's consent: a tap on Accept.
    Presence {
        /// The relying party; empty for [`Purpose::Select`].
        rp_id: String,
        /// The account, when only one can be meant.
        user: Option<String>,
        /// What for.
        purpose: Purpose,
    },
    /// The user's finger or face.
    Verification {
        /// The relying party.
        rp_id: String,
        /// The account, when only one can be meant.
        user: Option<String>,
        /// What for.
        purpose: Purpose,
    },
}

/// What the gesture is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A new credential.
    Register,
    /// An assertion.
    SignIn,
    /// A change of the authenticator itself: its credentials, fingerprints or settings.
    Manage,
    /// The end of everything that the authenticator holds, by a touch of this kind.
    Reset(Touch),
    /// The host asks which of several keys the user means, or whether this one is there.
    Select,
}

/// How the user has to touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    /// As always.
    Short,
    /// For long (§6.6, `longTouchForReset`): [`Answer::Accept`] is not enough.
    Long,
}

/// The user's answer. One that does not fit the prompt changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Consent, to [`Prompt::Presence`].
    Accept,
    /// Consent by a long touch, to [`Prompt::Presence`]; good wherever a short one is.
    Hold,
    /// Refusal, to either prompt.
    Decline,
    /// The owner's biometric, to [`Prompt::Verification`].
    Verified,
    /// Somebody else's biometric, to [`Prompt::Verification`].
    NotVerified,
}

impl Prompt {
    /// The relying party; empty for [`Purpose::Select`].
    #[must_use]
    pub fn rp_id(&self) -> &str {
        let (Self::Presence { rp_id, .. } | Self::Verification { rp_id, .. }) = self;
        rp_id
    }

    /// What the gesture is asked for.
    #[must_use]
    pub fn purpose(&self) -> Purpose {
        let (Self::Presence { purpose, .. } | Self::Verification { purpose, .. }) = self;
        *purpose
    }

    /// Whether `answer` is the consent that this prompt asks for.
    pub(crate) fn takes(&self, answer: Answer) -> bool {
        match answer {
            Answer::Accept => self.purpose() != Purpose::Reset(Touch::Long),
            answer => answer == Answer::Hold,
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Register => "registration",
            Self::SignIn => "sign-in",
            Self::Manage => "change of this key",
            Self::Reset(_) => "reset of this key",
            Self::Select => "selection",
        })
    }
}

impl fmt::Display for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            Self::Presence { purpose: Purpose::Reset(Touch::Long), .. } => "consent by a long touch",
            Self::Presence { .. } => "consent",
            Self::Verification { .. } => "a biometric",
        };
        match (self.purpose(), self.rp_id()) {
            (Purpose::Select, _) => write!(f, "{what} to be selected"),
            (purpose, "") => write!(f, "{what} to a {purpose}"),
            (purpose, rp_id) => write!(f, "{what} to a {purpose} at {rp_id}"),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Accept => "accepted",
            Self::Hold => "accepted by a long touch",
            Self::Decline => "declined",
            Self::Verified => "verified",
            Self::NotVerified => "not verified",
        })
    }
}
