//! A page as data: what one template turns into HTML.

/// What a request comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Body,
    pub(crate) cookies: Vec<Cookie>,
}

/// A page, or the way to one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    Page(Box<Page>),
    /// 302 to this place.
    Redirect(String),
}

/// A cookie to set on the host that answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cookie {
    pub(crate) name: &'static str,
    pub(crate) value: String,
    pub(crate) life: CookieLife,
}

/// How long a browser keeps a cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CookieLife {
    /// Until it is closed.
    Session,
    /// 90 days.
    Persistent,
    /// Not any longer.
    Deleted,
}

/// One page, top to bottom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) title: String,
    /// What stands around the page, in an application that has more of them.
    pub(crate) frame: Option<Frame>,
    pub(crate) alerts: Vec<String>,
    pub(crate) texts: Vec<String>,
    /// Names and their values.
    pub(crate) facts: Vec<(&'static str, String)>,
    pub(crate) table: Option<Table>,
    pub(crate) forms: Vec<PageForm>,
    pub(crate) links: Vec<Link>,
    /// The WebAuthn block, as JSON.
    pub(crate) ceremony: Option<String>,
}

/// The bar, the way here and the menu beside a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Frame {
    /// The application's name.
    pub(crate) product: &'static str,
    /// Who is signed in.
    pub(crate) account: String,
    pub(crate) sign_out: &'static str,
    /// The pages above this one, outermost first.
    pub(crate) trail: Vec<Link>,
    pub(crate) menu: Vec<Link>,
    /// What can be done here, and the tabs of a page that has some.
    pub(crate) commands: Vec<Link>,
    /// The address of the page itself.
    pub(crate) path: String,
}

/// A table whose lines may end in links.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) columns: Vec<&'static str>,
    pub(crate) rows: Vec<(Vec<Cell>, Vec<Link>)>,
}

/// A cell: its text, and where it leads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) href: Option<String>,
}

/// A form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PageForm {
    pub(crate) action: String,
    pub(crate) hidden: Vec<(String, String)>,
    pub(crate) inputs: Vec<Input>,
    pub(crate) buttons: Vec<Button>,
    pub(crate) submission: Submission,
}

/// What sends a form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Submission {
    /// One of its buttons.
    #[default]
    ByHand,
    /// The page itself, on loading.
    Automatic,
    /// The page's WebAuthn ceremony, when it has ended.
    ByCeremony,
}

/// A labelled input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) label: &'static str,
    pub(crate) kind: InputKind,
    pub(crate) value: String,
}

/// What goes into an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum InputKind {
    Text,
    /// A text with its own button, which sends the form with `do=search`.
    Search,
    Password,
    /// One of these.
    Choice(Vec<&'static str>),
    /// One of these, all of them in sight.
    Radio(Vec<&'static str>),
    /// A box; the input's value is sent when it is ticked.
    Tick(Ticked),
}

/// How a box stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ticked {
    Yes,
    No,
}

/// A button of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Button {
    pub(crate) label: String,
    pub(crate) name: &'static str,
    pub(crate) value: &'static str,
}

/// A link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) label: String,
    pub(crate) href: String,
}

/// The id of the form that a ceremony sends.
pub(crate) const CEREMONY_FORM: &str = "webauthn-form";

impl Answer {
    pub(crate) fn redirect(to: impl Into<String>) -> Self {
        Self { status: 302, body: Body::Redirect(to.into()), cookies: Vec::new() }
    }

    /// The same with one more cookie.
    pub(crate) fn with_cookie(mut self, name: &'static str, value: &str, life: CookieLife) -> Self {
        self.cookies.push(Cookie { name, value: value.to_owned(), life });
        self
    }
}

impl From<Page> for Answer {
    fn from(page: Page) -> Self {
        Self { status: 200, body: Body::Page(Box::new(page)), cookies: Vec::new() }
    }
}

impl Page {
    pub(crate) fn new(title: &str, texts: &[&str]) -> Self {
        let texts = texts.iter().map(|&text| text.to_owned()).collect();
        Self { title: title.to_owned(), texts, ..Self::default() }
    }

    /// The same with a message; an empty list adds none.
    pub(crate) fn with_alerts(mut self, alerts: &[String]) -> Self {
        self.alerts.extend_from_slice(alerts);
        self
    }

    pub(crate) fn with_form(mut self, form: PageForm) -> Self {
        self.forms.push(form);
        self
    }

    pub(crate) fn with_link(mut self, label: impl Into<String>, href: impl Into<String>) -> Self {
        self.links.push(Link::new(label, href));
        self
    }

    /// A link at the top of a framed page.
    pub(crate) fn with_command(mut self, label: impl Into<String>, href: impl Into<String>) -> Self {
        let frame = self.frame.get_or_insert_default();
        frame.commands.push(Link::new(label, href));
        self
    }

    pub(crate) fn with_fact(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.facts.push((name, value.into()));
        self
    }

    pub(crate) fn with_table(mut self, columns: &[&'static str], rows: Vec<(Vec<Cell>, Vec<Link>)>) -> Self {
        self.table = Some(Table { columns: columns.to_vec(), rows });
        self
    }

    /// The page with which a request that cannot go on ends: HTTP 400.
    pub(crate) fn into_bad_request(self) -> Answer {
        Answer { status: 400, ..self.into() }
    }
}

impl Link {
    pub(crate) fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into() }
    }
}

impl Cell {
    /// A cell that leads somewhere.
    pub(crate) fn link(text: &str, href: impl Into<String>) -> Self {
        Self { text: text.to_owned(), href: Some(href.into()) }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self { text: text.into(), href: None }
    }
}

impl PageForm {
    pub(crate) fn to(action: impl Into<String>) -> Self {
        Self { action: action.into(), ..Self::default() }
    }

    pub(crate) fn hidden(mut self, name: &str, value: impl Into<String>) -> Self {
        self.hidden.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn input(mut self, name: impl Into<String>, label: &'static str, kind: InputKind, value: &str) -> Self {
        self.inputs.push(Input { name: name.into(), label, kind, value: value.to_owned() });
        self
    }

    /// A button that sends the form and nothing of its own.
    pub(crate) fn button(self, label: &str) -> Self {
        self.choice(label, "", "")
    }

    /// A button that also sends which one it was.
    pub(crate) fn choice(mut self, label: &str, name: &'static str, value: &'static str) -> Self {
        self.buttons.push(Button { label: label.to_owned(), name, value });
        self
    }
}
