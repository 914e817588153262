//! One navigation: the request it sends, the redirects it follows, what it makes of the answer.

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use url::Url;

use super::html;
use super::page::Page;

/// Redirects that a navigation follows.
const REDIRECTS_MAX: u8 = 20;

/// What a navigation asks for.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) url: Url,
    method: Method,
    body: Bytes,
    /// The origin of the page whose form is posted.
    origin: Option<String>,
}

/// A navigation under way.
pub(crate) struct Load {
    pub(crate) target: Target,
    redirects: u8,
}

/// A file that a page had the browser save.
#[derive(Clone, PartialEq, Eq)]
pub struct Download {
    /// Its name, as the server gave it.
    pub file_name: String,
    /// Its bytes.
    pub body: Bytes,
}

/// What an answer amounts to.
pub(crate) enum Arrival {
    /// A page to show.
    Page(Box<Page>),
    /// A file to save; the page before stays.
    Download(Download),
    /// Nothing; the page before stays.
    Nothing,
    /// Another address.
    Elsewhere(Load),
    /// An answer that no browser can follow, in words for the person.
    Dead(String),
}

impl Target {
    pub(crate) fn get(url: Url) -> Self {
        Self { url, method: Method::GET, body: Bytes::new(), origin: None }
    }

    pub(crate) fn post(url: Url, entries: String, document: &Url) -> Self {
        let origin = Some(document.origin().ascii_serialization());
        Self { url, method: Method::POST, body: entries.into(), origin }
    }

    /// The request, without what the browser adds for itself.
    pub(crate) fn request(&self) -> Result<Request<Bytes>, http::Error> {
        let mut url = self.url.clone();
        url.set_fragment(None);
        let mut request = Request::builder().method(self.method.clone()).uri(url.as_str());
        request = request.header(header::ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8");
        if let Some(origin) = &self.origin {
            request = request
                .header(header::ORIGIN, origin)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        request.body(self.body.clone())
    }

    /// Where a redirect leads (Fetch §4.4): 307 and 308 repeat the request, the others turn a post into a get.
    fn redirected(&self, status: StatusCode, location: &str) -> Result<Self, String> {
        let mut url = self.url.join(location).map_err(|error| format!("redirects to no address: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("redirects to {:?}, which is not on the web", url.scheme()));
        }
        if url.fragment().is_none() {
            url.set_fragment(self.url.fragment());
        }
        let repeats = matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
        Ok(if repeats { Self { url, ..self.clone() } } else { Self::get(url) })
    }
}

impl Load {
    pub(crate) fn new(target: Target) -> Self {
        Self { target, redirects: 0 }
    }

    /// What the answer amounts to.
    pub(crate) fn arrive(self, response: &Response<Bytes>) -> Arrival {
        let host = self.target.url.host_str().unwrap_or_default().to_owned();
        if let Some(location) = location(response) {
            return match self.target.redirected(response.status(), &location) {
                Ok(_) if self.redirects == REDIRECTS_MAX => {
                    Arrival::Dead(format!("{host} redirected you too many times."))
                }
                Ok(target) => Arrival::Elsewhere(Self { target, redirects: self.redirects + 1 }),
                Err(problem) => Arrival::Dead(format!("{host} sent an invalid response: it {problem}.")),
            };
        }
        if let Some(file_name) = attachment(response) {
            return Arrival::Download(Download { file_name, body: response.body().clone() });
        }
        match response.status() {
            StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT => Arrival::Nothing,
            status if !status.is_success() && response.body().is_empty() => {
                Arrival::Dead(format!("HTTP ERROR {}", status.as_u16()))
            }
            _ => Arrival::Page(Box::new(page(&self.target.url, response))),
        }
    }
}

impl std::fmt::Debug for Download {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Control Center's download holds an install token.
        write!(f, "Download({:?}, {} bytes)", self.file_name, self.body.len())
    }
}

/// HTML is read, anything else is shown as text. A page without a name goes by its host.
fn page(url: &Url, response: &Response<Bytes>) -> Page {
    let body = String::from_utf8_lossy(response.body());
    let mut page =
        if is_html(response) { html::read(&body) } else { Page { texts: vec![body.into_owned()], ..Page::default() } };
    if page.title.is_empty() {
        page.title = url.host_str().unwrap_or_default().to_owned();
    }
    page
}

/// An answer that does not say what it is counts as HTML when it begins like it.
fn is_html(response: &Response<Bytes>) -> bool {
    match header_text(response, header::CONTENT_TYPE) {
        Some(kind) => kind.starts_with("text/html") || kind.starts_with("application/xhtml+xml"),
        None => response.body().trim_ascii_start().starts_with(b"<"),
    }
}

fn location(response: &Response<Bytes>) -> Option<String> {
    let redirects = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    let location = response.headers().get(header::LOCATION).filter(|_| redirects)?;
    Some(String::from_utf8_lossy(location.as_bytes()).into_owned())
}

/// The file name of `Content-Disposition: attachment` (RFC 6266), without any folders.
fn attachment(response: &Response<Bytes>) -> Option<String> {
    let disposition = header_text(response, header::CONTENT_DISPOSITION)?;
    let mut parts = disposition.split(';').map(str::trim);
    parts.next().filter(|kind| kind.eq_ignore_ascii_case("attachment"))?;
    let quoted = parts.find_map(|part| part.strip_prefix("filename="));
    let name = quoted.unwrap_or("download").trim_matches('"');
    Some(name.rsplit(['/', '\\']).next().unwrap_or(name).to_owned())
}

fn header_text(response: &Response<Bytes>, name: header::HeaderName) -> Option<&str> {
    response.headers().get(name)?.to_str().ok()
}
