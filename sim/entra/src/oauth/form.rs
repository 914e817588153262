//! `application/x-www-form-urlencoded` bodies, by name.

use url::form_urlencoded;

use crate::error::{Refusal, aadsts};

/// The fields of a form, in order.
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    pub(crate) fn parse(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// The first field of that name; an empty one counts as missing.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let value = self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        value.filter(|value| !value.is_empty())
    }

    /// The field of that name, or 900144.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.field(name).ok_or_else(|| aadsts::MISSING_PARAMETER.refuse().with("name", name))
    }
}

/// One form-encoded value.
pub(super) fn decoded(text: &str) -> String {
    form_urlencoded::parse(format!("v={text}").as_bytes()).map(|(_, value)| value.into_owned()).collect()
}
