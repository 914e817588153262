//! `docs/guide-coverage.md`.

use super::{Evidence, Guide, Section, Sentence};

/// The page, with a line break at its end.
pub(super) fn render(guide: &Guide) -> String {
    let mut page = HEAD.to_owned();
    page.push_str(&totals(guide));
    for section in &guide.sections {
        page.push_str(&heading(section));
        for sentence in &section.sentences {
            let number = sentence.id;
            page.push_str(&format!("| {number} | {} | {} |\n", cell(&sentence.says), shown(guide, sentence)));
        }
    }
    page
}

fn totals(guide: &Guide) -> String {
    let coverage = guide.coverage();
    let all = guide.sentences().count();
    let (shown, beyond, open) = (coverage.shown, coverage.beyond, coverage.open.len());
    format!("{all} sentences: {shown} shown, {beyond} that no scenario can show, {open} not covered.\n")
}

fn heading(section: &Section) -> String {
    let tag = section.tag.as_ref().map(|tag| format!("`@guide:{tag}`\n\n")).unwrap_or_default();
    format!("\n## {}\n\n{tag}| | the guide says | shown by |\n|---|---|---|\n", section.title)
}

fn shown(guide: &Guide, sentence: &Sentence) -> String {
    if let Some(why) = &sentence.no_scenario {
        return format!("none: {}", cell(why));
    }
    if sentence.shown_by.is_empty() {
        return "**not covered**".to_owned();
    }
    let mut lines: Vec<String> = sentence.shown_by.iter().map(|evidence| line(guide, evidence)).collect();
    lines.extend(sentence.removed_by.as_ref().map(|patch| format!("fails with `{patch}`")));
    lines.join("<br>")
}

/// The step, and the scenario with its file.
fn line(guide: &Guide, evidence: &Evidence) -> String {
    let file = guide.scenario(evidence).map_or("", |written| written.uri.as_str());
    format!("*{}*: {} (`{file}`)", cell(&evidence.scenario), cell(&evidence.then))
}

/// Text that a table's cell shows as it is.
fn cell(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;").replace('*', "\\*").replace('_', "\\_")
}

const HEAD: &str = "\
# What of the guide the scenarios show

HYPR's guide to the Enterprise Passkey with Entra ID, sentence by sentence, in our own words, with the scenarios that
show it: a sentence counts as shown by a `Then` step that fails where it is not true. Some of those removals are kept as
patches and run by `fixtures/breaks/run` ([detection.md](detection.md)).

`passkey-lab guide` writes this page from `fixtures/guide.yaml` and `features/`; `passkey-lab guide --check` fails where
it is not up to date, and CI with it.

";
