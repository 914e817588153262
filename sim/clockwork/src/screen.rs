//! What an actor with a face shows, and what a person can do to it: the same words for steps, dashboard and control API.

use jiff::Timestamp;

/// One screen, as a person sees it. Words are the guide's own where it gives them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Screen {
    /// The heading or window title.
    pub title: String,
    /// Paragraphs and messages, top to bottom.
    pub texts: Vec<String>,
    /// Input fields, by label.
    pub fields: Vec<Field>,
    /// Buttons, links and tabs.
    pub buttons: Vec<Button>,
    /// Lines of a list or table: accounts, devices, users.
    pub rows: Vec<Row>,
    /// Icons that stand on the screen itself.
    pub icons: Vec<Icon>,
    /// The text of the QR code on show, if one is.
    pub qr: Option<String>,
}

/// An input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    /// Its label.
    pub label: String,
    /// What stands in it; a password is shown as dots.
    pub value: String,
}

/// Something to tap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// Its words.
    pub label: String,
    /// Whether a tap does anything.
    pub enabled: bool,
}

/// One line of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Column and value, left to right; a plain list has one cell with an empty column name.
    pub cells: Vec<(String, String)>,
    /// Icons beside the line.
    pub icons: Vec<Icon>,
    /// Buttons of the line.
    pub buttons: Vec<Button>,
}

/// A small picture with a meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Icon {
    /// Its name: `warning`, `Azure pairing no longer exists`.
    pub name: String,
    /// The words that appear on hovering, or empty.
    pub hover: String,
}

/// What a person does to a screen.
#[derive(Clone, PartialEq, Eq)]
pub enum Verb {
    /// Tap or click a button, link or tab by its words.
    Tap(String),
    /// Tap a button in the line that shows `row` in one of its cells.
    TapIn {
        /// The text of one cell of the line.
        row: String,
        /// The words of the button or the name of the icon.
        button: String,
    },
    /// Type into a field, replacing what stands there.
    Type {
        /// The field's label.
        field: String,
        /// The text.
        text: String,
    },
    /// Hold a finger or face to the sensor.
    Present(Gesture),
    /// Point the camera at a QR code.
    Scan(String),
}

/// What the sensor sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gesture {
    /// The owner's finger or face.
    Right,
    /// Somebody else's.
    Wrong,
    /// The owner closes the biometric prompt.
    Cancel,
}

/// The verb does not fit what is on the screen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerbError {
    /// There is no such thing on the screen.
    #[error("no {kind} {wanted:?} on the screen {screen:?}; it has: {}", if present.is_empty() { "none".to_owned() } else { present.join(", ") })]
    Missing {
        /// `button`, `field`, `row`.
        kind: &'static str,
        /// What was looked for.
        wanted: String,
        /// The screen's title.
        screen: String,
        /// What it has of that kind.
        present: Vec<String>,
    },
    /// The thing is there but does nothing now.
    #[error("{wanted:?} on the screen {screen:?} is disabled")]
    Disabled {
        /// The button.
        wanted: String,
        /// The screen's title.
        screen: String,
    },
    /// The actor waits for something else.
    #[error("{verb} means nothing on the screen {screen:?}")]
    Meaningless {
        /// What was tried, in words.
        verb: String,
        /// The screen's title.
        screen: String,
    },
}

/// An actor with a screen.
pub trait Face {
    /// What it shows now.
    fn screen(&self) -> Screen;

    /// Does what a person did.
    ///
    /// # Errors
    ///
    /// When the screen has no such thing; nothing has changed then.
    fn handle_verb(&mut self, now: Timestamp, verb: &Verb) -> Result<(), VerbError>;
}

impl Button {
    /// A button that can be tapped.
    #[must_use]
    pub fn new(label: &str) -> Self {
        Self { label: label.to_owned(), enabled: true }
    }
}

impl Icon {
    /// An icon with the words that appear on hovering.
    #[must_use]
    pub fn new(name: &str, hover: &str) -> Self {
        Self { name: name.to_owned(), hover: hover.to_owned() }
    }
}

impl Screen {
    /// A screen with a title and buttons.
    #[must_use]
    pub fn new(title: &str, texts: &[&str], buttons: &[&str]) -> Self {
        Self {
            title: title.to_owned(),
            texts: texts.iter().map(|&text| text.to_owned()).collect(),
            buttons: buttons.iter().map(|label| Button::new(label)).collect(),
            ..Self::default()
        }
    }

    /// Whether `words` stand anywhere on the screen: title, texts, labels, values, cells, icons or hover texts.
    #[must_use]
    pub fn shows(&self, words: &str) -> bool {
        self.words().any(|text| text.contains(words))
    }

    /// The line that shows `text` as the whole of one of its cells.
    ///
    /// # Errors
    ///
    /// When no line does; the error lists the first cells.
    pub fn row(&self, text: &str) -> Result<&Row, VerbError> {
        self.rows.iter().find(|row| row.cells.iter().any(|(_, value)| value == text)).ok_or_else(|| {
            let present = self.rows.iter().filter_map(|row| row.cells.first()).map(|(_, value)| value.clone());
            self.missing("row", text, present.collect())
        })
    }

    /// The enabled button with these words.
    ///
    /// # Errors
    ///
    /// When there is none, or it is disabled.
    pub fn button(&self, label: &str) -> Result<&Button, VerbError> {
        let found = self.buttons.iter().find(|button| button.label == label);
        let button = found.ok_or_else(|| {
            let present = self.buttons.iter().map(|button| button.label.clone());
            self.missing("button", label, present.collect())
        })?;
        if button.enabled {
            Ok(button)
        } else {
            Err(VerbError::Disabled { wanted: label.to_owned(), screen: self.title.clone() })
        }
    }

    /// The field with this label.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn field(&self, label: &str) -> Result<&Field, VerbError> {
        self.fields.iter().find(|field| field.label == label).ok_or_else(|| {
            let present = self.fields.iter().map(|field| field.label.clone());
            self.missing("field", label, present.collect())
        })
    }

    /// The error for a verb that means nothing here.
    #[must_use]
    pub fn meaningless(&self, verb: &Verb) -> VerbError {
        VerbError::Meaningless { verb: verb.to_string(), screen: self.title.clone() }
    }

    fn missing(&self, kind: &'static str, wanted: &str, present: Vec<String>) -> VerbError {
        VerbError::Missing { kind, wanted: wanted.to_owned(), screen: self.title.clone(), present }
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        let fields = self.fields.iter().flat_map(|field| [field.label.as_str(), field.value.as_str()]);
        let rows = self.rows.iter().flat_map(|row| {
            let cells = row.cells.iter().map(|(_, value)| value.as_str());
            cells.chain(icon_words(&row.icons)).chain(row.buttons.iter().map(|button| button.label.as_str()))
        });
        std::iter::once(self.title.as_str())
            .chain(self.texts.iter().map(String::as_str))
            .chain(fields)
            .chain(self.buttons.iter().map(|button| button.label.as_str()))
            .chain(rows)
            .chain(icon_words(&self.icons))
    }
}

impl std::fmt::Display for Verb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tap(label) => write!(f, "tap {label:?}"),
            Self::TapIn { row, button } => write!(f, "tap {button:?} beside {row:?}"),
            Self::Type { field, .. } => write!(f, "type into {field:?}"),
            Self::Present(Gesture::Right) => write!(f, "present a registered finger"),
            Self::Present(Gesture::Wrong) => write!(f, "present a wrong finger"),
            Self::Present(Gesture::Cancel) => write!(f, "cancel the biometric prompt"),
            Self::Scan(_) => write!(f, "scan a QR code"),
        }
    }
}

impl std::fmt::Debug for Verb {
    /// As [`std::fmt::Display`] says it: what is typed may be a password, and a QR code holds a PIN.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl std::fmt::Display for Screen {
    /// The screen as plain lines, for a failure report.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "[{}]", self.title)?;
        self.texts.iter().try_for_each(|text| writeln!(f, "  {text}"))?;
        self.fields.iter().try_for_each(|field| writeln!(f, "  {}: [{}]", field.label, field.value))?;
        for row in &self.rows {
            let cells: Vec<String> = row
                .cells
                .iter()
                .map(|(name, value)| if name.is_empty() { value.clone() } else { format!("{name}: {value}") })
                .collect();
            let icons: String = row.icons.iter().map(|icon| format!(" ({})", icon.name)).collect();
            let buttons: String = row.buttons.iter().map(|button| format!(" <{}>", button.label)).collect();
            writeln!(f, "  - {}{icons}{buttons}", cells.join(" | "))?;
        }
        self.icons.iter().try_for_each(|icon| writeln!(f, "  ({}) {}", icon.name, icon.hover))?;
        let buttons: Vec<String> =
            self.buttons
                .iter()
                .map(|button| {
                    if button.enabled { format!("<{}>", button.label) } else { format!("<{}, disabled>", button.label) }
                })
                .collect();
        if !buttons.is_empty() {
            writeln!(f, "  {}", buttons.join(" "))?;
        }
        self.qr.iter().try_for_each(|qr| writeln!(f, "  QR code, {} characters", qr.len()))
    }
}

fn icon_words(icons: &[Icon]) -> impl Iterator<Item = &str> {
    icons.iter().flat_map(|icon| [icon.name.as_str(), icon.hover.as_str()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_button_is_named_with_what_is_there_instead() {
        let screen = Screen::new("Home", &[], &["Start Pairing", "Settings"]);
        assert_eq!(
            screen.button("Accept").unwrap_err().to_string(),
            "no button \"Accept\" on the screen \"Home\"; it has: Start Pairing, Settings"
        );
    }

    #[test]
    fn what_is_typed_or_scanned_is_not_told() {
        for verb in [Verb::Type { field: "Password".into(), text: "hunter2".into() }, Verb::Scan("hunter2".into())] {
            assert!(!format!("{verb:?} {verb}").contains("hunter2"));
        }
    }

    #[test]
    fn words_are_found_in_rows_and_hover_texts() {
        let mut screen = Screen::new("User Management", &[], &[]);
        screen.rows.push(Row {
            cells: vec![("Email".into(), "carol@example.org".into())],
            icons: vec![Icon::new("warning", "This user unpaired from HYPR.")],
            buttons: vec![],
        });
        assert!(screen.shows("This user unpaired from HYPR."));
        assert!(screen.row("carol@example.org").is_ok());
        assert!(screen.row("dave@example.org").is_err());
    }
}
