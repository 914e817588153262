//! What a phone prints: who it is, then a line for whatever happens.

use ctap::Authenticator;
use jiff::Timestamp;
use transport::{Event, User};

use super::control::Control;
use super::endpoint::Listening;
use super::log::Log;
use crate::args::PhoneArgs;
use crate::out::{say, say_line};

/// How much is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// The banner, and questions to the user.
    Quiet,
    /// A line for each event.
    Normal,
    /// Reports too.
    Verbose,
}

impl Tone {
    pub(super) fn of(args: &PhoneArgs) -> Self {
        match (args.quiet, args.verbose) {
            (true, _) => Self::Quiet,
            (false, true) => Self::Verbose,
            (false, false) => Self::Normal,
        }
    }
}

/// Who answers, to begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answers {
    /// The user at the keyboard.
    Keyboard,
    /// Whoever uses the control interface.
    Control,
    /// Nobody who could be asked.
    Policy(User),
}

impl Answers {
    pub(super) fn user(self) -> User {
        match self {
            Self::Keyboard | Self::Control => User::Asked,
            Self::Policy(user) => user,
        }
    }
}

/// Prints what happens, and remembers what the user may ask for.
pub(super) struct Narrator {
    tone: Tone,
    /// When a host last asked the key to make itself noticed.
    pub(super) winked: Option<Timestamp>,
    /// What has happened so far.
    pub(super) log: Log,
}

impl Narrator {
    pub(super) fn new(tone: Tone) -> Self {
        Self { tone, winked: None, log: Log::new() }
    }

    pub(super) fn tell(&mut self, now: Timestamp, user: User, event: Event) {
        if matches!(event, Event::Key(ctap::Event::Winked)) {
            self.winked = Some(now);
        }
        let wanted = match self.tone {
            Tone::Quiet => false,
            Tone::Normal => !matches!(event, Event::Report { .. }),
            Tone::Verbose => true,
        };
        if wanted {
            say_line(&format!("{}  {event}", time(now)));
        }
        if let (User::Asked, Event::Key(ctap::Event::Prompted(prompt))) = (user, &event) {
            say_line(&super::console::question(prompt));
        }
        // Reports are many, and whoever wants them says so.
        if self.tone == Tone::Verbose || !matches!(event, Event::Report { .. }) {
            self.log.push(now, event);
        }
    }
}

/// The time of day, UTC.
pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%H:%M:%S%.3f").to_string()
}

pub(super) fn banner(
    args: &PhoneArgs,
    key: &Authenticator,
    listening: &Listening,
    control: Option<&Control>,
    answers: Answers,
) {
    let keys = match args.seed {
        Some(seed) => format!("keys from seed {seed}"),
        None => "keys from the system's randomness".to_owned(),
    };
    say(&format!("passkey-lab phone: {}, {}, {keys}", args.profile, key.attestation()));
    if let Some(state) = &args.state {
        say(&format!("kept in {}, private keys included", state.display()));
    }
    say(&format!("listening on {}", listening.place));
    listening.directions.iter().for_each(|line| say(&format!("  {line}")));
    key.faults().rules().for_each(|rule| say_line(&format!("goes wrong on purpose: {rule}")));
    if let Some(control) = control {
        say(&format!("control interface on http://{}", control.address));
    }
    say(&match answers {
        Answers::Keyboard => "you are the user: `help` lists what you can do; Ctrl-C ends".to_owned(),
        Answers::Control => "the user: whoever uses the control interface; Ctrl-C ends".to_owned(),
        Answers::Policy(user) => format!("the user: {user}; Ctrl-C ends"),
    });
}

pub(super) fn farewell(args: &PhoneArgs) {
    say(match args.state {
        Some(_) => "the phone is switched off",
        None => "the phone is switched off; its credentials are gone (--state FILE keeps them)",
    });
}
