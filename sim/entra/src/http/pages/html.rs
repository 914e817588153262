//! An answer of the core as an HTTP response; the one template of all pages.

use askama::Template;
use axum::body::Body;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION, SET_COOKIE};
use http::response::Builder;

use super::guard::guarded;
use crate::origin::Origin;
use crate::pages::{Answer, Body as PageBody, CEREMONY_FORM, Cookie, CookieLife, InputKind, Page, Submission, Ticked};

#[derive(Template)]
#[template(path = "page.html")]
struct PageTemplate<'a> {
    page: &'a Page,
    ceremony_form: &'static str,
    /// JSON that cannot end the script element that it stands in.
    ceremony: Option<String>,
}

/// The response for an answer to a client that may use another name than Microsoft's: its forms and links lead there.
pub(super) fn respond_to(origin: &Origin, mut answer: Answer) -> Response {
    if let PageBody::Page(page) = &mut answer.body {
        // A form that sends itself goes to the client, whose address is its own.
        let forms = page.forms.iter_mut().filter(|form| form.submission != Submission::Automatic);
        forms.for_each(|form| form.action = origin.link(&form.action));
        page.links.iter_mut().for_each(|link| link.href = origin.link(&link.href));
    }
    respond(&answer)
}

/// The response for an answer.
pub(super) fn respond(answer: &Answer) -> Response {
    let builder = Response::builder().status(answer.status).header(CACHE_CONTROL, "no-store, no-cache");
    let builder = answer.cookies.iter().fold(builder, with_cookie);
    match &answer.body {
        PageBody::Redirect(to) => builder.header(LOCATION, to).body(Body::empty()),
        PageBody::Page(page) => {
            let body = Body::from(render(page));
            guarded(builder.header(CONTENT_TYPE, "text/html; charset=utf-8")).body(body)
        }
    }
    .expect("statuses are valid, and redirects and cookies are URL-encoded")
}

fn with_cookie(builder: Builder, cookie: &Cookie) -> Builder {
    let life = match cookie.life {
        CookieLife::Session => "",
        CookieLife::Persistent => "; Max-Age=7776000",
        CookieLife::Deleted => "; Max-Age=0",
    };
    let Cookie { name, value, .. } = cookie;
    builder.header(SET_COOKIE, format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=None{life}"))
}

pub(super) fn render(page: &Page) -> String {
    let ceremony = page.ceremony.as_ref().map(|json| json.replace('<', "\\u003c"));
    let template = PageTemplate { page, ceremony_form: CEREMONY_FORM, ceremony };
    template.render().expect("writing to a String cannot fail")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::{PageForm, Table};

    #[test]
    fn what_people_type_is_escaped_also_within_the_script_block() {
        let mut page = Page::new("<b>", &["a & b"]);
        page.ceremony = Some(r#"{"name":"</script>"}"#.into());
        let html = render(&page);
        assert!(html.contains("<h1>&#60;b&#62;</h1>"), "{html}");
        assert!(html.contains(r#"{"name":"\u003c/script>"}"#), "{html}");
    }

    #[test]
    fn a_form_has_labels_for_its_fields_and_says_how_it_is_sent() {
        let form = PageForm { submission: Submission::Automatic, ..PageForm::to("https://a.example/") };
        let form = form.hidden("code", "1").input("otc", "Code", InputKind::Text, "x").choice("Yes", "keep", "1");
        let html = render(&Page::new("T", &[]).with_form(form));
        for part in [
            r#"<form method="post" action="https://a.example/" data-auto-submit>"#,
            r#"<input type="hidden" name="code" value="1">"#,
            r#"<label for="otc">Code</label>"#,
            r#"<input id="otc" name="otc" type="text" value="x" autocomplete="off" autofocus>"#,
            r#"<button type="submit" name="keep" value="1">Yes</button>"#,
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
    }

    #[test]
    fn a_table_has_a_header_for_each_column() {
        let rows = vec![(vec!["Phone".into(), "+X".into()], Vec::new())];
        let page = Page { table: Some(Table { columns: vec!["Method", "Name"], rows }), ..Page::new("T", &[]) };
        let html = render(&page);
        assert!(html.contains("<tr><th>Method</th><th>Name</th><th></th></tr>"), "{html}");
        let row = r#"<tr><td id="cell-1-1">Phone</td><td id="cell-1-2">+X</td><td></td></tr>"#;
        assert!(html.contains(row), "{html}");
    }
}
