//! The calls that Control Center makes to Microsoft Graph v1.0 (`entra.md` §2.4, §2.6, §2.7, §2.9).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{Method, Request, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::json;
use url::Url;

use super::batch::Batch;
use super::failure::{Failure, SIGN_IN, is_busy};

/// The longest credential id (WebAuthn §4).
const CREDENTIAL_ID_BYTES_MAX: usize = 1023;
/// The longest next link that is followed; an address of 64 KiB would be no request any more.
const LINK_LEN_MAX: usize = 8 << 10;

/// One thing to ask Entra.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Errand {
    /// A new token by the password grant; its scope is the answer.
    SignIn,
    Graph(Call),
}

/// One call to Graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// The directory roles and groups of the service account.
    MyRoles,
    /// The next page of them; the link is Graph's own and followed as it is (§2.1).
    MyRolesNextPage(Url),
    FindGroup {
        name: &'static str,
    },
    CreateGroup {
        name: &'static str,
    },
    /// By object id or UPN.
    FindUser {
        user: String,
    },
    AddMember {
        group: String,
        user: String,
    },
    RemoveMember {
        group: String,
        user: String,
    },
    ListKeys {
        user: String,
    },
    DeleteKey {
        user: String,
        method: String,
    },
    /// Several questions at once.
    Batch(Batch),
}

/// What came back with a status of success.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) call: &'static str,
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The body as `T`.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_slice(&self.body).map_err(|_| self.unintelligible())
    }

    pub(crate) fn unintelligible(&self) -> Failure {
        Failure::Unintelligible { call: self.call, status: self.status.as_u16() }
    }
}

impl From<Call> for Errand {
    fn from(call: Call) -> Self {
        Self::Graph(call)
    }
}

impl Errand {
    /// What is asked, for messages.
    pub(crate) fn words(&self) -> &'static str {
        match self {
            Self::SignIn => SIGN_IN,
            Self::Graph(call) => call.words(),
        }
    }

    /// Whether a refusal with this status may go away by itself.
    pub(crate) fn may_pass(&self, status: StatusCode) -> bool {
        is_busy(status) || matches!(self, Self::Graph(call) if call.waits_for_replication(status))
    }
}

impl Call {
    /// What is asked, for messages.
    pub(crate) fn words(&self) -> &'static str {
        match self {
            Self::MyRoles | Self::MyRolesNextPage(_) => "read the service account's roles",
            Self::FindGroup { .. } => "find a group",
            Self::CreateGroup { .. } => "create a group",
            Self::FindUser { .. } => "read a user",
            Self::AddMember { .. } => "add a user to a group",
            Self::RemoveMember { .. } => "remove a user from a group",
            Self::ListKeys { .. } => "list a user's keys",
            Self::DeleteKey { .. } => "delete a user's key",
            Self::Batch(_) => "read users and their keys",
        }
    }

    /// A group that was just created answers 404 to a new member until it is replicated (§2.3).
    fn waits_for_replication(&self, status: StatusCode) -> bool {
        matches!(self, Self::AddMember { .. }) && status == StatusCode::NOT_FOUND
    }

    /// The address within a batch: behind the version (§2.13). The call only reads.
    pub(crate) fn path_in_batch(&self) -> String {
        let uri = self.request("").uri().clone();
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        path.strip_prefix("/v1.0").unwrap_or(path).to_owned()
    }

    /// The request, with a token that fits into a header.
    pub(crate) fn request(&self, token: &str) -> Request<Bytes> {
        let (method, url, body) = match self {
            Self::MyRoles => (Method::GET, graph(&["me", "memberOf"]), None),
            Self::MyRolesNextPage(url) => (Method::GET, url.clone(), None),
            Self::FindGroup { name } => (Method::GET, groups_named(name), None),
            Self::CreateGroup { name } => (Method::POST, graph(&["groups"]), Some(new_group(name))),
            Self::FindUser { user } => (Method::GET, selected_user(user), None),
            Self::AddMember { group, user } => {
                (Method::POST, graph(&["groups", group, "members", "$ref"]), Some(reference(user)))
            }
            Self::RemoveMember { group, user } => {
                (Method::DELETE, graph(&["groups", group, "members", user, "$ref"]), None)
            }
            Self::ListKeys { user } => (Method::GET, graph(&["users", user, "authentication", "fido2Methods"]), None),
            Self::DeleteKey { user, method } => {
                (Method::DELETE, graph(&["users", user, "authentication", "fido2Methods", method]), None)
            }
            Self::Batch(batch) => (Method::POST, graph(&["$batch"]), Some(batch.body())),
        };
        let mut request = Request::builder()
            .method(method)
            .uri(url.as_str())
            .header(http::header::AUTHORIZATION, format!("Bearer {token}"))
            .header(http::header::ACCEPT, "application/json");
        if body.is_some() {
            request = request.header(http::header::CONTENT_TYPE, "application/json");
        }
        let body = body.map_or_else(Bytes::new, |body| Bytes::from(body.to_string()));
        request.body(body).expect("no name in a URL is long, and Link keeps no token that is not visible ASCII")
    }
}

/// The id of a FIDO2 method: the credential id in base64url and one digit, the number of pad characters left out (§2.9).
/// Nothing when that is no credential id.
pub(crate) fn method_id(credential_id: &str) -> Option<String> {
    let raw = URL_SAFE_NO_PAD.decode(credential_id.trim_end_matches('=')).ok()?;
    if !(1..=CREDENTIAL_ID_BYTES_MAX).contains(&raw.len()) {
        return None;
    }
    let pads = (3 - raw.len() % 3) % 3;
    Some(format!("{}{pads}", URL_SAFE_NO_PAD.encode(raw)))
}

/// A next link that leads to Graph itself; a token goes nowhere else.
pub(crate) fn next_page(link: &str) -> Option<Url> {
    let url = Url::parse(link).ok().filter(|_| link.len() <= LINK_LEN_MAX)?;
    (url.scheme() == "https" && url.host_str() == Some("graph.microsoft.com")).then_some(url)
}

fn graph(segments: &[&str]) -> Url {
    let mut url = Url::parse("https://graph.microsoft.com/v1.0").expect("a literal URL parses");
    url.path_segments_mut().expect("https has a path").extend(segments);
    url
}

fn groups_named(name: &str) -> Url {
    let mut url = graph(&["groups"]);
    let quoted = name.replace('\'', "''");
    url.query_pairs_mut().append_pair("$filter", &format!("displayName eq '{quoted}'"));
    url
}

fn selected_user(user: &str) -> Url {
    let mut url = graph(&["users", user]);
    url.query_pairs_mut().append_pair("$select", "id,displayName,userPrincipalName,mail,accountEnabled");
    url
}

fn new_group(name: &str) -> serde_json::Value {
    let nickname: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    json!({
        "displayName": name,
        "mailNickname": nickname,
        "mailEnabled": false,
        "securityEnabled": true,
        "description": "Kept by HYPR for Enterprise Passkey",
        "groupTypes": []
    })
}

fn reference(user: &str) -> serde_json::Value {
    json!({ "@odata.id": graph(&["directoryObjects", user]).as_str() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_id_counts_the_pads() {
        assert_eq!(method_id("7ebzDmVTSreLsJkrjm1mNA").as_deref(), Some("7ebzDmVTSreLsJkrjm1mNA2"));
        assert_eq!(method_id("AAAA").as_deref(), Some("AAAA0"));
        for none in ["not base64!", "", "=", &"A".repeat(1368)] {
            assert_eq!(method_id(none), None, "{none:?}");
        }
    }

    #[test]
    fn a_guest_stays_within_its_path_segment() {
        let call = Call::FindUser { user: "eve_x.com#EXT#@bank.example/../me".into() };
        assert_eq!(call.request("t").uri().path(), "/v1.0/users/eve_x.com%23EXT%23@bank.example%2F..%2Fme");
    }

    #[test]
    fn a_next_link_to_another_host_is_not_followed() {
        assert!(next_page("https://graph.microsoft.com/v1.0/me/memberOf?$skiptoken=x").is_some());
        assert!(next_page("https://graph.microsoft.com.evil.example/").is_none());
        assert!(next_page(&format!("https://graph.microsoft.com/v1.0/{}", "x".repeat(70_000))).is_none());
    }
}
