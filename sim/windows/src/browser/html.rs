//! HTML to [`Page`]: the rules that pages of the lab follow.
//!
//! - The title is the first `<h1>`; a page without one goes by its `<title>`.
//! - Texts are `<p>`, `<li>` outside lines, and `[role=alert]`, outermost first; links belong to the sentence, buttons
//!   do not, and an element that holds only links and buttons is no text.
//! - Fields are inputs, selects and textareas with their `<label>`; `aria-label` or `placeholder` stand in for it.
//! - Buttons are `<button>`, `<a href>`, `input[type=submit]` and radio buttons.
//! - Lines are the `<tr>` of a table whose header row has only `<th>`, and the `<li>` of `<ul class="rows">`. A cell's
//!   value leaves its buttons and links out; a cell with nothing but a link shows the link.
//! - Icons are `[role=img]`: `aria-label` is the name, `title` the words on hovering.
//! - What is `hidden` or `display:none` is not shown, but its inputs are submitted.

use std::collections::BTreeMap;

use clockwork::Icon;
use scraper::{ElementRef, Html};

use super::page::{Control, Kind, Line, Page};
use super::text::{DEPTH_MAX, Links, is_hidden, is_icon, words};
use super::webauthn_block::Block;

mod parts;

/// Reads a document.
pub(crate) fn read(html: &str) -> Page {
    let document = Html::parse_document(html);
    let root = document.root_element();
    let elements = || root.descendent_elements();
    let forms: Vec<ElementRef<'_>> = elements().filter(|element| element.value().name() == "form").collect();
    let labels =
        elements().filter_map(|element| Some((parts::label_target(element)?, words(element, Links::Kept)))).collect();
    let page = Page { forms: forms.iter().map(|&form| parts::form(form)).collect(), ..Page::default() };
    let mut reader = Reader { forms, labels, page };
    reader.walk(root, Context::default());
    if reader.page.title.is_empty() {
        let title = elements().find(|element| element.value().name() == "title");
        reader.page.title = title.map(|title| words(title, Links::Kept)).unwrap_or_default();
    }
    reader.page
}

struct Reader<'a> {
    forms: Vec<ElementRef<'a>>,
    /// Label text by the id of the control.
    labels: BTreeMap<String, String>,
    page: Page,
}

/// Where in the document the reader is.
#[derive(Clone, Copy, Default)]
struct Context<'a> {
    form: Option<usize>,
    row: Option<usize>,
    /// The label around.
    label: Option<ElementRef<'a>>,
    hidden: bool,
    disabled: bool,
    /// Within an element whose words are on the screen already.
    read: bool,
    depth: u16,
}

impl<'a> Reader<'a> {
    fn walk(&mut self, element: ElementRef<'a>, context: Context<'a>) {
        if context.depth > DEPTH_MAX {
            return;
        }
        let context = Context { depth: context.depth + 1, ..context };
        for child in element.child_elements() {
            self.visit(child, context);
        }
    }

    fn visit(&mut self, element: ElementRef<'a>, mut context: Context<'a>) {
        context.hidden |= is_hidden(element);
        if is_icon(element) {
            self.icon(element, context);
            return self.control(element, context);
        }
        match element.value().name() {
            "script" => return self.script(element),
            "style" | "template" | "noscript" => return,
            "h1" if !context.hidden && self.page.title.is_empty() => self.page.title = words(element, Links::Kept),
            "form" => context.form = self.forms.iter().position(|form| *form == element),
            "fieldset" => context.disabled |= element.attr("disabled").is_some(),
            "label" => context.label = Some(element),
            "table" if context.row.is_none() => return self.table(element, context),
            "ul" | "ol" if context.row.is_none() && parts::has_class(element, "rows") => {
                return self.list(element, context);
            }
            "input" | "select" | "textarea" | "button" | "a" => self.control(element, context),
            _ => {}
        }
        if parts::is_text(element) {
            self.text(element, &mut context);
        }
        self.walk(element, context);
    }

    fn script(&mut self, element: ElementRef<'a>) {
        let is_block = element.attr("id") == Some("webauthn") && element.attr("type") == Some("application/json");
        if is_block && self.page.webauthn.is_none() {
            let json: String = element.text().collect();
            self.page.webauthn = Some(Block::parse(&json));
        }
    }

    fn icon(&mut self, element: ElementRef<'a>, context: Context<'a>) {
        let name = element.attr("aria-label").unwrap_or_default();
        if context.hidden || name.is_empty() {
            return;
        }
        let icon = Icon::new(name, element.attr("title").unwrap_or_default());
        match context.row {
            Some(row) => self.page.rows[row].icons.push(icon),
            None => self.page.icons.push(icon),
        }
    }

    fn text(&mut self, element: ElementRef<'a>, context: &mut Context<'a>) {
        let says_something = !words(element, Links::LeftOut).is_empty();
        if says_something && !context.hidden && !context.read && context.row.is_none() {
            self.page.texts.push(words(element, Links::Kept));
            context.read = true;
        }
    }

    /// The header row names the columns; a table without one names a cell by the `<th>` before it.
    fn table(&mut self, table: ElementRef<'a>, context: Context<'a>) {
        let rows = parts::own_rows(table);
        let header = rows.iter().position(|&row| parts::is_header(row));
        let columns = header.map(|at| parts::column_names(rows[at])).unwrap_or_default();
        for (at, row) in rows.into_iter().enumerate() {
            if Some(at) == header {
                self.walk(row, Context { read: true, ..context });
            } else {
                self.line(row, parts::line_cells(row, &columns), context);
            }
        }
    }

    fn list(&mut self, list: ElementRef<'a>, context: Context<'a>) {
        for item in list.child_elements().filter(|item| item.value().name() == "li") {
            let text = parts::cell_text(item);
            let cells = if text.is_empty() { Vec::new() } else { vec![(String::new(), text)] };
            self.line(item, cells, context);
        }
    }

    fn line(&mut self, element: ElementRef<'a>, cells: Vec<(String, String)>, mut context: Context<'a>) {
        context.hidden |= is_hidden(element);
        if !context.hidden {
            context.row = Some(self.page.rows.len());
            self.page.rows.push(Line { cells, icons: Vec::new() });
        }
        self.walk(element, context);
    }

    fn control(&mut self, element: ElementRef<'a>, context: Context<'a>) {
        let Some(kind) = parts::kind(element) else { return };
        let form = match element.attr("form") {
            Some(id) => self.forms.iter().position(|form| form.attr("id") == Some(id)),
            None => context.form,
        };
        let waits_for_script = matches!(element.attr("type"), Some("button" | "reset"));
        let label = self.label(element, context, &kind);
        let disabled = context.disabled || element.attr("disabled").is_some();
        self.page.controls.push(Control {
            visible: !context.hidden && !label.is_empty(),
            label,
            name: element.attr("name").unwrap_or_default().to_owned(),
            form: form.filter(|_| !waits_for_script),
            row: context.row,
            disabled: disabled || element.attr("aria-disabled") == Some("true"),
            kind,
        });
    }

    fn label(&self, element: ElementRef<'a>, context: Context<'a>, kind: &Kind) -> String {
        let attribute = |name: &str| element.attr(name).map(|words| words.trim().to_owned());
        let candidates = match kind {
            Kind::Submit { value, pictures, .. } if element.value().name() == "input" => {
                [attribute("aria-label"), Some(value.clone()), pictures.first().cloned(), Some("Submit".to_owned())]
            }
            Kind::Submit { pictures, .. } | Kind::Link { pictures, .. } => {
                let text = words(element, Links::Kept);
                [attribute("aria-label"), Some(text), pictures.first().cloned(), attribute("title")]
            }
            _ => {
                let by_id = element.attr("id").and_then(|id| self.labels.get(id)).cloned();
                let around = context.label.map(|label| words(label, Links::Kept));
                [by_id, around, attribute("aria-label"), attribute("placeholder")]
            }
        };
        candidates.into_iter().flatten().find(|label| !label.is_empty()).unwrap_or_default()
    }
}
