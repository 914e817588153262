//! A page as the browser holds it: what it shows, and the controls a person can use.

use clockwork::{Button, Field, Icon, Row, Screen, VerbError};

use super::webauthn_block::Block;

/// A page that was read from HTML or made from text.
#[derive(Default)]
pub(crate) struct Page {
    pub(crate) title: String,
    pub(crate) texts: Vec<String>,
    pub(crate) icons: Vec<Icon>,
    pub(crate) rows: Vec<Line>,
    pub(crate) forms: Vec<Form>,
    /// Everything that can be used or is submitted, in document order.
    pub(crate) controls: Vec<Control>,
    /// The WebAuthn block, or what is wrong with it.
    pub(crate) webauthn: Option<Result<Block, String>>,
    /// What the browser itself says about the form, after a tap.
    pub(crate) notice: Option<&'static str>,
}

/// A line of a table or list; its buttons are controls that name it.
#[derive(Default)]
pub(crate) struct Line {
    pub(crate) cells: Vec<(String, String)>,
    pub(crate) icons: Vec<Icon>,
}

/// A form.
pub(crate) struct Form {
    pub(crate) id: Option<String>,
    pub(crate) action: Option<String>,
    pub(crate) method: FormMethod,
    pub(crate) start: Start,
    pub(crate) check: Check,
}

/// How a form travels.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum FormMethod {
    Get,
    Post,
}

/// What sets a form off.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// A button.
    Button,
    /// The page, as soon as it is loaded (`data-auto-submit`).
    Load,
}

/// Whether the browser looks for empty required fields before it submits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Check {
    Required,
    /// `novalidate` and `formnovalidate`.
    Nothing,
}

/// Something that can be used, or is submitted.
pub(crate) struct Control {
    pub(crate) label: String,
    pub(crate) name: String,
    /// The form that owns it.
    pub(crate) form: Option<usize>,
    /// The line it stands in.
    pub(crate) row: Option<usize>,
    pub(crate) visible: bool,
    pub(crate) disabled: bool,
    pub(crate) kind: Kind,
}

/// What kind of control it is, with what only that kind has.
pub(crate) enum Kind {
    Hidden { value: String },
    Text { value: String, echo: Echo, readonly: bool, required: bool },
    Checkbox { value: String, checked: bool },
    Radio { value: String, checked: bool },
    Select { choices: Vec<Choice>, chosen: Option<usize> },
    Submit { value: String, action: Option<String>, method: Option<FormMethod>, check: Check, pictures: Vec<String> },
    Link { href: String, pictures: Vec<String> },
}

/// How typed text is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Echo {
    Plain,
    Dots,
}

/// An option of a select.
pub(crate) struct Choice {
    pub(crate) text: String,
    pub(crate) value: String,
    pub(crate) disabled: bool,
}

const ON: &str = "on";
const OFF: &str = "off";

impl Page {
    /// What a person sees.
    pub(crate) fn screen(&self) -> Screen {
        let shown = || self.controls.iter().filter(|control| control.visible);
        let lines = self.rows.iter().enumerate().map(|(place, line)| Row {
            cells: line.cells.clone(),
            icons: line.icons.clone(),
            buttons: shown().filter(|control| control.row == Some(place)).filter_map(Control::button).collect(),
        });
        Screen {
            title: self.title.clone(),
            texts: self.texts.iter().cloned().chain(self.notice.map(str::to_owned)).collect(),
            fields: shown().filter_map(Control::field).collect(),
            buttons: shown().filter(|control| control.row.is_none()).filter_map(Control::button).collect(),
            rows: lines.collect(),
            icons: self.icons.clone(),
            qr: None,
        }
    }

    /// The button with these words that stands in no line.
    pub(crate) fn button(&self, label: &str) -> Result<usize, VerbError> {
        let screen = self.screen();
        screen.button(label)?;
        let meant = |control: &Control| control.visible && control.row.is_none() && control.is_called(label);
        self.controls.iter().position(meant).ok_or_else(|| missing("button", label, &screen, Vec::new()))
    }

    /// The button with these words, or around an icon of this name, in the line that shows `row`.
    pub(crate) fn row_button(&self, row: &str, button: &str) -> Result<usize, VerbError> {
        let screen = self.screen();
        let line = screen.row(row)?;
        let place = self.rows.iter().position(|line| line.cells.iter().any(|(_, value)| value == row));
        let stands_there = |control: &Control| control.visible && control.row == place;
        let named = |control: &Control| stands_there(control) && control.is_called(button);
        let pictured = |control: &Control| stands_there(control) && control.pictures().any(|name| name == button);
        let found = self.controls.iter().position(named).or_else(|| self.controls.iter().position(pictured));
        let found = found.ok_or_else(|| {
            let present = line.buttons.iter().map(|button| button.label.clone());
            missing("button", button, &screen, present.collect())
        })?;
        if self.controls[found].works() { Ok(found) } else { Err(disabled(button, &screen)) }
    }

    /// Types into a field: text as it is, a checkbox `on` or `off`, a select the text of an option.
    pub(crate) fn type_into(&mut self, label: &str, text: &str) -> Result<(), VerbError> {
        let screen = self.screen();
        screen.field(label)?;
        let meant = |control: &&mut Control| control.visible && control.label == label && control.field().is_some();
        let Some(control) = self.controls.iter_mut().find(meant) else {
            return Err(missing("field", label, &screen, Vec::new()));
        };
        if control.disabled {
            return Err(disabled(label, &screen));
        }
        control.fill(text, &screen)?;
        self.notice = None;
        Ok(())
    }

    /// Selects a radio button and clears the others of its group.
    pub(crate) fn select_radio(&mut self, place: usize) {
        let (form, name) = (self.controls[place].form, self.controls[place].name.clone());
        for (other, control) in self.controls.iter_mut().enumerate() {
            let grouped = control.form == form && control.name == name && !name.is_empty();
            if let Kind::Radio { checked, .. } = &mut control.kind
                && (grouped || other == place)
            {
                *checked = other == place;
            }
        }
    }
}

impl Control {
    /// As a button of the screen, if it is one. A radio button is.
    fn button(&self) -> Option<Button> {
        let is_button = matches!(self.kind, Kind::Submit { .. } | Kind::Link { .. } | Kind::Radio { .. });
        is_button.then(|| Button { label: self.label.clone(), enabled: self.works() })
    }

    /// As a field of the screen, if it is one.
    fn field(&self) -> Option<Field> {
        let value = match &self.kind {
            Kind::Text { value, echo: Echo::Plain, .. } => value.clone(),
            Kind::Text { value, echo: Echo::Dots, .. } => "\u{2022}".repeat(value.chars().count()),
            Kind::Checkbox { checked, .. } => (if *checked { ON } else { OFF }).to_owned(),
            Kind::Select { choices, chosen } => chosen.map_or_else(String::new, |at| choices[at].text.clone()),
            Kind::Hidden { .. } | Kind::Radio { .. } | Kind::Submit { .. } | Kind::Link { .. } => return None,
        };
        Some(Field { label: self.label.clone(), value })
    }

    fn is_called(&self, label: &str) -> bool {
        self.button().is_some_and(|button| button.label == label)
    }

    /// Whether a tap does anything: a button without a form waits for a script, and pages have none.
    fn works(&self) -> bool {
        !self.disabled && (self.form.is_some() || !matches!(self.kind, Kind::Submit { .. }))
    }

    fn pictures(&self) -> impl Iterator<Item = &String> {
        match &self.kind {
            Kind::Submit { pictures, .. } | Kind::Link { pictures, .. } => pictures.iter(),
            _ => [].iter(),
        }
    }

    fn fill(&mut self, text: &str, screen: &Screen) -> Result<(), VerbError> {
        let no_option = |present: Vec<String>| Err(missing("option", text, screen, present));
        match &mut self.kind {
            Kind::Text { readonly: true, .. } => return Err(disabled(&self.label, screen)),
            Kind::Text { value, .. } => text.clone_into(value),
            Kind::Checkbox { checked, .. } => match text {
                ON => *checked = true,
                OFF => *checked = false,
                _ => return no_option(vec![ON.to_owned(), OFF.to_owned()]),
            },
            Kind::Select { choices, chosen } => match choices.iter().position(|choice| choice.text == text) {
                Some(at) if choices[at].disabled => return Err(disabled(text, screen)),
                Some(at) => *chosen = Some(at),
                None => return no_option(choices.iter().map(|choice| choice.text.clone()).collect()),
            },
            Kind::Hidden { .. } | Kind::Radio { .. } | Kind::Submit { .. } | Kind::Link { .. } => {}
        }
        Ok(())
    }
}

fn missing(kind: &'static str, wanted: &str, screen: &Screen, present: Vec<String>) -> VerbError {
    VerbError::Missing { kind, wanted: wanted.to_owned(), screen: screen.title.clone(), present }
}

fn disabled(wanted: &str, screen: &Screen) -> VerbError {
    VerbError::Disabled { wanted: wanted.to_owned(), screen: screen.title.clone() }
}
