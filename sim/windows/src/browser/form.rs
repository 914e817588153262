//! Submitting a form (HTML §4.10.21): the successful controls, in document order, as
//! `application/x-www-form-urlencoded`.

use url::{Url, form_urlencoded};

use super::load::Target;
use super::page::{Check, Control, FormMethod, Kind, Page};

/// What the browser says instead of submitting a form with an empty required field.
const FILL_OUT: &str = "Please fill out this field.";

/// Why a form is not submitted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// A required field is empty; the person reads this.
    Incomplete(&'static str),
    /// The form's address makes no sense: the page's fault.
    Address(String),
}

impl Page {
    /// What submitting a form sends; `submitter` is the button that was tapped.
    pub(crate) fn submission(&self, document: &Url, form: usize, submitter: Option<usize>) -> Result<Target, Refusal> {
        let owner = &self.forms[form];
        let button = submitter.map(|place| &self.controls[place].kind);
        let (own_action, own_method, own_check) = match button {
            Some(Kind::Submit { action, method, check, .. }) => (action.as_deref(), *method, *check),
            _ => (None, None, Check::Required),
        };
        // Only a person's tap has the fields checked, as `form.submit()` of a script does not.
        let checked = submitter.is_some() && owner.check == Check::Required && own_check == Check::Required;
        if checked && self.owned(form).any(is_unfilled) {
            return Err(Refusal::Incomplete(FILL_OUT));
        }
        let action = own_action.or(owner.action.as_deref()).unwrap_or_default();
        let url =
            document.join(action).map_err(|error| Refusal::Address(format!("form action {action:?}: {error}")))?;
        let entries = self.entries(form, submitter);
        Ok(match own_method.unwrap_or(owner.method) {
            FormMethod::Get => Target::get(with_query(url, &entries)),
            FormMethod::Post => Target::post(url, entries, document),
        })
    }

    /// The successful controls, encoded (§4.10.22.4).
    fn entries(&self, form: usize, submitter: Option<usize>) -> String {
        let mut encoder = form_urlencoded::Serializer::new(String::new());
        for (place, control) in self.controls.iter().enumerate() {
            if control.form != Some(form) || control.disabled || control.name.is_empty() {
                continue;
            }
            let value = match &control.kind {
                Kind::Hidden { value } | Kind::Text { value, .. } => Some(value),
                Kind::Checkbox { value, checked } | Kind::Radio { value, checked } => checked.then_some(value),
                Kind::Select { choices, chosen } => {
                    chosen.map(|at| &choices[at]).filter(|choice| !choice.disabled).map(|choice| &choice.value)
                }
                Kind::Submit { value, .. } => (submitter == Some(place)).then_some(value),
                Kind::Link { .. } => None,
            };
            if let Some(value) = value {
                encoder.append_pair(&control.name, &with_crlf(value));
            }
        }
        encoder.finish()
    }

    fn owned(&self, form: usize) -> impl Iterator<Item = &Control> {
        self.controls.iter().filter(move |control| control.form == Some(form))
    }

    /// Fills the inputs of a form that have this name, as a page's script does; `false` when there is none.
    pub(crate) fn fill_hidden(&mut self, form: usize, name: &str, text: &str) -> bool {
        let meant = |control: &&mut Control| control.form == Some(form) && control.name == name;
        match self.controls.iter_mut().find(meant).map(|control| &mut control.kind) {
            Some(Kind::Hidden { value } | Kind::Text { value, .. }) => {
                text.clone_into(value);
                true
            }
            _ => false,
        }
    }
}

fn is_unfilled(control: &Control) -> bool {
    !control.disabled
        && matches!(&control.kind, Kind::Text { value, readonly: false, required: true, .. } if value.is_empty())
}

fn with_query(mut url: Url, entries: &str) -> Url {
    url.set_query(Some(entries));
    url
}

/// Line breaks travel as CR LF, however they were typed.
fn with_crlf(value: &str) -> String {
    value.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n")
}
