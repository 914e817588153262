//! `https://mysignins.microsoft.com/security-info`: the methods of a user, adding and deleting a key (entra.md §3.4).
//!
//! Convention of the lab: the single-page application's views are pages below `/security-info`.

use jiff::Timestamp;
use serde_json::json;
use url::{Position, Url};
use wire::Base64Url;

use super::mfa;
use super::page::{Answer, InputKind, Link, Page, PageForm};
use super::web_app::{Proof, WebApp};
use crate::directory::{User, UserId};
use crate::fido::{NewKey, Passkey, Registrar, RegistrationRefused};
use crate::oauth::Form;
use crate::tenant::{Found, Tenant};

/// A view that is reached by its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SecurityInfoPage {
    /// The overview with "UPDATE INFO".
    Overview,
    /// The list of methods.
    Methods,
    /// "Add a method".
    AddMethod,
    /// "Security key": which kind.
    KeyType,
    /// "Have your key ready".
    Ready,
    /// "Delete this method?"
    Delete,
}

/// A key on its way from the page that makes it to its name.
pub(super) struct Provision {
    user: UserId,
    key: Option<NewKey>,
}

const ROOT: &str = "/security-info";
const METHODS: &str = "/security-info/methods";
const ADD: &str = "/security-info/add";
const KEY_TYPE: &str = "/security-info/security-key";
const READY: &str = "/security-info/security-key/ready";
const DELETE: &str = "/security-info/delete";
const API_VERIFY: &str = "/api/authenticationmethods/verify";
const API_DELETE: &str = "/api/authenticationmethods/delete";
const SIGN_OUT: &str = "/logout";
const POST_BACK: &str = "https://mysignins.microsoft.com/api/post/newfido";
const SECURITY_KEY: &str = "Security key";

impl SecurityInfoPage {
    /// Where the view lives.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Overview => ROOT,
            Self::Methods => METHODS,
            Self::AddMethod => ADD,
            Self::KeyType => KEY_TYPE,
            Self::Ready => READY,
            Self::Delete => DELETE,
        }
    }

    fn proof(self) -> Proof {
        match self {
            Self::Overview | Self::Methods | Self::AddMethod => Proof::Session,
            Self::KeyType | Self::Ready | Self::Delete => Proof::FreshMfa,
        }
    }
}

impl Tenant {
    /// GET of a view; `query` is the query's text.
    pub(crate) fn security_info(
        &mut self,
        now: Timestamp,
        cookie: Option<&str>,
        view: SecurityInfoPage,
        query: &str,
    ) -> Answer {
        let then = address(view.path(), query);
        let user = match self.visitor(now, WebApp::MySignIns, cookie, view.proof(), &then) {
            Ok(user) => user,
            Err(to_sign_in) => return to_sign_in,
        };
        let query = Form::parse(query.as_bytes());
        match view {
            SecurityInfoPage::Overview => overview(&user),
            SecurityInfoPage::Methods => self.methods(&user),
            SecurityInfoPage::AddMethod => self.add_method(&user, &[]),
            SecurityInfoPage::KeyType => key_type(),
            SecurityInfoPage::Ready => self.ready(now, &user),
            SecurityInfoPage::Delete => self.delete_page(&user, query.field("id").unwrap_or_default()),
        }
    }

    /// POST of "Add a method".
    pub(crate) fn post_add_method(&mut self, now: Timestamp, cookie: Option<&str>, form: &Form) -> Answer {
        let user = match self.visitor(now, WebApp::MySignIns, cookie, Proof::Session, ADD) {
            Ok(user) => user,
            Err(to_sign_in) => return to_sign_in,
        };
        match (form.field("method"), self.check_registration(user.id, Registrar::User)) {
            (Some(SECURITY_KEY), Ok(())) => Answer::redirect(KEY_TYPE),
            _ => self.add_method(&user, &["Choose a method that is offered to you.".into()]),
        }
    }

    /// POST `/api/post/newfido`: what the page on `login.microsoft.com` made, or why it made nothing.
    pub(crate) fn post_new_key(&mut self, now: Timestamp, cookie: Option<&str>, form: &Form) -> Answer {
        let user = match self.visitor(now, WebApp::MySignIns, cookie, Proof::Session, METHODS) {
            Ok(user) => user,
            Err(to_sign_in) => return to_sign_in,
        };
        if let Some(error) = form.field("error_code") {
            return not_made(error);
        }
        let canary = form.field("canary").unwrap_or_default();
        let Some(key) = new_key(form) else { return not_made("InvalidRequest") };
        match self.sessions.provisions.find(now, canary) {
            Found::Live(provision) if provision.user == user.id => provision.key = Some(key),
            _ => return not_made("InvalidRequest"),
        }
        name_page(canary, "", &[])
    }

    /// POST `/api/authenticationmethods/verify`: the key's name; only now the key is judged, as at Microsoft's.
    pub(crate) fn post_name_key(&mut self, now: Timestamp, cookie: Option<&str>, form: &Form) -> Answer {
        let user = match self.visitor(now, WebApp::MySignIns, cookie, Proof::Session, METHODS) {
            Ok(user) => user,
            Err(to_sign_in) => return to_sign_in,
        };
        let canary = form.field("canary").unwrap_or_default();
        let display_name = form.field("Name").unwrap_or_default().trim().to_owned();
        let key = match self.sessions.provisions.find(now, canary) {
            Found::Live(provision) if provision.user == user.id => provision.key.clone(),
            _ => None,
        };
        let Some(key) = key else { return not_made("InvalidRequest") };
        let named = NewKey { display_name: display_name.clone(), ..key };
        let registered = self.register_key(now, user.id, Registrar::User, &named);
        if registered == Err(RegistrationRefused::DisplayName) {
            return name_page(canary, &display_name, &["The name must have 1 to 30 characters.".into()]);
        }
        self.sessions.provisions.take(now, canary);
        match registered {
            Ok(key) => all_set(&key),
            Err(refused) => refused_page(refused),
        }
    }

    /// POST `/api/authenticationmethods/delete`.
    pub(crate) fn post_delete_method(&mut self, now: Timestamp, cookie: Option<&str>, form: &Form) -> Answer {
        let id = form.field("id").unwrap_or_default();
        let again =
            address(DELETE, &url::form_urlencoded::Serializer::new(String::new()).append_pair("id", id).finish());
        let user = match self.visitor(now, WebApp::MySignIns, cookie, Proof::FreshMfa, &again) {
            Ok(user) => user,
            Err(to_sign_in) => return to_sign_in,
        };
        // A key that is gone already needs no deleting: the list shows so.
        let _ = self.delete_key(&user.upn, user.id, id);
        Answer::redirect(METHODS)
    }

    fn methods(&self, user: &User) -> Answer {
        let mut page = Page::new(
            "Security info",
            &["These are the methods you use to sign into your account or reset your password.", &user.upn],
        );
        if let Err(refused) = self.check_registration(user.id, Registrar::User) {
            page.texts.push(not_offered(refused));
        }
        let phone = user.phone.iter().map(|phone| (vec!["Phone".into(), mfa::masked(phone).into()], Vec::new()));
        let keys = self.passkeys.of_user(user.id).into_iter().map(|key| {
            let delete = Link::new("Delete", format!("{DELETE}?id={}", key.method_id()));
            (vec![SECURITY_KEY.into(), key.display_name.as_str().into()], vec![delete])
        });
        let password = (vec!["Password".into(), "".into()], Vec::new());
        let rows = std::iter::once(password).chain(phone).chain(keys).collect();
        let page = page.with_table(&["Method", "Name"], rows).with_link("Add sign-in method", ADD);
        page.with_link("Sign out", SIGN_OUT).into()
    }

    fn add_method(&self, user: &User, alerts: &[String]) -> Answer {
        let page = Page::new("Add a method", &[]).with_alerts(alerts);
        match self.check_registration(user.id, Registrar::User) {
            Ok(()) => {
                let choice = InputKind::Choice(vec![SECURITY_KEY]);
                let form = PageForm::to(ADD)
                    .input("method", "Which method would you like to add?", choice, SECURITY_KEY)
                    .button("Add");
                page.with_form(form).with_link("Cancel", METHODS).into()
            }
            Err(refused) => page.with_alerts(&[not_offered(refused)]).with_link("Cancel", METHODS).into(),
        }
    }

    /// "Have your key ready": its button posts what the page on `login.microsoft.com` needs to make a key.
    fn ready(&mut self, now: Timestamp, user: &User) -> Answer {
        if let Err(refused) = self.check_registration(user.id, Registrar::User) {
            return refused_page(refused);
        }
        let (challenge, _) = self.challenges.issue(now, user.id, &mut self.rng);
        let canary = self.sessions.opaque();
        self.sessions.provisions.insert(now, canary.clone(), Provision { user: user.id, key: None });
        let held: Vec<Base64Url> =
            self.passkeys.of_user(user.id).iter().map(|key| Base64Url(key.credential_id.clone())).collect();
        let form = PageForm::to(format!("https://login.microsoft.com/{}/fido/create", self.id()))
            .hidden("canary", canary)
            .hidden("serverChallenge", challenge)
            .hidden("postBackUrl", POST_BACK)
            .hidden("userId", Base64Url(self.user_handles.of(user.id)).to_string())
            .hidden("memberName", &user.upn)
            .hidden("userDisplayName", &user.display_name)
            .hidden("ExcludeNextGenCredentialsJSON", json!(held).to_string())
            .button("Next");
        let text = "When you are ready to begin, choose Next. Your browser will open a window and guide you through the \
                    next steps.";
        Page::new("Have your key ready", &[text]).with_form(form).with_link("Cancel", METHODS).into()
    }

    fn delete_page(&self, user: &User, id: &str) -> Answer {
        let Some(key) = self.passkeys.method(user.id, id) else { return Answer::redirect(METHODS) };
        let text = format!("Are you sure you would like to delete the security key \"{}\"?", key.display_name);
        let form = PageForm::to(API_DELETE).hidden("Type", "18").hidden("id", id).button("Ok");
        Page::new("Delete this method?", &[&text]).with_form(form).with_link("Cancel", METHODS).into()
    }
}

/// A path and a query as they stand in an address: what is not ASCII in the query is percent-encoded.
pub(super) fn address(path: &str, query: &str) -> String {
    let mut url = Url::parse("https://mysignins.microsoft.com").expect("the literal is a URL");
    url.set_path(path);
    url.set_query(Some(query).filter(|query| !query.is_empty()));
    url[Position::BeforePath..].to_owned()
}

fn overview(user: &User) -> Answer {
    let texts = [
        user.display_name.as_str(),
        &user.upn,
        "Security info",
        "Keep your verification methods and security info up to date.",
    ];
    Page::new("My Account", &texts).with_link("UPDATE INFO", METHODS).with_link("Sign out", SIGN_OUT).into()
}

fn key_type() -> Answer {
    Page::new("Security key", &["Choose the type of security key that you have."])
        .with_link("USB device", READY)
        .with_link("NFC device", READY)
        .with_link("Cancel", METHODS)
        .into()
}

fn name_page(canary: &str, typed: &str, alerts: &[String]) -> Answer {
    let form = PageForm::to(API_VERIFY)
        .hidden("Type", "18")
        .hidden("canary", canary)
        .input("Name", "Name your security key", InputKind::Text, typed)
        .button("Next");
    let text = "Name your security key. This will help distinguish it from other keys.";
    Page::new("Name your security key", &[text]).with_alerts(alerts).with_form(form).into()
}

fn all_set(key: &Passkey) -> Answer {
    let text = "You can use your security key instead of a username and password the next time you sign in.";
    let name = format!("Security key: {}", key.display_name);
    Page::new("You're all set!", &[text, &name]).with_link("Done", METHODS).into()
}

/// The page for a browser that came back without a key, by the name of its DOMException.
fn not_made(error: &str) -> Answer {
    let words = match error {
        "InvalidStateError" => "This security key is already registered.",
        _ => "Your security key could not be set up. Make sure that it is connected and try again.",
    };
    problem_page(&[words.to_owned(), format!("Error code: {error}")])
}

fn refused_page(refused: RegistrationRefused) -> Answer {
    let code = format!("Error code: {} ({})", refused.code().number, refused.sub_code());
    problem_page(&[format!("Your security key was not accepted: {refused}."), code])
}

fn problem_page(alerts: &[String]) -> Answer {
    let page = Page::new("We're sorry, we ran into a problem", &[]);
    page.with_alerts(alerts).with_link("Done", METHODS).into()
}

fn not_offered(refused: RegistrationRefused) -> String {
    format!("Security key is not available: {refused}.")
}

/// The fields that the page's ceremony has filled in; a client that knows no transports sends `null` or nothing.
fn new_key(form: &Form) -> Option<NewKey> {
    let bytes = |name| Base64Url::parse(form.field(name)?).map(|bytes| bytes.0);
    let transports: Option<Vec<String>> = serde_json::from_str(form.field("transports").unwrap_or("null")).ok()?;
    Some(NewKey {
        display_name: String::new(),
        credential_id: bytes("credentialId")?,
        client_data_json: bytes("clientDataJson")?,
        attestation_object: bytes("attestationObject")?,
        transports: transports.unwrap_or_default(),
    })
}
