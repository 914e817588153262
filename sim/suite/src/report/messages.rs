//! `messages.ndjson`: Cucumber Messages, the stream that the tools of that family read.
//!
//! Ids are numbers in the order of the stream, so that two runs differ in their times alone.

mod document;
mod execution;
mod pickle;

use serde_json::{Value, json};

use self::document::Document;
use crate::{Outcome, definitions::Definitions};

pub(super) fn render(outcome: &Outcome, definitions: &Definitions) -> String {
    let mut stream = Stream::default();
    stream.send("meta", meta());
    let documents = outcome.plan.features.iter().map(|feature| {
        stream.send("source", document::source(feature));
        let document = Document::of(feature, &mut stream.ids);
        stream.send("gherkinDocument", document.message.clone());
        document
    });
    let documents: Vec<Document> = documents.collect();
    let pickles = outcome.plan.cases.iter().map(|case| {
        let pickle = pickle::Pickle::of(case, &documents[case.feature], &mut stream.ids);
        stream.send("pickle", pickle.message.clone());
        pickle
    });
    let pickles: Vec<pickle::Pickle> = pickles.collect();
    execution::send(&mut stream, outcome, definitions, &pickles);
    super::ndjson(stream.envelopes)
}

/// The envelopes so far.
#[derive(Default)]
struct Stream {
    envelopes: Vec<Value>,
    ids: Ids,
}

impl Stream {
    fn send(&mut self, kind: &str, message: Value) {
        self.envelopes.push(json!({ kind: message }));
    }
}

/// Numbers everything that another message may refer to.
#[derive(Default)]
struct Ids(u64);

impl Ids {
    fn next(&mut self) -> String {
        self.0 += 1;
        self.0.to_string()
    }
}

fn meta() -> Value {
    json!({
        "protocolVersion": PROTOCOL_VERSION,
        "implementation": { "name": "passkey-lab", "version": env!("CARGO_PKG_VERSION") },
        "runtime": { "name": "rust", "version": env!("CARGO_PKG_RUST_VERSION") },
        "os": { "name": std::env::consts::OS },
        "cpu": { "name": std::env::consts::ARCH },
    })
}

/// The release of the schema that the reference reader of `.ci/check-reports.py` is pinned to.
const PROTOCOL_VERSION: &str = "34.2.0";
