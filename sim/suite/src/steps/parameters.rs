//! The words that steps take as parameters: places, durations, people's phases.

use std::str::FromStr;

use cucumber::Parameter;
use jiff::SignedDuration;
use lab::{JourneyError, Person, Place, Window};

/// First name of a user of the scenario file: a capital and small letters.
#[derive(Clone, Debug, Parameter)]
#[param(name = "person", regex = "[A-Z][a-z]+")]
pub(crate) struct Who(pub(crate) String);

impl FromStr for Who {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

/// Where a person looks or taps.
#[derive(Clone, Copy, Debug, Parameter)]
#[param(
    name = "place",
    regex = "on the phone|in Edge|in Chrome|in Firefox|in the Passwordless client|on the sign-in screen|in Settings|in the Bluetooth dialog|in the installer|in the Windows dialog|on the desktop"
)]
pub(crate) enum Where {
    Phone,
    Window(Window),
}

impl Where {
    pub(crate) fn of(self, person: &Person) -> Result<Place, JourneyError> {
        match self {
            Self::Phone => person.phone(),
            Self::Window(window) => person.window(window),
        }
    }
}

impl FromStr for Where {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::Window(match text {
            "on the phone" => return Ok(Self::Phone),
            "in Edge" => Window::Edge,
            "in Chrome" => Window::Chrome,
            "in Firefox" => Window::Firefox,
            "in the Passwordless client" => Window::Passwordless,
            "on the sign-in screen" => Window::SignIn,
            "in the installer" => Window::Installer,
            "in the Bluetooth dialog" => Window::Bluetooth,
            "in Settings" => Window::Settings,
            "in the Windows dialog" => Window::Security,
            "on the desktop" => Window::Desktop,
            other => return Err(format!("{other:?} is no place")),
        }))
    }
}

/// A number and a unit: `1 second`, `61 seconds`, `2 minutes`, `3 hours`, `181 days`.
#[derive(Clone, Copy, Debug, Parameter)]
#[param(name = "duration", regex = r"(?:\d+) (?:second|minute|hour|day)s?")]
pub(crate) struct Length(pub(crate) SignedDuration);

impl FromStr for Length {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (number, unit) = text.split_once(' ').ok_or("a number and a unit")?;
        let number: i64 = number.parse().map_err(|error| format!("{number:?}: {error}"))?;
        let seconds = match unit.trim_end_matches('s') {
            "second" => 1,
            "minute" => 60,
            "hour" => 3_600,
            _ => 86_400,
        };
        let seconds = number.checked_mul(seconds).filter(|seconds| *seconds <= LENGTH_MAX);
        let length = seconds.ok_or_else(|| format!("{text:?}: a scenario lasts 100 years at most"))?;
        Ok(Self(SignedDuration::from_secs(length)))
    }
}

/// Seconds of a hundred years; the calendar of a lab has room for as many.
const LENGTH_MAX: i64 = 100 * 365 * 86_400;

/// How far a user has come, in the words of User Management's tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Parameter)]
#[param(name = "phase", regex = "Pending|Paired with HYPR|Paired with Azure")]
pub(crate) enum Phase {
    Pending,
    PairedWithHypr,
    PairedWithAzure,
}

impl Phase {
    pub(crate) fn tab(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::PairedWithHypr => "Paired with HYPR",
            Self::PairedWithAzure => "Paired with Azure",
        }
    }
}

impl FromStr for Phase {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Pending, Self::PairedWithHypr, Self::PairedWithAzure]
            .into_iter()
            .find(|phase| phase.tab() == text)
            .ok_or_else(|| format!("{text:?} is no phase"))
    }
}

/// The state of a switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Parameter)]
#[param(name = "toggle", regex = "on|off")]
pub(crate) enum Toggle {
    On,
    Off,
}

impl Toggle {
    pub(crate) fn is_on(self) -> bool {
        self == Self::On
    }
}

impl FromStr for Toggle {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(if text == "on" { Self::On } else { Self::Off })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_a_number_and_a_unit_within_the_calendar() {
        let length = |text: &str| text.parse::<Length>().map(|length| length.0.as_secs());
        assert_eq!(length("2 minutes"), Ok(120));
        assert_eq!(length("1 day"), Ok(86_400));
        let too_long = "\"9223372036854775807 days\": a scenario lasts 100 years at most";
        assert_eq!(length("9223372036854775807 days"), Err(too_long.to_owned()));
        assert!(length("99999999999999999999 seconds").is_err());
    }
}
