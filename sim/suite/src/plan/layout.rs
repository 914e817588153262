//! Where things stand in a feature's text, for which the parser keeps no position: tags, table rows, comments.

/// A line and a column of a text, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// A tag, without its `@`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PlacedTag {
    pub(crate) name: String,
    pub(crate) place: Place,
}

/// One row of a table: where each cell's text begins.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PlacedRow {
    pub(crate) place: Place,
    pub(crate) cells: Vec<Place>,
}

/// A comment with its `#`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PlacedComment {
    pub(crate) text: String,
    pub(crate) place: Place,
}

/// The opening line of a doc string.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PlacedDocString {
    pub(crate) place: Place,
    pub(crate) delimiter: &'static str,
    pub(crate) media_type: String,
}

/// The tags that stand above the keyword at `line`, top to bottom.
pub(crate) fn tags_above(text: &str, line: usize) -> Vec<PlacedTag> {
    let lines: Vec<&str> = text.lines().collect();
    let above = lines.iter().enumerate().take(line.saturating_sub(1)).rev();
    let block = above.take_while(|(_, line)| {
        let line = line.trim_start();
        line.is_empty() || line.starts_with(['@', '#'])
    });
    let mut rows: Vec<Vec<PlacedTag>> = block.map(|(index, line)| tags_in(line, index + 1)).collect();
    rows.reverse();
    rows.into_iter().flatten().collect()
}

fn tags_in(line: &str, number: usize) -> Vec<PlacedTag> {
    if !line.trim_start().starts_with('@') {
        return Vec::new();
    }
    let code = line.split(" #").next().unwrap_or_default();
    let starts = code.match_indices('@').map(|(start, _)| start);
    starts
        .map(|start| {
            let rest = &code[start + 1..];
            let end = rest.find(|letter: char| letter.is_whitespace() || letter == '@').unwrap_or(rest.len());
            PlacedTag { name: rest[..end].to_owned(), place: place(line, number, start) }
        })
        .collect()
}

/// The first `count` table rows at or below `line`.
pub(crate) fn table_rows(text: &str, line: usize, count: usize) -> Vec<PlacedRow> {
    let below = text.lines().enumerate().skip(line.saturating_sub(1));
    let rows = below.filter(|(_, line)| line.trim_start().starts_with('|'));
    rows.take(count).map(|(index, line)| row_in(line, index + 1)).collect()
}

/// One row of a table.
pub(crate) fn row_in(line: &str, number: usize) -> PlacedRow {
    let mut bars = Vec::new();
    let mut escaped = false;
    for (index, letter) in line.char_indices() {
        if letter == '|' && !escaped {
            bars.push(index);
        }
        escaped = letter == '\\' && !escaped;
    }
    let cells = bars.windows(2).map(|pair| {
        let cell = &line[pair[0] + 1..pair[1]];
        let indent = cell.len() - cell.trim_start().len();
        place(line, number, pair[0] + 1 + indent)
    });
    PlacedRow { cells: cells.collect(), place: place(line, number, bars.first().copied().unwrap_or_default()) }
}

/// Every comment line outside doc strings.
pub(crate) fn comments(text: &str) -> Vec<PlacedComment> {
    let mut open: Option<&str> = None;
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let trimmed = line.trim_start();
        match (open, delimiter(trimmed)) {
            (None, Some(mark)) => open = Some(mark),
            (Some(mark), Some(_)) if trimmed.starts_with(mark) => open = None,
            (None, None) if trimmed.starts_with('#') => {
                let place = place(line, index + 1, line.len() - trimmed.len());
                found.push(PlacedComment { text: line.to_owned(), place });
            }
            _ => {}
        }
    }
    found
}

/// The doc string that opens right below the step at `line`.
pub(crate) fn doc_string_below(text: &str, line: usize) -> Option<PlacedDocString> {
    let mut below = text.lines().enumerate().skip(line).filter(|(_, line)| !line.trim().is_empty());
    let (index, line) = below.next()?;
    let trimmed = line.trim_start();
    let delimiter = delimiter(trimmed)?;
    let media_type = trimmed[delimiter.len()..].trim().to_owned();
    Some(PlacedDocString { place: place(line, index + 1, line.len() - trimmed.len()), delimiter, media_type })
}

/// The language that a comment at the top names, and its line from 1.
pub(crate) fn language(text: &str) -> Option<(usize, &str)> {
    let top = text.lines().enumerate().take_while(|(_, line)| line.trim().is_empty() || line.trim().starts_with('#'));
    let mut named = top.filter_map(|(index, line)| {
        let rest = line.trim().strip_prefix('#')?.trim_start().strip_prefix("language")?;
        Some((index + 1, rest.trim_start().strip_prefix(':')?.trim()))
    });
    named.next()
}

fn delimiter(trimmed: &str) -> Option<&'static str> {
    ["\"\"\"", "```"].into_iter().find(|mark| trimmed.starts_with(mark))
}

fn place(line: &str, number: usize, byte: usize) -> Place {
    Place { line: number, column: line[..byte].chars().count() + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found_over_several_lines_and_comments() {
        let text = "Feature: x\n\n  @one @two:2 # why\n  # a comment\n  @three\n  Scenario: y\n";
        let found: Vec<_> =
            tags_above(text, 6).into_iter().map(|tag| (tag.name, tag.place.line, tag.place.column)).collect();
        assert_eq!(found, [("one".into(), 3, 3), ("two:2".into(), 3, 8), ("three".into(), 5, 3)]);
        assert_eq!(tags_above(text, 1), []);
    }

    #[test]
    fn rows_are_found_past_comments_and_an_escaped_bar_is_no_border() {
        let text = "Examples:\n  | a | b |\n  # note\n  | é\\| | 2 |\n";
        let rows = table_rows(text, 2, 2);
        assert_eq!(rows[1].place, Place { line: 4, column: 3 });
        assert_eq!(rows[1].cells, [Place { line: 4, column: 5 }, Place { line: 4, column: 11 }]);
    }

    #[test]
    fn a_hash_inside_a_doc_string_is_no_comment() {
        let text = "# yes\nGiven x\n  \"\"\"json\n  # no\n  \"\"\"\n  # also\n";
        let found: Vec<_> = comments(text).into_iter().map(|comment| comment.place.line).collect();
        assert_eq!(found, [1, 6]);
        assert_eq!(doc_string_below(text, 2).map(|doc| doc.media_type), Some("json".to_owned()));
    }
}
