//! What single elements mean, whatever stands around them.

use scraper::{CaseSensitivity, ElementRef};

use crate::browser::page::{Check, Choice, Echo, Form, FormMethod, Kind, Start};
use crate::browser::text::{Links, is_icon, words};

/// A `<form>`.
pub(super) fn form(element: ElementRef<'_>) -> Form {
    let is_set = |name: &str| element.attr(name).is_some();
    Form {
        id: element.attr("id").map(str::to_owned),
        action: element.attr("action").map(str::to_owned),
        method: element.attr("method").map_or(FormMethod::Get, method),
        start: if is_set("data-auto-submit") { Start::Load } else { Start::Button },
        check: if is_set("novalidate") { Check::Nothing } else { Check::Required },
    }
}

/// The kind of a control; `None` for a link that leads nowhere and for controls that pages of the lab do not use.
pub(super) fn kind(element: ElementRef<'_>) -> Option<Kind> {
    let input_type = element.attr("type").unwrap_or_default().to_ascii_lowercase();
    match (element.value().name(), input_type.as_str()) {
        ("a", _) => Some(Kind::Link { href: element.attr("href")?.to_owned(), pictures: pictures(element) }),
        ("button", _) | ("input", "submit") => Some(submit(element)),
        ("select", _) => Some(select(element)),
        ("textarea", _) => Some(text(element, element.text().collect(), Echo::Plain)),
        ("input", "hidden") => Some(Kind::Hidden { value: value(element) }),
        ("input", "checkbox") => Some(Kind::Checkbox { value: value_or_on(element), checked: is_checked(element) }),
        ("input", "radio") => Some(Kind::Radio { value: value_or_on(element), checked: is_checked(element) }),
        ("input", "file" | "image" | "button" | "reset") => None,
        ("input", "password") => Some(text(element, value(element), Echo::Dots)),
        ("input", _) => Some(text(element, value(element), Echo::Plain)),
        _ => None,
    }
}

/// Whether the words of an element stand on the screen as a text.
pub(super) fn is_text(element: ElementRef<'_>) -> bool {
    matches!(element.value().name(), "p" | "li") || element.attr("role") == Some("alert")
}

/// The id of the control that a label names.
pub(super) fn label_target(element: ElementRef<'_>) -> Option<String> {
    let target = element.attr("for").filter(|_| element.value().name() == "label")?;
    Some(target.to_owned())
}

pub(super) fn has_class(element: ElementRef<'_>, class: &str) -> bool {
    element.value().has_class(class, CaseSensitivity::CaseSensitive)
}

/// The rows of a table that have cells, not those of a table within it.
pub(super) fn own_rows(table: ElementRef<'_>) -> Vec<ElementRef<'_>> {
    let is = |element: &ElementRef<'_>, tags: &[&str]| tags.contains(&element.value().name());
    let mut rows = Vec::new();
    for child in table.child_elements() {
        if is(&child, &["tr"]) {
            rows.push(child);
        } else if is(&child, &["thead", "tbody", "tfoot"]) {
            rows.extend(child.child_elements().filter(|row| is(row, &["tr"])));
        }
    }
    rows.retain(|&row| cells(row).next().is_some());
    rows
}

/// Whether a row names columns.
pub(super) fn is_header(row: ElementRef<'_>) -> bool {
    cells(row).all(|cell| cell.value().name() == "th")
}

/// The column names of a header row.
pub(super) fn column_names(row: ElementRef<'_>) -> Vec<String> {
    cells(row).map(cell_text).collect()
}

/// The cells of a row: those with words, and the empty ones that do not hold a button or an icon instead.
pub(super) fn line_cells(row: ElementRef<'_>, columns: &[String]) -> Vec<(String, String)> {
    let mut before = String::new();
    let mut line = Vec::new();
    for (at, cell) in cells(row).enumerate() {
        let text = cell_text(cell);
        if columns.is_empty() && cell.value().name() == "th" {
            before = text;
        } else if !text.is_empty() || !holds_controls(cell) {
            let column = columns.get(at).cloned().unwrap_or_else(|| std::mem::take(&mut before));
            line.push((column, text));
        }
    }
    line
}

/// The words of a cell without its buttons; a cell with nothing but a link shows the link.
pub(super) fn cell_text(cell: ElementRef<'_>) -> String {
    let text = words(cell, Links::LeftOut);
    if text.is_empty() { words(cell, Links::Kept) } else { text }
}

/// The names of the icons within an element.
fn pictures(element: ElementRef<'_>) -> Vec<String> {
    let icons = element.descendent_elements().filter(|icon| is_icon(*icon));
    icons.filter_map(|icon| icon.attr("aria-label")).map(str::to_owned).collect()
}

fn submit(element: ElementRef<'_>) -> Kind {
    Kind::Submit {
        value: value(element),
        action: element.attr("formaction").map(str::to_owned),
        method: element.attr("formmethod").map(method),
        check: if element.attr("formnovalidate").is_some() { Check::Nothing } else { Check::Required },
        pictures: pictures(element),
    }
}

fn text(element: ElementRef<'_>, value: String, echo: Echo) -> Kind {
    let is_set = |name: &str| element.attr(name).is_some();
    Kind::Text { value, echo, readonly: is_set("readonly"), required: is_set("required") }
}

/// A select shows its last selected option, or the first that can be chosen.
fn select(element: ElementRef<'_>) -> Kind {
    let options: Vec<_> = element.descendent_elements().filter(|option| option.value().name() == "option").collect();
    let choices: Vec<Choice> = options.iter().map(|&option| choice(option)).collect();
    let selected = options.iter().rposition(|option| option.attr("selected").is_some());
    let chosen = selected.or_else(|| choices.iter().position(|choice| !choice.disabled));
    Kind::Select { choices, chosen }
}

fn choice(option: ElementRef<'_>) -> Choice {
    let text = words(option, Links::Kept);
    Choice {
        value: option.attr("value").map_or_else(|| text.clone(), str::to_owned),
        disabled: option.attr("disabled").is_some(),
        text,
    }
}

fn method(text: &str) -> FormMethod {
    if text.eq_ignore_ascii_case("post") { FormMethod::Post } else { FormMethod::Get }
}

fn value(element: ElementRef<'_>) -> String {
    element.attr("value").unwrap_or_default().to_owned()
}

fn value_or_on(element: ElementRef<'_>) -> String {
    element.attr("value").unwrap_or("on").to_owned()
}

fn is_checked(element: ElementRef<'_>) -> bool {
    element.attr("checked").is_some()
}

fn cells<'a>(row: ElementRef<'a>) -> impl Iterator<Item = ElementRef<'a>> {
    row.child_elements().filter(|cell| matches!(cell.value().name(), "td" | "th"))
}

fn holds_controls(cell: ElementRef<'_>) -> bool {
    cell.descendent_elements().any(|element| is_icon(element) || kind(element).is_some())
}
