//! The runner on small features whose steps stand in this file.

use std::{
    cell::Cell,
    num::NonZeroUsize,
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
};

use cucumber::{gherkin::Step, given, then, when};
use suite::{CouldNotRun, Counts, OnFailure, Outcome, Plan, RunOptions, StepStatus, World};

// The world belongs to the lab; a scenario stays on one thread, so these steps keep their number there.
thread_local! {
    static SUM: Cell<u64> = const { Cell::new(0) };
}

#[given(expr = "a number {int}")]
fn a_number(_: &mut World, number: u64) {
    SUM.set(number);
}

#[when(expr = "{int} is added")]
fn add(_: &mut World, number: u64) {
    SUM.set(SUM.get() + number);
}

#[when("the numbers of the table are added")]
fn add_table(_: &mut World, step: &Step) {
    let rows = &step.table.as_ref().expect("the step has a table").rows;
    rows.iter().flatten().for_each(|cell| SUM.set(SUM.get() + cell.parse::<u64>().expect("cells are numbers")));
}

#[given("a text:")]
fn a_text(_: &mut World, step: &Step) {
    assert_eq!(step.docstring.as_deref().map(|text| text.contains("one | two")), Some(true));
}

#[when(expr = "the step panics with {string}")]
fn panicking(_: &mut World, words: String) {
    panic!("{words}");
}

#[then(expr = "the sum is {int}")]
async fn the_sum_is(_: &mut World, number: u64) -> Result<(), String> {
    tokio::task::yield_now().await;
    if SUM.get() == number { Ok(()) } else { Err(format!("expected {number}, found {}", SUM.get())) }
}

#[when(regex = r"^something has (two) meanings$")]
fn one_meaning(_: &mut World, _count: String) {}

#[when("something has two meanings")]
fn another_meaning(_: &mut World) {}

fn data(name: &str) -> String {
    format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn options(name: &str, report_dir: &str) -> RunOptions {
    RunOptions {
        paths: vec![data(name)],
        scenarios: PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios")),
        report_dir: PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(report_dir),
        ..RunOptions::default()
    }
}

fn run(options: &RunOptions) -> Outcome {
    suite::run(options, &mut |_| {}).expect("the feature can be run")
}

#[test]
fn an_example_row_counts_as_a_scenario_and_an_outline_is_written_once() {
    let outcome = run(&options("pass.feature", "counts"));
    assert_eq!(outcome.counts(), Counts { passed: 6, failed: 0, skipped: 0 });
    assert_eq!(outcome.plan.written(), 4);
    let found: Vec<_> = outcome.plan.cases.iter().map(|case| (case.line, case.row, case.name.as_str())).collect();
    let expected = [
        (11, 0, "Addition"),
        (25, 1, "Adding 1 makes 2"),
        (27, 2, "Adding 2 makes 3"),
        (31, 3, "Adding 100 makes 101"),
        (38, 0, "A table"),
        (44, 0, "A text"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn each_way_not_to_hold_is_told_apart() {
    let outcome = run(&options("fail.feature", "failures"));
    assert_eq!(outcome.counts().to_string(), "1 passed, 4 failed");
    let complaints: Vec<String> = outcome.failures().flat_map(|(_, run)| run.complaints()).collect();
    let here = "sim/suite/tests/runner.rs:";
    assert!(complaints[0].starts_with("<b>boom</b>\n  at "), "{}", complaints[0]);
    assert!(complaints[0].contains("tests/runner.rs:"), "{}", complaints[0]);
    assert!(complaints[1].starts_with("expected 5, found 1"), "{}", complaints[1]);
    assert!(complaints[2].starts_with("undefined step; the nearest are\n  Given a number … ("), "{}", complaints[2]);
    assert!(complaints[3].contains("When something has … meanings"), "{}", complaints[3]);
    assert!(complaints[3].contains("When something has two meanings"), "{}", complaints[3]);
    assert!(complaints[3].contains(here) || complaints[3].contains("tests/runner.rs:"), "{}", complaints[3]);
}

#[test]
fn steps_after_a_failure_are_skipped() {
    let outcome = run(&options("fail.feature:3", "skipping"));
    let steps = &outcome.runs[0].as_ref().expect("it ran").steps;
    assert!(steps[0].passed());
    assert!(matches!(&steps[1].status, StepStatus::Failed(failure) if failure.message == "<b>boom</b>"));
    assert_eq!(steps[2].status, StepStatus::Skipped);
}

#[test]
fn a_failure_stops_what_has_not_started_when_asked() {
    let options =
        RunOptions { on_failure: OnFailure::Stop, jobs: NonZeroUsize::MIN, ..options("fail.feature", "stopping") };
    assert_eq!(run(&options).counts().to_string(), "0 passed, 1 failed, 4 skipped");
}

#[test]
fn results_and_journal_are_the_same_at_any_number_of_jobs() {
    let outcome = |jobs: usize| {
        let jobs = NonZeroUsize::new(jobs).expect("more than none");
        let paths = vec![data("pass.feature"), data("fail.feature")];
        run(&RunOptions { jobs, paths, ..options("", &format!("jobs-{jobs}")) })
    };
    let (alone, together) = (outcome(1), outcome(5));
    let verdicts = |outcome: &Outcome| -> Vec<(String, usize, bool)> {
        let cases = outcome.cases();
        cases.map(|(case, run)| (case.uri.clone(), case.line, run.is_some_and(suite::Run::passed))).collect()
    };
    assert_eq!(verdicts(&alone), verdicts(&together));
    let journal = |outcome: &Outcome| std::fs::read_to_string(&outcome.reports.journal).expect("it was written");
    assert_eq!(journal(&alone), journal(&together));
}

#[test]
fn a_line_selects_what_stands_there() {
    let check = |line: usize, expected: &[usize]| {
        let plan = Plan::read(&options(&format!("pass.feature:{line}"), "unused")).expect("there is a scenario");
        let lines: Vec<usize> = plan.cases.iter().map(|case| case.line).collect();
        assert_eq!(lines, expected, "line {line}");
    };
    check(3, &[11, 25, 27, 31, 38, 44]); // the feature
    check(10, &[11]); // a tag of the scenario
    check(13, &[11]); // its last step
    check(18, &[25, 27, 31]); // a step of the outline
    check(21, &[25, 27]); // one block of examples
    check(27, &[27]); // one row
    check(33, &[38, 44]); // a rule
    assert!(matches!(
        Plan::read(&options("pass.feature:26", "unused")),
        Err(CouldNotRun::NoScenarioAtLine { line: 26, .. })
    ));
}

#[test]
fn tags_are_inherited_and_filters_narrow_each_other() {
    let check = |tags: Option<&str>, name: Option<&str>, expected: &[usize]| {
        let tags = tags.map(str::to_owned);
        let plan = Plan::read(&RunOptions { tags, name: name.map(str::to_owned), ..options("pass.feature", "unused") });
        let lines = |plan: Plan| plan.cases.iter().map(|case| case.line).collect::<Vec<_>>();
        assert_eq!(plan.map(lines).unwrap_or_default(), expected);
    };
    check(Some("@small"), None, &[25, 27]);
    check(Some("@feature-tag and not @outlined"), None, &[11, 38, 44]);
    check(Some("@outlined"), Some("100"), &[31]);
    check(Some("@typo"), None, &[]);
}

#[test]
fn nothing_to_run_is_an_error_that_says_why() {
    let check = |options: RunOptions, expected: &str| {
        let error = suite::run(&options, &mut |_| {}).expect_err("nothing can run");
        assert_eq!(error.to_string(), expected);
    };
    let all = || options("pass.feature", "unused");
    check(RunOptions { tags: Some("@typo".into()), ..all() }, "no scenario matches --tags '@typo'");
    check(RunOptions { tags: Some("typo".into()), ..all() }, "\"typo\" is no tag expression");
    check(RunOptions { name: Some("(".into()), ..all() }, "\"(\" is no regular expression");
    check(RunOptions { paths: vec!["nowhere".into()], ..all() }, "there is no \"nowhere\"");
    check(RunOptions { paths: vec!["src".into()], ..all() }, "there is no .feature file in \"src\"");
    check(RunOptions { scenarios: "nowhere".into(), ..all() }, "there is no folder nowhere to make labs from");
    let file = data("pass.feature");
    check(RunOptions { report_dir: PathBuf::from(&file), ..all() }, &format!("cannot write {file}"));
}

#[test]
fn a_broken_file_is_refused_with_line_and_column() {
    let check = |name: &str, expected: &str| {
        let path = data(&format!("broken/{name}.feature"));
        let error = Plan::read(&RunOptions { paths: vec![path.clone()], ..RunOptions::default() });
        assert_eq!(error.expect_err("the file is broken").to_string(), format!("{path}:{expected}"));
    };
    check("keyword", "5:5: this line is not Gherkin");
    check("table", "10:7: this row has another number of cells than its header");
    check("placeholder", "5:21: no column of the examples is named \"total\"");
    check("text", "5:7: this text does not end");
    check("no_feature", "1:1: a file begins with its feature");
    check("no_scenario", "3:3: this line is no keyword of Gherkin");
    check("no_steps", "4:5: this line is no step");
    check("no_rows", "6:5: these examples have no row");
    check("no_outline_examples", "3:3: this outline has no examples");
    check("same_column", "6:5: two columns of these examples are named \"a\"");
    check("empty", "1:1: this file has no feature");
    check("latin_1", "3:16: this byte is not UTF-8");
    check("swallowed", "3:3: this line is no keyword of Gherkin");
}

#[test]
fn a_byte_order_mark_and_the_line_ends_of_windows_are_no_error() {
    let outcome = run(&options("windows.feature", "windows"));
    assert_eq!(outcome.counts().to_string(), "1 passed, 0 failed");
    assert_eq!(outcome.plan.cases[0].name, "Lines end in two characters");
}

#[test]
fn odd_names_leave_the_reports_well_formed() {
    let outcome = run(&options("odd.feature", "odd"));
    let read = |path: &PathBuf| std::fs::read_to_string(path).expect("it was written");
    let is_odd = |letter: char| letter.is_control() && letter != '\n';
    let xml = read(&outcome.reports.junit);
    let forbidden = |letter: char| letter.is_ascii() && is_odd(letter) || matches!(letter, '\u{FFFE}' | '\u{FFFF}');
    assert_eq!(xml.find(forbidden), None, "{xml}");
    assert_eq!(read(&outcome.reports.page).find(is_odd), None);
    let messages = read(&outcome.reports.messages);
    assert_eq!(messages.find(['\u{85}', '\u{2028}', '\u{2029}']), None, "some readers would end a line there");
    let unread = messages.lines().find(|line| serde_json::from_str::<serde_json::Value>(line).is_err());
    assert_eq!(unread, None);
}

#[test]
fn two_files_of_one_name_are_refused() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("same/data");
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    let copy = folder.join("pass.feature");
    std::fs::copy(data("pass.feature"), &copy).expect("the file can be copied");
    let paths = vec![data("pass.feature"), copy.display().to_string()];
    let error = Plan::read(&RunOptions { paths, ..RunOptions::default() }).expect_err("reports would mix them up");
    assert!(error.to_string().ends_with("both go by the name data/pass.feature in reports and seeds"), "{error}");
}

#[test]
fn a_run_that_is_stopped_reports_what_has_run() {
    let stop = AtomicBool::new(false);
    let options = RunOptions { jobs: NonZeroUsize::MIN, ..options("pass.feature", "stopped") };
    let outcome = suite::run_until(&stop, &options, &mut |progress| {
        if let suite::Progress::Planned(_) = progress {
            stop.store(true, Ordering::SeqCst);
        }
    });
    let outcome = outcome.expect("the feature can be run");
    assert_eq!(outcome.counts().to_string(), "0 passed, 0 failed, 6 skipped");
    assert!(!outcome.passed() && outcome.reports.paths().all(std::path::Path::exists));
}

#[test]
fn a_report_that_cannot_be_written_is_told_before_anything_runs() {
    let options = options("pass.feature", "unwritable");
    std::fs::create_dir_all(options.report_dir.join("junit.xml")).expect("the folder can be made");
    let mut planned = false;
    let error = suite::run(&options, &mut |_| planned = true).expect_err("junit.xml is a folder");
    assert!(matches!(error, CouldNotRun::Report { path, .. } if path.ends_with("junit.xml")));
    assert!(!planned);
}

#[test]
fn the_reports_of_an_earlier_run_do_not_outlive_the_beginning_of_the_next() {
    let options = options("pass.feature", "earlier");
    let page = run(&options).reports.page;
    let mut there = true;
    let outcome = suite::run(&options, &mut |progress| {
        if let suite::Progress::Planned(_) = progress {
            there = page.exists();
        }
    });
    assert!(outcome.is_ok() && !there && page.exists());
}

#[test]
fn replaying_names_the_folder_of_the_scenario_files_when_it_is_not_the_usual_one() {
    let options = RunOptions { scenarios: "my labs".into(), seed: 7, ..options("pass.feature:11", "unused") };
    let plan = Plan::read(&options).expect("there is a scenario");
    let command = suite::replay_command(&plan.features[0], &plan.cases[0], &options);
    assert!(command.ends_with("pass.feature:11 --seed 7 --scenarios 'my labs'"), "{command}");
}

#[test]
fn a_file_named_twice_runs_once_and_is_recorded_the_same_from_anywhere() {
    let whole = data("pass.feature");
    let paths = vec![
        format!("{whole}:38"),
        "tests/data/pass.feature:11".to_owned(),
        "tests/../tests/data/pass.feature:11".to_owned(),
    ];
    let plan = Plan::read(&RunOptions { paths, ..RunOptions::default() }).expect("all are there");
    let found: Vec<_> = plan.cases.iter().map(|case| (case.uri.as_str(), case.line)).collect();
    assert_eq!(found, [("data/pass.feature", 11), ("data/pass.feature", 38)]);
}

#[test]
fn progress_tells_every_beginning_and_every_end() {
    let (mut planned, mut started, mut finished) = (0, 0, 0);
    let outcome = suite::run(&options("pass.feature", "progress"), &mut |progress| match progress {
        suite::Progress::Planned(plan) => planned = plan.cases.len(),
        suite::Progress::Started(_) => started += 1,
        suite::Progress::Finished(_, run) => finished += usize::from(run.passed()),
    });
    assert!(outcome.is_ok());
    assert_eq!((planned, started, finished), (6, 6, 6));
}
