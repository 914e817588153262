//! What a page's form has sent.

/// The fields of a form, in order; a name may come several times.
pub(super) struct Fields(pub(super) Vec<(String, String)>);

impl Fields {
    /// The value of a field, or nothing when the form did not send it.
    pub(super) fn one(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// The text of a field; a field that was not sent is empty.
    pub(super) fn text(&self, name: &str) -> &str {
        self.one(name).unwrap_or_default()
    }

    /// Every value of a field.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

impl<S: Send + Sync> axum::extract::FromRequest<S> for Fields {
    type Rejection = axum::extract::rejection::FormRejection;

    async fn from_request(request: axum::extract::Request, state: &S) -> Result<Self, Self::Rejection> {
        let axum::Form(fields) = axum::Form::from_request(request, state).await?;
        Ok(Self(fields))
    }
}
