//! `<script type="application/json" id="webauthn">`: what a page asks of WebAuthn, and where the result goes.

use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::webauthn::{CredentialJson, DomException, Operation};

/// The block of one page.
#[derive(Clone)]
pub(crate) struct Block {
    /// The ceremony, or the exception that `navigator.credentials` throws at options that it cannot read.
    pub(crate) operation: Result<Operation, DomException>,
    pub(crate) start: Start,
    /// The form that carries the result.
    pub(crate) form: String,
    fields: IndexMap<String, Shape>,
    error_field: Option<String>,
}

/// When the ceremony runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// As soon as the page is loaded.
    Load,
    /// `mediation: "conditional"`: when a passkey is picked from the autofill list, which this browser does not have.
    Autofill,
}

/// What one input receives: the value at a dotted path of the credential, or an object of such values.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Shape {
    Path(String),
    Object(IndexMap<String, Shape>),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BlockJson {
    operation: String,
    public_key: Value,
    mediation: Option<String>,
    form: String,
    fields: IndexMap<String, Shape>,
    error_field: Option<String>,
}

impl Block {
    /// Reads the block; the error says what is wrong with it.
    pub(crate) fn parse(json: &str) -> Result<Self, String> {
        let block: BlockJson = serde_json::from_str(json).map_err(|error| format!("webauthn block: {error}"))?;
        let operation = match block.operation.as_str() {
            "create" => options(block.public_key).map(Operation::Create),
            "get" => options(block.public_key).map(Operation::Get),
            other => return Err(format!("webauthn block: operation {other:?} is neither \"create\" nor \"get\"")),
        };
        let conditional = block.mediation.as_deref() == Some("conditional");
        Ok(Self {
            operation,
            start: if conditional { Start::Autofill } else { Start::Load },
            form: block.form,
            fields: block.fields,
            error_field: block.error_field,
        })
    }

    /// The inputs to fill, by name: from the credential, or from the exception. `None` when the page does not say where
    /// the exception goes.
    pub(crate) fn values(&self, result: &Result<CredentialJson, DomException>) -> Option<Vec<(String, String)>> {
        match result {
            Ok(credential) => {
                let credential = credential_value(credential);
                let filled = |(name, shape): (&String, &Shape)| (name.clone(), shape.text(&credential));
                Some(self.fields.iter().map(filled).collect())
            }
            Err(exception) => Some(vec![(self.error_field.clone()?, exception.name().to_owned())]),
        }
    }
}

impl Shape {
    /// Strings as they are, nothing for what the credential does not have, everything else as JSON.
    fn text(&self, credential: &Value) -> String {
        match self.value(credential) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text,
            Some(other) => other.to_string(),
        }
    }

    /// An object leaves out what the credential does not have, as `JSON.stringify` does.
    fn value(&self, credential: &Value) -> Option<Value> {
        match self {
            Self::Path(path) => path.split('.').try_fold(credential, step).cloned(),
            Self::Object(members) => {
                let present = |(key, shape): (&String, &Self)| Some((key.clone(), shape.value(credential)?));
                Some(Value::Object(members.iter().filter_map(present).collect::<Map<_, _>>()))
            }
        }
    }
}

fn step<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    match value {
        Value::Array(items) => items.get(key.parse::<usize>().ok()?),
        other => other.get(key),
    }
}

fn options<T: DeserializeOwned>(public_key: Value) -> Result<T, DomException> {
    serde_json::from_value(public_key).map_err(|_| DomException::Type)
}

fn credential_value(credential: &CredentialJson) -> Value {
    match credential {
        CredentialJson::Registration(registration) => serde_json::to_value(registration),
        CredentialJson::Assertion(assertion) => serde_json::to_value(assertion),
    }
    .expect("credentials are strings and maps with string keys")
}
