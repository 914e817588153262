//! The sum of everything that can stand in a lab's journal, and its only serialised form.

use clockwork::Entry;
use serde_json::{Value, json};

mod mask;

pub use mask::{MASK, mask_body, mask_screen, mask_text, mask_url};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A person did something to a screen.
    Verb(String),
    /// A screen changed; the text is the whole screen.
    Screen {
        /// Its title.
        title: String,
        /// All of it, a line each.
        text: String,
    },
    /// An HTTP exchange is over.
    Http(Exchange),
    /// A CTAPHID message crossed the link.
    Ctap(CtapMessage),
    /// The lab's clock moved, by this much.
    Clock(jiff::SignedDuration),
    /// The lab itself did something: a key plugged in, a fault switched on.
    Lab(String),
    /// Entra's own event.
    Entra(entra::Event),
    /// Control Center's own event.
    ControlCenter(control_center::Event),
    /// A phone's own event.
    Phone(phone::Event),
    /// A workstation's own event.
    Windows(windows::Event),
}

/// An HTTP exchange, secrets masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Method.
    pub method: String,
    /// URL with secrets of its query masked.
    pub url: String,
    /// What was sent.
    pub request: String,
    /// Status, or why there is none.
    pub outcome: Result<u16, String>,
    /// What came back.
    pub response: String,
}

/// A CTAPHID message, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CtapMessage {
    /// `workstation/WS-1 > phone/Carol's iPhone` or the other way round.
    pub direction: String,
    /// The CTAPHID command, with the CTAP command or status inside.
    pub name: String,
    /// CBOR in diagnostic notation, or hex.
    pub content: String,
}

/// A journal entry as one JSON object.
#[must_use]
pub fn to_json(entry: &Entry<Event>) -> Value {
    let mut line = json!({ "at": entry.at.to_string(), "actor": entry.actor });
    let members = line.as_object_mut().expect("it was made as an object");
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    match &entry.event {
        Event::Verb(text) => {
            put("kind", "verb".into());
            put("text", text.as_str().into());
        }
        Event::Screen { title, text } => {
            put("kind", "screen".into());
            put("text", title.as_str().into());
            put("screen", text.as_str().into());
        }
        Event::Http(exchange) => {
            put("kind", "http".into());
            put("text", exchange.to_string().into());
            put("request", exchange.request.as_str().into());
            put("response", exchange.response.as_str().into());
        }
        Event::Ctap(message) => {
            put("kind", "ctap".into());
            put("text", format!("{}: {}", message.direction, message.name).into());
            put("content", message.content.as_str().into());
        }
        Event::Clock(by) => {
            put("kind", "clock".into());
            put("text", format!("{by:#} pass").into());
        }
        Event::Lab(text) => {
            put("kind", "lab".into());
            put("text", text.as_str().into());
        }
        Event::Entra(event) => drop(put_event(&mut put, event, &format!("{event:?}"))),
        Event::ControlCenter(event) => drop(put_event(&mut put, event, &format!("{event:?}"))),
        Event::Phone(event) => drop(put_event(&mut put, event, &format!("{event:?}"))),
        Event::Windows(event) => drop(put_event(&mut put, event, &format!("{event:?}"))),
    }
    line
}

/// An actor's own event: its sentence, and the variant's name to filter by.
fn put_event(
    put: &mut impl FnMut(&str, Value) -> Option<Value>,
    event: &dyn std::fmt::Display,
    debug: &str,
) -> Option<Value> {
    let name: String = debug.chars().take_while(|letter| letter.is_alphanumeric()).collect();
    put("kind", "event".into());
    put("name", name.into());
    put("text", event.to_string().into())
}

impl std::fmt::Display for Exchange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.outcome {
            Ok(status) => write!(f, "{} {} -> {status}", self.method, self.url),
            Err(reason) => write!(f, "{} {} -> {reason}", self.method, self.url),
        }
    }
}
