//! The words of an element, as a person reads them.

use scraper::{ElementRef, Node};

/// What happens to the words of links.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Links {
    /// They are part of the sentence.
    Kept,
    /// They are buttons, and buttons are not text.
    LeftOut,
}

/// How deep elements may be nested; a page from outside must not exhaust the stack.
pub(crate) const DEPTH_MAX: u16 = 256;

/// Elements that do not break a line.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "dfn", "em", "font", "i", "kbd", "label", "mark", "q", "s",
    "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr",
];

/// Elements whose words are not text: controls, and what is never shown.
const SILENT: &[&str] = &[
    "button", "datalist", "input", "label", "noscript", "option", "script", "select", "style", "template", "textarea",
    "title",
];

/// The words of an element, its own kind apart: those of a label are its text, those of a label within it are not.
/// White space is collapsed.
pub(crate) fn words(element: ElementRef<'_>, links: Links) -> String {
    let mut text = String::new();
    gather(element, links, 0, &mut text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether an element and everything in it is not on the screen.
pub(crate) fn is_hidden(element: ElementRef<'_>) -> bool {
    let style = element.attr("style").unwrap_or_default().replace(' ', "");
    element.attr("hidden").is_some() || style.contains("display:none")
}

/// Whether an element is an icon.
pub(crate) fn is_icon(element: ElementRef<'_>) -> bool {
    element.attr("role") == Some("img")
}

fn gather(element: ElementRef<'_>, links: Links, depth: u16, text: &mut String) {
    if depth > DEPTH_MAX {
        return;
    }
    for child in element.children() {
        if let Node::Text(words) = child.value() {
            text.push_str(words);
        }
        let Some(child) = ElementRef::wrap(child) else { continue };
        let tag = child.value().name();
        let left_out = tag == "a" && links == Links::LeftOut;
        if left_out || SILENT.contains(&tag) || is_hidden(child) || is_icon(child) {
            text.push(' ');
            continue;
        }
        let pause = if INLINE.contains(&tag) { "" } else { " " };
        text.push_str(pause);
        gather(child, links, depth + 1, text);
        text.push_str(pause);
    }
}
