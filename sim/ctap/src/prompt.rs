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
    /// A finger to be enrolled, once more.
    Sample {
        /// How many good samples are still needed, this one included.
        remaining: u8,
    },
}

/// A sample of a finger to be enrolled: `lastEnrollSampleStatus` (§6.7.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the specification's")]
pub enum Sample {
    Good = 0x00,
    TooHigh = 0x01,
    TooLow = 0x02,
    TooLeft = 0x03,
    TooRight = 0x04,
    TooFast = 0x05,
    TooSlow = 0x06,
    PoorQuality = 0x07,
    TooSkewed = 0x08,
    TooShort = 0x09,
    MergeFailure = 0x0A,
    Exists = 0x0B,
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
    /// A finger, to [`Prompt::Sample`].
    Sample(Sample),
}

impl Prompt {
    /// The account, when only one can be meant.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        match self {
            Self::Presence { user, .. } | Self::Verification { user, .. } => user.as_deref(),
            Self::Sample { .. } => None,
        }
    }

    /// What whoever agrees to everything answers.
    #[must_use]
    pub fn agreement(&self) -> Answer {
        match self {
            Self::Presence { purpose: Purpose::Reset(Touch::Long), .. } => Answer::Hold,
            Self::Presence { .. } => Answer::Accept,
            Self::Verification { .. } => Answer::Verified,
            Self::Sample { .. } => Answer::Sample(Sample::Good),
        }
    }

    /// The relying party; empty for [`Purpose::Select`].
    #[must_use]
    pub fn rp_id(&self) -> &str {
        match self {
            Self::Presence { rp_id, .. } | Self::Verification { rp_id, .. } => rp_id,
            Self::Sample { .. } => "",
        }
    }

    /// What the gesture is asked for.
    #[must_use]
    pub fn purpose(&self) -> Purpose {
        match self {
            Self::Presence { purpose, .. } | Self::Verification { purpose, .. } => *purpose,
            Self::Sample { .. } => Purpose::Manage,
        }
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
            Self::Sample { remaining } => return write!(f, "a finger to enrol ({remaining} samples to go)"),
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
            Self::Sample(Sample::Good) => "gave a good sample",
            Self::Sample(_) => "gave a bad sample",
        })
    }
}
