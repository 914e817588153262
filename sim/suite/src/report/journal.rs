//! `journal.ndjson`: what happened in every lab. Byte-identical for the same seed, whatever `--jobs`.

use serde_json::{Map, Value};

use crate::{Case, Outcome};

pub(super) fn render(outcome: &Outcome) -> String {
    let runs = outcome.cases().filter_map(|(case, run)| Some((case, run?)));
    super::ndjson(runs.flat_map(|(case, run)| run.journal.iter().map(|entry| line(case, entry))))
}

fn line(case: &Case, entry: &Map<String, Value>) -> Value {
    let mut line = Map::new();
    line.insert("scenario".to_owned(), format!("{}:{}", case.uri, case.line).into());
    line.insert("row".to_owned(), case.row.into());
    line.extend(entry.iter().map(|(key, value)| (key.clone(), value.clone())));
    Value::Object(line)
}
