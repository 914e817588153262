//! Reports of shards, joined into the report that one machine would have written.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::{Map, Value};

use crate::{
    Case, CouldNotRun, Outcome, Plan, Reports, Run, RunOptions,
    definitions::Definitions,
    report::{self, record},
};

/// Joins the reports in `folders`, one of each shard, and writes the whole report into `into`.
///
/// The feature files have to be those that the shards ran: the plan is read anew and compared with theirs.
///
/// # Errors
///
/// When a report cannot be read, or the shards do not make one run: they are of different plans, seeds or splits, one is
/// there twice or missing, or a scenario is.
pub fn merge(folders: &[PathBuf], scenarios: &Path, into: &Path) -> Result<Outcome, CouldNotRun> {
    let shards = folders.iter().map(|folder| Part::read(folder)).collect::<Result<Vec<_>, _>>()?;
    agree(&shards)?;
    let head = &shards.first().ok_or_else(|| refused("no report folder was named"))?.record.head;
    let options = RunOptions {
        paths: head.paths.clone(),
        scenarios: scenarios.to_owned(),
        tags: head.tags.clone(),
        name: head.name.clone(),
        seed: head.seed,
        report_dir: into.to_owned(),
        ..RunOptions::default()
    };
    let plan = Plan::read(&options)
        .map_err(|error| refused(&format!("the feature files that the shards ran cannot be read here: {error}")))?;
    if plan.digest != head.plan {
        return Err(refused("the feature files here are not those that the shards ran"));
    }
    let started = shards.iter().map(|shard| shard.record.head.started).min().unwrap_or(head.started);
    let longest = shards.iter().map(|shard| shard.record.head.duration_us).max().unwrap_or_default();
    let runs = gather(&plan, shards)?;
    let reports = Reports::prepare(into)?;
    let outcome = Outcome { options, plan, runs, started, duration: Duration::from_micros(longest), reports };
    match report::write(&outcome, &Definitions::of_this_binary()) {
        Ok(()) => Ok(outcome),
        Err((path, source)) => Err(CouldNotRun::NotReported { path, source, outcome: Box::new(outcome) }),
    }
}

/// One shard's report.
struct Part {
    folder: PathBuf,
    record: record::Record,
    journal: Journal,
}

/// A journal's lines by file, line and row of their case.
type Journal = BTreeMap<(String, u64), Vec<Map<String, Value>>>;

impl Part {
    fn read(folder: &Path) -> Result<Self, CouldNotRun> {
        let file = folder.join(record::FILE);
        let text = read(&file)?;
        let record = record::Record::parse(&file, &text)?;
        let journal = journal(&read(&folder.join("journal.ndjson"))?)
            .ok_or_else(|| refused(&format!("{} is no journal", folder.join("journal.ndjson").display())))?;
        Ok(Self { folder: folder.to_owned(), record, journal })
    }

    fn name(&self) -> String {
        self.folder.display().to_string()
    }
}

fn read(file: &Path) -> Result<Vec<u8>, CouldNotRun> {
    fs::read(file).map_err(|source| CouldNotRun::Unreadable { path: file.to_owned(), source })
}

fn journal(text: &[u8]) -> Option<Journal> {
    let mut entries = Journal::new();
    for line in std::str::from_utf8(text).ok()?.lines() {
        let mut entry: Map<String, Value> = serde_json::from_str(line).ok()?;
        let scenario = entry.shift_remove("scenario")?.as_str()?.to_owned();
        let row = entry.shift_remove("row")?.as_u64()?;
        entries.entry((scenario, row)).or_default().push(entry);
    }
    Some(entries)
}

/// Every shard of one split is there, once.
fn agree(shards: &[Part]) -> Result<(), CouldNotRun> {
    let mut seen = BTreeMap::new();
    for part in shards {
        let shard = part.record.shard().ok_or_else(|| refused(&format!("{} is no shard's report", part.name())))?;
        let first = &shards[0];
        let split = |it: &Part| {
            let head = &it.record.head;
            [
                ("the number of shards", it.record.shard().map(|shard| shard.of.to_string())),
                ("the plan", Some(head.plan.clone())),
                ("the durations", head.durations.clone()),
                ("the seed", Some(head.seed.to_string())),
                ("the version of passkey-lab", Some(head.passkey_lab.clone())),
            ]
        };
        if let Some(((what, _), _)) = split(first).iter().zip(&split(part)).find(|(one, other)| one != other) {
            return Err(refused(&format!("{} and {} differ in {what}", first.name(), part.name())));
        }
        if let Some(other) = seen.insert(shard.number, part.name()) {
            return Err(refused(&format!("{other} and {} both are shard {shard}", part.name())));
        }
    }
    let of = shards.first().and_then(|part| part.record.shard()).map_or(0, |shard| shard.of.get());
    let missing: Vec<String> =
        (1..=of).filter(|number| !seen.keys().any(|it| it.get() == *number)).map(|it| format!("{it}/{of}")).collect();
    if missing.is_empty() { Ok(()) } else { Err(refused(&format!("shard {} is missing", missing.join(", ")))) }
}

/// The run of each case of the plan.
fn gather(plan: &Plan, shards: Vec<Part>) -> Result<Vec<Option<Run>>, CouldNotRun> {
    let mut found: BTreeMap<(String, usize, usize), (String, Option<Run>)> = BTreeMap::new();
    for mut part in shards {
        let name = part.name();
        for case in part.record.cases {
            let entries = part.journal.remove(&(format!("{}:{}", case.uri, case.line), case.row as u64));
            let twice = format!("have {:?} ({}:{})", case.name, case.uri, case.line);
            let run = case.run.map(|run| run.run(entries.unwrap_or_default()));
            if let Some((other, _)) = found.insert((case.uri, case.line, case.row), (name.clone(), run)) {
                return Err(refused(&format!("{other} and {name} both {twice}")));
            }
        }
    }
    let run = |case: &Case| {
        let missing = || refused(&format!("no shard has {:?} ({}:{})", case.name, case.uri, case.line));
        found.remove(&(case.uri.clone(), case.line, case.row)).map(|(_, run)| run).ok_or_else(missing)
    };
    plan.cases.iter().map(run).collect()
}

fn refused(problem: &str) -> CouldNotRun {
    CouldNotRun::Shards { problem: problem.to_owned() }
}
