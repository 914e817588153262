//! The user of a device that nobody holds: a policy instead of a hand.

use std::{fmt, str::FromStr};

use ctap::{Answer, Prompt};
use jiff::SignedDuration;

/// How the prompts of a device are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum User {
    /// By whoever calls [`crate::Device::handle_answer`].
    Asked,
    /// At once, with consent and the right biometric.
    Accepts,
    /// At once, with a refusal.
    Declines,
    /// Never: prompts run into their timeout.
    Ignores,
    /// With consent and the right biometric, each prompt so long after it has appeared.
    AcceptsAfter(SignedDuration),
}

impl User {
    /// What this user answers, and how long after the prompt has appeared; `None` when it does nothing by itself.
    pub(crate) fn answer(self, prompt: &Prompt) -> Option<(SignedDuration, Answer)> {
        match self {
            Self::Asked | Self::Ignores => None,
            Self::Accepts => Some((SignedDuration::ZERO, prompt.agreement())),
            Self::Declines => Some((SignedDuration::ZERO, Answer::Decline)),
            Self::AcceptsAfter(delay) => Some((delay, prompt.agreement())),
        }
    }
}

impl FromStr for User {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "ask" => Ok(Self::Asked),
            "accept" => Ok(Self::Accepts),
            "decline" => Ok(Self::Declines),
            "ignore" => Ok(Self::Ignores),
            _ => {
                let delay = text.strip_prefix("after=").and_then(|delay| delay.parse::<SignedDuration>().ok());
                let delay = delay.filter(|delay| (SignedDuration::ZERO..=DELAY_MAX).contains(delay));
                delay.map(Self::AcceptsAfter).ok_or_else(|| USERS.to_owned())
            }
        }
    }
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked => f.write_str("ask"),
            Self::Accepts => f.write_str("accept"),
            Self::Declines => f.write_str("decline"),
            Self::Ignores => f.write_str("ignore"),
            Self::AcceptsAfter(delay) => write!(f, "after={delay:#}"),
        }
    }
}

const USERS: &str = "it is ask, accept, decline, ignore, or after=DURATION of at most an hour, as in after=2s";
/// Far beyond any host's patience.
const DELAY_MAX: SignedDuration = SignedDuration::from_hours(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_written_as_it_is_read() {
        for text in ["ask", "accept", "decline", "ignore", "after=2s", "after=1m 30s", "after=500ms"] {
            assert_eq!(text.parse::<User>().map(|user| user.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "Accept", "after", "after=", "after=2", "after=-2s", "after=2h", "after=1000000h"] {
            assert_eq!(text.parse::<User>(), Err(USERS.to_owned()), "{text}");
        }
    }
}
