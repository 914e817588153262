//! A browser of a hundred lines: cookies by host, redirects, forms, the WebAuthn block.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use http::{HeaderMap, Request};
use http_body_util::BodyExt as _;
use scraper::{ElementRef, Html, Selector};
use serde_json::Value;
use tower::ServiceExt as _;
use url::Url;

/// From the nonce of an address, if it has one, to the header.
type Credential = Box<dyn Fn(Option<&str>) -> String>;

/// One window.
pub(super) struct Browser {
    router: Router,
    cookies: BTreeMap<(String, String), String>,
    typed: BTreeMap<String, String>,
    pub(super) url: Url,
    pub(super) status: u16,
    html: String,
    /// Makes the single sign-on header for the nonce of an address, as Edge does on a signed-in machine.
    pub(super) credential: Option<Credential>,
    /// Every address that was asked.
    pub(super) trail: Vec<Url>,
}

impl Browser {
    pub(super) fn new(router: Router) -> Self {
        let url = Url::parse("about:blank").unwrap();
        Self {
            router,
            cookies: BTreeMap::new(),
            typed: BTreeMap::new(),
            url,
            status: 0,
            html: String::new(),
            credential: None,
            trail: Vec::new(),
        }
    }

    pub(super) fn open(&mut self, url: &str) -> &mut Self {
        self.fetch(Url::parse(url).unwrap(), None)
    }

    /// Posts a form that no page has shown.
    pub(super) fn post(&mut self, url: &str, fields: &[(&str, &str)]) -> &mut Self {
        let fields = fields.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        self.fetch(Url::parse(url).unwrap(), Some(fields))
    }

    /// Posts a form and reads the answer as JSON.
    pub(super) fn post_json(&mut self, url: &str, fields: &[(&str, &str)]) -> Value {
        serde_json::from_str(&self.post(url, fields).html).unwrap()
    }

    /// Posts a text that is no form, as scripts do, and reads the answer as JSON.
    pub(super) fn post_text(&self, url: &str, text: &str) -> Value {
        let url = Url::parse(url).unwrap();
        let request = Request::post(url.as_str()).header(HOST, url.host_str().unwrap());
        let request = request.body(Body::from(text.to_owned())).unwrap();
        let body = run(async {
            let Ok(response) = self.router.clone().oneshot(request).await;
            response.into_body().collect().await.unwrap().to_bytes()
        });
        serde_json::from_slice(&body).unwrap()
    }

    /// What a screen reader calls the link with this label.
    pub(super) fn accessible_name(&self, label: &str) -> String {
        let ids = self.find("a[href]", |found| attribute_if(found, label, "aria-labelledby")).unwrap_or_default();
        let words = ids.split(' ').map(|id| self.find(&format!("#{id}"), |found| Some(text_of(found))));
        words.map(Option::unwrap).collect::<Vec<_>>().join(" ")
    }

    /// Types into the field with this label.
    pub(super) fn type_in(&mut self, label: &str, text: &str) -> &mut Self {
        let name = self.find("label[for]", |found| attribute_if(found, label, "for"));
        self.typed.insert(name.unwrap_or_else(|| panic!("no field {label:?} in {}", self.html)), text.to_owned());
        self
    }

    /// Ticks a box, or chooses among radio buttons, by the words around.
    pub(super) fn tick(&mut self, label: &str) -> &mut Self {
        let (name, value) = self.boxed(label);
        self.typed.insert(name, value);
        self
    }

    /// Takes the tick from a box.
    pub(super) fn clear(&mut self, label: &str) -> &mut Self {
        let (name, _) = self.boxed(label);
        self.typed.insert(name, String::new());
        self
    }

    fn boxed(&self, label: &str) -> (String, String) {
        let document = Html::parse_document(&self.html);
        let found = select(&document, "label").into_iter().find(|found| text_of(*found) == label);
        let input = found.and_then(|found| found.select(&selector("input")).next());
        let input = input.unwrap_or_else(|| panic!("no box {label:?} in {}", self.html));
        (input.attr("name").unwrap().to_owned(), input.attr("value").unwrap().to_owned())
    }

    /// Follows the link with these words in the line that shows `row` in one of its cells.
    pub(super) fn press_beside(&mut self, row: &str, label: &str) -> &mut Self {
        let href = self.find("tr", |found| {
            let shows = found.select(&selector("td")).any(|cell| text_of(cell) == row);
            let link = found.select(&selector("a")).find(|link| text_of(*link) == label);
            link.filter(|_| shows).and_then(|link| link.attr("href")).map(str::to_owned)
        });
        let href = href.unwrap_or_else(|| panic!("no {label:?} beside {row:?} in {}", self.html));
        self.fetch(self.url.join(&href).unwrap(), None)
    }

    /// The cell beside a name.
    pub(super) fn fact(&self, name: &str) -> String {
        let found = self.find("tr", |found| {
            let named = found.select(&selector("th")).any(|cell| text_of(cell) == name);
            found.select(&selector("td")).next().filter(|_| named).map(text_of)
        });
        found.unwrap_or_else(|| panic!("no {name:?} in {}", self.html))
    }

    /// The cells of the lines of the table, without their links.
    pub(super) fn rows(&self) -> Vec<Vec<String>> {
        let document = Html::parse_document(&self.html);
        let lines = select(&document, "table:not(.facts) tr").into_iter().skip(1);
        let cells = |line: ElementRef<'_>| {
            let mut cells: Vec<String> = line.select(&selector("td")).map(text_of).collect();
            cells.pop();
            cells
        };
        lines.map(cells).collect()
    }

    /// Presses a button or follows a link, by its words.
    pub(super) fn press(&mut self, label: &str) -> &mut Self {
        if let Some(href) = self.find("a[href]", |found| attribute_if(found, label, "href")) {
            let url = self.url.join(&href).unwrap();
            return self.fetch(url, None);
        }
        let document = Html::parse_document(&self.html);
        let forms = select(&document, "form");
        let pressed = forms.iter().find_map(|form| {
            let button = form.select(&selector("button")).find(|button| text_of(*button) == label)?;
            Some((*form, button.attr("name").zip(button.attr("value"))))
        });
        let (form, button) = pressed.unwrap_or_else(|| panic!("no button {label:?} in {}", self.html));
        let mut fields = self.fields(form);
        fields.extend(button.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let action = self.url.join(form.attr("action").unwrap()).unwrap();
        self.fetch(action, Some(fields))
    }

    /// The options of the page's WebAuthn block.
    pub(super) fn ceremony(&self) -> Value {
        let block = self.find("script#webauthn", |found| Some(text_of(found)));
        serde_json::from_str(&block.unwrap_or_else(|| panic!("no ceremony in {}", self.html))).unwrap()
    }

    /// The challenge of the page's WebAuthn block.
    pub(super) fn challenge(&self) -> Vec<u8> {
        let block = self.ceremony();
        wire::Base64Url::parse(block["publicKey"]["challenge"].as_str().unwrap()).unwrap().0
    }

    /// Ends the ceremony with a credential, or with the name of an exception.
    pub(super) fn end_ceremony(&mut self, outcome: Result<Value, &str>) -> &mut Self {
        let block = self.ceremony();
        match outcome {
            Ok(credential) => {
                for (name, path) in block["fields"].as_object().unwrap() {
                    self.typed.insert(name.clone(), as_text(&pick(&credential, path)));
                }
            }
            Err(exception) => {
                self.typed.insert(block["errorField"].as_str().unwrap().to_owned(), exception.to_owned());
            }
        }
        let id = block["form"].as_str().unwrap();
        let document = Html::parse_document(&self.html);
        let form = select(&document, &format!("form#{id}"))[0];
        let (fields, action) = (self.fields(form), self.url.join(form.attr("action").unwrap()).unwrap());
        self.fetch(action, Some(fields))
    }

    /// The value of the page's hidden input of that name.
    pub(super) fn hidden(&self, name: &str) -> Option<String> {
        self.find(&format!("input[type=hidden][name={name}]"), |found| found.attr("value").map(str::to_owned))
    }

    pub(super) fn title(&self) -> String {
        self.find("h1", |found| Some(text_of(found))).unwrap_or_default()
    }

    pub(super) fn shows(&self, words: &str) -> bool {
        let document = Html::parse_document(&self.html);
        select(&document, "p, td, h1").into_iter().any(|found| text_of(found).contains(words))
    }

    /// Whether a field or a box is called so.
    pub(super) fn shows_label(&self, label: &str) -> bool {
        self.find("label", |found| (text_of(found) == label).then(String::new)).is_some()
    }

    pub(super) fn alerts(&self) -> Vec<String> {
        let document = Html::parse_document(&self.html);
        select(&document, "[role=alert]").into_iter().map(text_of).collect()
    }

    pub(super) fn buttons(&self) -> Vec<String> {
        let document = Html::parse_document(&self.html);
        select(&document, "button, a").into_iter().map(text_of).collect()
    }

    pub(super) fn has_cookie(&self, host: &str, name: &str) -> bool {
        self.cookies.contains_key(&(host.to_owned(), name.to_owned()))
    }

    /// Forgets the cookies that end with the browser's session.
    pub(super) fn restart(&mut self) {
        self.cookies.retain(|(_, name), _| name == "ESTSAUTHPERSISTENT");
    }

    fn fields(&self, form: ElementRef<'_>) -> Vec<(String, String)> {
        let named = selector("input[name], select[name]");
        let inputs = form.select(&named).filter_map(|input| {
            let name = input.attr("name").unwrap().to_owned();
            let option = |css: &str| input.select(&selector(css)).next().map(text_of);
            let chosen = || option("option[selected]").or_else(|| option("option"));
            let value = input.attr("value").map(str::to_owned).or_else(chosen).unwrap_or_default();
            let typed = self.typed.get(&name).cloned();
            let is_box = matches!(input.attr("type"), Some("checkbox" | "radio"));
            let is_sent = !is_box || typed.as_ref().map_or(input.attr("checked").is_some(), |typed| *typed == value);
            is_sent.then(|| (name, typed.unwrap_or(value)))
        });
        inputs.collect()
    }

    /// What `read` makes of the first element that it makes something of.
    fn find(&self, css: &str, read: impl Fn(ElementRef<'_>) -> Option<String>) -> Option<String> {
        let document = Html::parse_document(&self.html);
        select(&document, css).into_iter().find_map(read)
    }

    fn fetch(&mut self, url: Url, form: Option<Vec<(String, String)>>) -> &mut Self {
        self.typed.clear();
        let (mut url, mut form) = (url, form);
        for _ in 0..20 {
            let (status, headers, html) = self.exchange(&url, form.take());
            self.trail.push(url.clone());
            (self.status, self.html) = (status, html);
            match headers.get(LOCATION) {
                Some(to) => url = url.join(to.to_str().unwrap()).unwrap(),
                None => {
                    self.url = url;
                    return self.submit_by_itself();
                }
            }
        }
        panic!("redirected for ever: {:?}", self.trail);
    }

    fn submit_by_itself(&mut self) -> &mut Self {
        let document = Html::parse_document(&self.html);
        let Some(form) = select(&document, "form[data-auto-submit]").first().copied() else { return self };
        let (fields, action) = (self.fields(form), self.url.join(form.attr("action").unwrap()).unwrap());
        self.fetch(action, Some(fields))
    }

    fn exchange(&mut self, url: &Url, form: Option<Vec<(String, String)>>) -> (u16, HeaderMap, String) {
        let host = url.host_str().unwrap().to_owned();
        let pairs = self.cookies.iter().filter(|((of, _), _)| *of == host);
        let cookies: Vec<String> = pairs.map(|((_, name), value)| format!("{name}={value}")).collect();
        let mut request = Request::builder().uri(url.as_str()).header(HOST, &host).header(COOKIE, cookies.join("; "));
        if let Some(credential) = self.credential.as_ref().filter(|_| url.path().ends_with("/authorize")) {
            let nonce = url.query_pairs().find(|(name, _)| name == "sso_nonce").map(|(_, nonce)| nonce.into_owned());
            request = request.header("x-ms-RefreshTokenCredential", credential(nonce.as_deref()));
        }
        let request = match form {
            Some(fields) => {
                let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
                let content = "application/x-www-form-urlencoded";
                request.method("POST").header(CONTENT_TYPE, content).body(Body::from(body))
            }
            None => request.body(Body::empty()),
        };
        let response = run(async {
            let response = self.router.clone().oneshot(request.unwrap()).await.unwrap();
            let (parts, body) = response.into_parts();
            (parts, body.collect().await.unwrap().to_bytes())
        });
        let (parts, body) = response;
        for cookie in parts.headers.get_all(SET_COOKIE) {
            self.keep(&host, cookie.to_str().unwrap());
        }
        (parts.status.as_u16(), parts.headers, String::from_utf8(body.to_vec()).unwrap())
    }

    fn keep(&mut self, host: &str, cookie: &str) {
        let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
        let key = (host.to_owned(), name.to_owned());
        if cookie.contains("Max-Age=0") {
            self.cookies.remove(&key);
        } else {
            self.cookies.insert(key, value.to_owned());
        }
    }
}

/// Runs a future that waits for nothing outside.
pub(super) fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn pick(credential: &Value, path: &Value) -> Value {
    match path {
        Value::String(path) => path.split('.').fold(credential.clone(), |value, name| value[name].clone()),
        Value::Object(paths) => paths.iter().map(|(name, path)| (name.clone(), pick(credential, path))).collect(),
        other => panic!("{other} is no path"),
    }
}

fn as_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn select<'a>(document: &'a Html, css: &str) -> Vec<ElementRef<'a>> {
    document.select(&selector(css)).collect()
}

fn selector(css: &str) -> Selector {
    Selector::parse(css).unwrap()
}

/// The attribute of an element with these words.
fn attribute_if(element: ElementRef<'_>, words: &str, name: &str) -> Option<String> {
    (text_of(element) == words).then(|| element.attr(name).map(str::to_owned)).flatten()
}

fn text_of(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().trim().to_owned()
}
