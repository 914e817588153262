//! What is asked of a tenant, and the bare handler that answers the same JSON.

use std::hint::black_box;
use std::rc::Rc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use entra::UserId;
use serde_json::{Value, json};

use super::super::operations::{Operation, shared};
use super::site::{Site, display_name, upn};

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A user by object id.
    User,
    /// The user with a principal name, by `$filter`.
    Named,
    /// Ten users by the beginning of their display names.
    Prefix,
    /// The next hundred users.
    Page,
    AddMember,
    RemoveMember,
    /// The keys of a user.
    Keys,
    /// Client credentials.
    Token,
}

impl Kind {
    pub(super) const ALL: [Self; 8] = [
        Self::User,
        Self::Named,
        Self::Prefix,
        Self::Page,
        Self::AddMember,
        Self::RemoveMember,
        Self::Keys,
        Self::Token,
    ];

    fn names(self) -> [&'static str; 3] {
        match self {
            Self::User => ["get user", "get user, few users", "get user, bare"],
            Self::Named => ["filter, eq", "filter, eq, few users", "filter, eq, bare"],
            Self::Prefix => ["filter, startswith", "filter, startswith, few", "filter, startswith, bare"],
            Self::Page => ["page by nextLink", "page, few users", "page, bare"],
            Self::AddMember => ["add member", "add member, few users", "add member, bare"],
            Self::RemoveMember => ["remove member", "remove member, few users", "remove member, bare"],
            Self::Keys => ["fido2Methods", "fido2Methods, few users", "fido2Methods, bare"],
            Self::Token => ["token", "token, few users", "token, bare"],
        }
    }

    /// The row of the large tenant.
    pub(super) fn name(self) -> &'static str {
        self.names()[0]
    }

    /// The row of the small tenant.
    pub(super) fn few_name(self) -> &'static str {
        self.names()[1]
    }

    /// The row of the bare handler.
    pub(super) fn bare_name(self) -> &'static str {
        self.names()[2]
    }

    fn status(self) -> StatusCode {
        match self {
            Self::AddMember | Self::RemoveMember => StatusCode::NO_CONTENT,
            _ => StatusCode::OK,
        }
    }
}

/// One kind of request to one tenant, the next one made ready.
struct Subject {
    site: Rc<Site>,
    kind: Kind,
    /// Whose turn it is.
    number: usize,
    next: Request<Body>,
    last: Bytes,
}

/// How far apart users are who are asked for one after the other, so that no cache holds the next.
const STRIDE: usize = 7_919;
/// A list's first page; every further one is behind the link that the page before has given.
const FIRST_PAGE: &str = "https://graph.microsoft.com/v1.0/users?$top=100";

/// A request to a tenant, over and over.
pub(super) fn operation(site: &Rc<Site>, kind: Kind, name: &'static str) -> Operation {
    let subject = shared(Subject::new(site, kind));
    let (act, tidy) = (subject.clone(), subject);
    Operation {
        name,
        baseline: kind.bare_name(),
        act: Box::new(move || act.borrow_mut().call()),
        tidy: Box::new(move || tidy.borrow_mut().tidy()),
    }
}

/// The same requests to a handler that reads the body and answers what the tenant answers first.
pub(super) fn bare(site: &Rc<Site>, kind: Kind) -> Operation {
    let mut like = Subject::new(site, kind);
    like.call();
    let answer = serde_json::from_slice(&like.last).unwrap_or_default();
    like.tidy();
    let router = Router::new().fallback(answer_bare).with_state((kind.status(), answer));
    let subject = shared(like);
    let (act, tidy) = (subject.clone(), subject);
    Operation {
        name: kind.bare_name(),
        baseline: kind.bare_name(),
        act: Box::new(move || act.borrow_mut().call_on(&router)),
        tidy: Box::new(move || tidy.borrow_mut().advance()),
    }
}

async fn answer_bare(State((status, answer)): State<(StatusCode, Value)>, body: Bytes) -> Response {
    black_box(body);
    if status == StatusCode::NO_CONTENT { status.into_response() } else { (status, Json(answer)).into_response() }
}

impl Subject {
    fn new(site: &Rc<Site>, kind: Kind) -> Self {
        let mut subject = Self { site: site.clone(), kind, number: 0, next: Request::default(), last: Bytes::new() };
        subject.advance();
        subject
    }

    fn call(&mut self) {
        let router = self.site.router.clone();
        self.call_on(&router);
    }

    fn call_on(&mut self, router: &Router) {
        let request = std::mem::take(&mut self.next);
        self.last = self.site.send(router, request, self.kind.status()).into();
    }

    /// Undoes what the call has done to the tenant, and makes the next one ready.
    fn tidy(&mut self) {
        let undoing = match self.kind {
            Kind::AddMember => Some(self.removal()),
            Kind::RemoveMember => Some(self.addition()),
            _ => None,
        };
        if let Some(undoing) = undoing {
            self.site.send(&self.site.router, undoing, StatusCode::NO_CONTENT);
        }
        self.site.forget_events();
        self.advance();
    }

    /// Makes the next request ready.
    fn advance(&mut self) {
        // Even, so that whoever follows an even number is there too.
        self.number = (self.number + STRIDE) % (self.site.users.len() & !1);
        self.next = match self.kind {
            Kind::User => self.get(&format!("users/{}", self.user())),
            Kind::Named => self.get(&format!("users?$filter=userPrincipalName%20eq%20%27{}%27", upn(self.number))),
            Kind::Prefix => self.get(&format!("users?$filter=startswith(displayName,%27{}%27)", self.prefix())),
            Kind::Page => self.request("GET", &self.next_link(), Body::empty()),
            Kind::AddMember => self.addition(),
            Kind::RemoveMember => self.removal(),
            Kind::Keys => self.get(&format!("users/{}/authentication/fido2Methods", self.user())),
            Kind::Token => self.site.token_request(),
        };
    }

    /// Whose turn it is: who is to be added is no member yet, who is to be removed is one.
    fn user(&self) -> UserId {
        let number = match self.kind {
            Kind::AddMember => self.number | 1,
            Kind::RemoveMember => self.number & !1,
            _ => self.number,
        };
        self.site.users[number]
    }

    /// Ten users begin so, whoever else there is.
    fn prefix(&self) -> String {
        let mut name = display_name(self.number).replace(' ', "%20");
        name.pop();
        name
    }

    /// The page behind the last one; behind the last of all, the first again.
    fn next_link(&self) -> String {
        let last: Value = serde_json::from_slice(&self.last).unwrap_or_default();
        last["@odata.nextLink"].as_str().unwrap_or(FIRST_PAGE).to_owned()
    }

    fn addition(&self) -> Request<Body> {
        let reference = format!("https://graph.microsoft.com/v1.0/directoryObjects/{}", self.user());
        let url = format!("https://graph.microsoft.com/v1.0/groups/{}/members/$ref", self.site.group);
        self.request("POST", &url, Body::from(json!({ "@odata.id": reference }).to_string()))
    }

    fn removal(&self) -> Request<Body> {
        let (group, user) = (self.site.group, self.user());
        let url = format!("https://graph.microsoft.com/v1.0/groups/{group}/members/{user}/$ref");
        self.request("DELETE", &url, Body::empty())
    }

    fn get(&self, path: &str) -> Request<Body> {
        self.request("GET", &format!("https://graph.microsoft.com/v1.0/{path}"), Body::empty())
    }

    fn request(&self, method: &str, url: &str, body: Body) -> Request<Body> {
        let request = Request::builder().method(method).uri(url).header("authorization", &self.site.bearer);
        request.header("content-type", "application/json").body(body).expect("a request")
    }
}
