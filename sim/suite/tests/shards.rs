//! A run that is split over machines, and its reports joined.

use std::{
    fs,
    path::{Path, PathBuf},
};

use suite::{Counts, Durations, Outcome, Plan, RunOptions, merge};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Real scenarios, and some whose steps nobody has written, so that failures are joined too.
fn options(shard: Option<&str>, folder: &Path) -> RunOptions {
    RunOptions {
        paths: vec![
            format!("{ROOT}/features/disabled/restricted_domains.feature"),
            concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/pass.feature").to_owned(),
        ],
        scenarios: PathBuf::from(ROOT).join("scenarios"),
        shard: shard.map(|shard| shard.parse().expect("it is one")),
        report_dir: folder.to_owned(),
        ..RunOptions::default()
    }
}

fn run(options: &RunOptions) -> Outcome {
    suite::run(options, &mut |_| {}).expect("the features can be run")
}

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("shards").join(name)
}

fn scenarios() -> PathBuf {
    PathBuf::from(ROOT).join("scenarios")
}

#[test]
fn joined_reports_say_what_one_machine_would_have_said() {
    let whole = run(&options(None, &folder("whole")));
    let parts: Vec<PathBuf> = ["1/3", "2/3", "3/3"].map(|shard| run_shard(shard, "part")).into();
    let joined = merge(&parts, &scenarios(), &folder("joined")).expect("they make one run");
    assert_eq!(joined.counts(), whole.counts());
    assert!(joined.counts().passed > 0 && joined.counts().failed > 0, "{}", joined.counts());
    let journal = |outcome: &Outcome| fs::read_to_string(&outcome.reports.journal).expect("it was written");
    assert_eq!(journal(&joined), journal(&whole));
    let complaints = |outcome: &Outcome| -> Vec<String> {
        outcome.failures().flat_map(|(case, run)| [vec![case.name.clone()], run.complaints()].concat()).collect()
    };
    assert_eq!(complaints(&joined), complaints(&whole));
    let screens =
        |outcome: &Outcome| -> Vec<_> { outcome.cases().map(|(_, run)| run.map(|it| it.screens.clone())).collect() };
    assert_eq!(screens(&joined), screens(&whole));
}

#[test]
fn reports_that_do_not_make_one_run_are_refused() {
    let [one, two] = ["1/2", "2/2"].map(|shard| run_shard(shard, "half"));
    let check = |folders: &[&PathBuf], words: &str| {
        let folders: Vec<PathBuf> = folders.iter().copied().cloned().collect();
        let refused = merge(&folders, &scenarios(), &folder("refused")).expect_err("they make no run").to_string();
        assert!(refused.contains(words), "{refused}");
    };
    check(&[&one], "shard 2/2 is missing");
    check(&[&one, &two, &one], "both are shard 1/2");
    check(&[&one, &folder("nowhere")], "cannot read");
    let other_seed = folder("other-seed");
    run(&RunOptions { seed: 2, ..options(Some("2/2"), &other_seed) });
    check(&[&one, &other_seed], "differ in the seed");
    let other_plan = folder("other-plan");
    run(&RunOptions { name: Some("domain".to_owned()), ..options(Some("2/2"), &other_plan) });
    check(&[&one, &other_plan], "differ in the plan");
    let whole = folder("no-shard");
    run(&RunOptions { name: Some("Saving".to_owned()), ..options(None, &whole) });
    check(&[&whole], "is no shard's report");
    let timed = folder("timed");
    let durations = Durations::read(&one).expect("it is a report");
    run(&RunOptions { durations: Some(durations), ..options(Some("2/2"), &timed) });
    check(&[&one, &timed], "differ in the durations");
}

#[test]
fn a_report_without_a_scenario_is_refused_and_so_is_one_that_has_it_twice() {
    let [one, two] = ["1/2", "2/2"].map(|shard| run_shard(shard, "edited"));
    let file = two.join("run.ndjson");
    let text = fs::read_to_string(&file).expect("it was written");
    let (last, _) = text.trim_end().rsplit_once('\n').expect("it has lines");
    fs::write(&file, last).expect("the folder is ours");
    let refused = merge(&[one.clone(), two.clone()], &scenarios(), &folder("refused-2")).expect_err("one is missing");
    assert!(refused.to_string().contains("no shard has \""), "{refused}");
    let others = fs::read_to_string(one.join("run.ndjson")).expect("it was written");
    let stolen = others.lines().nth(1).expect("it has a case");
    fs::write(&file, format!("{text}{stolen}\n")).expect("the folder is ours");
    let refused = merge(&[one, two], &scenarios(), &folder("refused-3")).expect_err("one is there twice");
    assert!(refused.to_string().contains("both have \""), "{refused}");
}

#[test]
fn every_case_is_in_one_shard_whatever_it_took() {
    let timed = run_shard("1/1", "timing");
    let durations = Durations::read(&timed).expect("it is a report");
    let plan = |shard: Option<&str>, durations: Option<Durations>| {
        let options = RunOptions { durations, ..options(shard, Path::new("unused")) };
        let cases = Plan::read(&options).expect("it can be read").cases;
        cases.into_iter().map(|case| (case.uri, case.line)).collect::<Vec<_>>()
    };
    let mut split: Vec<_> =
        ["1/4", "2/4", "3/4", "4/4"].iter().flat_map(|shard| plan(Some(*shard), Some(durations.clone()))).collect();
    split.sort();
    assert_eq!(split, {
        let mut all = plan(None, None);
        all.sort();
        all
    });
}

#[test]
fn a_shard_may_be_empty() {
    let empty = RunOptions { name: Some("Saving".to_owned()), ..options(Some("2/2"), &folder("empty")) };
    assert_eq!(run(&empty).counts(), Counts { passed: 0, failed: 0, skipped: 0 });
}

fn run_shard(shard: &str, name: &str) -> PathBuf {
    let folder = folder(&format!("{name}-{}", shard.replace('/', "-of-")));
    run(&options(Some(shard), &folder));
    folder
}
