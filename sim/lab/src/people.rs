//! People of a lab and what they have at hand: a phone, a workstation, an account.

use clockwork::{Gesture, Screen, Verb, VerbError};
use jiff::SignedDuration;
use windows::Window;

use crate::lab::{Lab, Place};
use crate::scenario;

/// A person, and by what name the lab knows their devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// First name, as steps say it.
    pub name: String,
    /// User principal name.
    pub upn: String,
    /// Password.
    pub password: String,
    /// Where text messages go.
    pub text_messages_to: Option<String>,
    /// The phone's name.
    pub phone: Option<String>,
    /// The workstation's name.
    pub workstation: Option<String>,
}

/// A person could not do what the scenario asks.
#[derive(Debug, thiserror::Error)]
pub enum JourneyError {
    /// The scenario knows nobody of this name.
    #[error("{name:?} is not in this lab; there are: {known}")]
    Nobody {
        /// The name.
        name: String,
        /// Who is there.
        known: String,
    },
    /// The person lacks a device.
    #[error("{name} has no {what} in this lab's scenario file")]
    Lacks {
        /// Who.
        name: String,
        /// `phone`, `workstation`.
        what: &'static str,
    },
    /// The screen has no such thing.
    #[error("{place}: {error}\n{screen}")]
    Verb {
        /// Where.
        place: String,
        /// What is missing.
        error: VerbError,
        /// The screen as it stands.
        screen: Box<Screen>,
    },
    /// The screen did not come to show what was waited for.
    #[error("{place} did not show {words:?} within {within:#}; it shows:\n{screen}")]
    NotShown {
        /// Where.
        place: String,
        /// The words.
        words: String,
        /// How long was waited.
        within: SignedDuration,
        /// The screen as it stands.
        screen: Box<Screen>,
    },
    /// Graph refused what an administrator did.
    #[error(transparent)]
    Graph(#[from] crate::graph::GraphError),
    /// Anything else that stands in the way, in words.
    #[error("{0}")]
    Other(String),
}

impl Person {
    /// The phone as a place.
    ///
    /// # Errors
    ///
    /// When the person has none.
    pub fn phone(&self) -> Result<Place, JourneyError> {
        self.phone_name().map(|name| Place::Phone(name.to_owned()))
    }

    /// The phone's name.
    ///
    /// # Errors
    ///
    /// When the person has none.
    pub fn phone_name(&self) -> Result<&str, JourneyError> {
        self.phone.as_deref().ok_or_else(|| self.lacks("phone"))
    }

    /// A window of the workstation.
    ///
    /// # Errors
    ///
    /// When the person has none.
    pub fn window(&self, window: Window) -> Result<Place, JourneyError> {
        Ok(Place::Window(self.workstation_name()?.to_owned(), window))
    }

    /// The workstation's name.
    ///
    /// # Errors
    ///
    /// When the person has none.
    pub fn workstation_name(&self) -> Result<&str, JourneyError> {
        self.workstation.as_deref().ok_or_else(|| self.lacks("workstation"))
    }

    fn lacks(&self, what: &'static str) -> JourneyError {
        JourneyError::Lacks { name: self.name.clone(), what }
    }
}

impl Lab {
    /// The person of this name, full or first.
    ///
    /// # Errors
    ///
    /// When the scenario has no such user.
    pub fn person(&self, name: &str) -> Result<Person, JourneyError> {
        let scenario = self.scenario();
        let user = scenario.user(name).ok_or_else(|| JourneyError::Nobody {
            name: name.to_owned(),
            known: scenario.users.iter().map(|user| user.first_name()).collect::<Vec<_>>().join(", "),
        })?;
        let is_theirs = |owner: &str| scenario.user(owner).is_some_and(|owner| owner.upn == user.upn);
        Ok(Person {
            name: user.first_name().to_owned(),
            upn: user.upn.clone(),
            password: user.password.clone(),
            text_messages_to: user.text_messages_to.clone(),
            phone: scenario
                .phones
                .iter()
                .find(|phone| is_theirs(&phone.owner))
                .map(|phone: &scenario::Phone| phone.name.clone()),
            workstation: scenario
                .workstations
                .iter()
                .find(|machine| is_theirs(&machine.user))
                .map(|machine| machine.name.clone()),
        })
    }

    /// Taps a button, link or tab.
    ///
    /// # Errors
    ///
    /// When it is not on the screen.
    pub fn tap(&mut self, place: &Place, label: &str) -> Result<(), JourneyError> {
        self.do_verb(place, &Verb::Tap(label.to_owned()))
    }

    /// Taps a button or icon in the line that shows `row`.
    ///
    /// # Errors
    ///
    /// When there is no such line or button.
    pub fn tap_in(&mut self, place: &Place, row: &str, button: &str) -> Result<(), JourneyError> {
        self.do_verb(place, &Verb::TapIn { row: row.to_owned(), button: button.to_owned() })
    }

    /// Types into a field.
    ///
    /// # Errors
    ///
    /// When there is no such field.
    pub fn enter(&mut self, place: &Place, field: &str, text: &str) -> Result<(), JourneyError> {
        self.do_verb(place, &Verb::Type { field: field.to_owned(), text: text.to_owned() })
    }

    /// Holds a finger or face to a phone's sensor.
    ///
    /// # Errors
    ///
    /// When the phone does not ask for it.
    pub fn present(&mut self, place: &Place, gesture: Gesture) -> Result<(), JourneyError> {
        self.do_verb(place, &Verb::Present(gesture))
    }

    /// Does a verb and, when it does not fit, tells what the screen shows instead.
    ///
    /// # Errors
    ///
    /// [`JourneyError::Verb`].
    pub fn do_verb(&mut self, place: &Place, verb: &Verb) -> Result<(), JourneyError> {
        self.act(place, verb).map_err(|error| JourneyError::Verb {
            place: place.to_string(),
            error,
            screen: Box::new(self.screen(place).unwrap_or_default()),
        })
    }

    /// Waits, from deadline to deadline, until the words stand on the screen.
    ///
    /// # Errors
    ///
    /// [`JourneyError::NotShown`] when they do not within the time.
    pub fn await_words(&mut self, place: &Place, words: &str, within: SignedDuration) -> Result<(), JourneyError> {
        let shows = |lab: &Self| lab.screen(place).is_some_and(|screen| screen.shows(words));
        if self.wait(within, shows) {
            return Ok(());
        }
        Err(JourneyError::NotShown {
            place: place.to_string(),
            words: words.to_owned(),
            within,
            screen: Box::new(self.screen(place).unwrap_or_default()),
        })
    }
}
