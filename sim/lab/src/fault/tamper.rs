//! Somebody between a client and its host changes the client data of a WebAuthn ceremony (WebAuthn Level 3 §5.8.1): the
//! one part of it that a key does not make, but signs.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::Request;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use serde::Deserialize;
use serde_json::Value;
use url::form_urlencoded;

/// A member of the client data and what it is changed to: `origin`, `type`, `challenge`, or one that nobody reads.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tampering {
    /// The member.
    pub member: String,
    /// Its new value.
    pub value: String,
}

impl Tampering {
    /// The request with every client data in its body changed; one that carries none stays as it is.
    #[must_use]
    pub(crate) fn apply(&self, request: Request<Bytes>) -> Request<Bytes> {
        let (mut parts, body) = request.into_parts();
        let kind = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let changed = if kind.contains("json") { self.in_json(&body) } else { self.in_form(&body) };
        let body = changed.map_or(body, Bytes::from);
        // Whoever sends it counts the bytes anew.
        parts.headers.remove(CONTENT_LENGTH);
        Request::from_parts(parts, body)
    }

    fn in_json(&self, body: &[u8]) -> Option<String> {
        let mut value: Value = serde_json::from_slice(body).ok()?;
        self.change(&mut value).then(|| value.to_string())
    }

    fn in_form(&self, body: &[u8]) -> Option<String> {
        let mut found = false;
        let mut form = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form_urlencoded::parse(body) {
            let changed = if is_client_data(&name) { self.changed(&value) } else { self.in_json(value.as_bytes()) };
            found |= changed.is_some();
            form.append_pair(&name, changed.as_deref().unwrap_or(&value));
        }
        found.then(|| form.finish())
    }

    /// Changes every client data within a value; tells whether there was one.
    fn change(&self, value: &mut Value) -> bool {
        match value {
            Value::Object(members) => members.iter_mut().fold(false, |found, (name, value)| {
                let changed = value.as_str().filter(|_| is_client_data(name)).and_then(|text| self.changed(text));
                match changed {
                    Some(changed) => {
                        *value = changed.into();
                        true
                    }
                    None => self.change(value) || found,
                }
            }),
            // Every item is changed, not only the first.
            Value::Array(items) => {
                items.iter_mut().map(|item| self.change(item)).filter(|changed| *changed).count() > 0
            }
            _ => false,
        }
    }

    /// One client data in base64url.
    fn changed(&self, text: &str) -> Option<String> {
        let mut data: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        data.as_object_mut()?.insert(self.member.clone(), self.value.as_str().into());
        Some(URL_SAFE_NO_PAD.encode(data.to_string()))
    }
}

fn is_client_data(name: &str) -> bool {
    name.eq_ignore_ascii_case("clientDataJSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin() -> Tampering {
        Tampering { member: "origin".into(), value: "https://evil.example".into() }
    }

    fn sent(kind: &str, body: String) -> Request<Bytes> {
        Request::post("https://login.example/").header(CONTENT_TYPE, kind).body(body.into()).expect("a request")
    }

    const BEFORE: &str = "eyJvcmlnaW4iOiJodHRwczovL2xvZ2luLmV4YW1wbGUifQ";
    const AFTER: &str = "eyJvcmlnaW4iOiJodHRwczovL2V2aWwuZXhhbXBsZSJ9";

    #[test]
    fn client_data_are_found_in_json_in_forms_and_in_the_json_of_a_form() {
        let json = |data: &str| format!(r#"{{"response":{{"clientDataJSON":"{data}"}}}}"#);
        let form = |data: &str| format!("a=b&clientDataJson={data}");
        let both =
            |data: &str| form_urlencoded::Serializer::new(String::new()).append_pair("assertion", &json(data)).finish();
        let check = |kind: &str, write: &dyn Fn(&str) -> String| {
            assert_eq!(origin().apply(sent(kind, write(BEFORE))).into_body(), write(AFTER));
        };
        check("application/json", &json);
        check("application/x-www-form-urlencoded", &form);
        check("application/x-www-form-urlencoded", &both);
    }

    #[test]
    fn a_body_without_client_data_stays_as_it_is() {
        for (kind, body) in [("application/json", "{ \"a\": 1 }"), ("application/x-www-form-urlencoded", "a=%7B%7D&b")]
        {
            assert_eq!(origin().apply(sent(kind, body.into())).into_body(), body);
        }
    }
}
