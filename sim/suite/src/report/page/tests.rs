//! What the page says, and what it must not let through.

use std::{path::PathBuf, time::Duration};

use serde_json::json;

use crate::{Case, Failure, Outcome, Plan, Reports, Run, RunOptions, StandingScreen, StepRun, StepStatus};

/// A run of `fail.feature` in which the first scenario's second step failed and the last one broke an invariant.
fn outcome() -> Outcome {
    let paths = vec![concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/fail.feature").to_owned()];
    let options = RunOptions { paths, seed: 7, ..RunOptions::default() };
    let plan = Plan::read(&options).expect("the feature can be read");
    let last = plan.cases.len() - 1;
    let runs = plan.cases.iter().enumerate().map(|(index, case)| match index {
        0 => Some(failed(case)),
        1 => None,
        _ if index == last => Some(Run { problems: vec!["a key is lost".to_owned()], ..passed(case) }),
        _ => Some(passed(case)),
    });
    let runs = runs.collect();
    let folder = PathBuf::new();
    let reports = Reports {
        page: folder.clone(),
        junit: folder.clone(),
        messages: folder.clone(),
        journal: folder.clone(),
        record: folder,
    };
    Outcome {
        options,
        plan,
        runs,
        started: jiff::Timestamp::UNIX_EPOCH,
        duration: Duration::from_millis(1234),
        reports,
    }
}

fn passed(case: &Case) -> Run {
    let step = StepRun {
        started: jiff::Timestamp::UNIX_EPOCH,
        duration: Duration::from_micros(1500),
        status: StepStatus::Passed,
    };
    Run {
        started: jiff::Timestamp::UNIX_EPOCH,
        duration: Duration::from_millis(42),
        worker: 0,
        setup: None,
        steps: case.steps.iter().map(|_| step.clone()).collect(),
        problems: Vec::new(),
        journal: Vec::new(),
        screens: Vec::new(),
    }
}

fn failed(case: &Case) -> Run {
    let mut run = passed(case);
    let failure = Failure { message: "expected <Accept>".into(), place: Some("steps/phone.rs:12".into()) };
    run.steps[1].status = StepStatus::Failed(failure);
    run.steps[2].status = StepStatus::Skipped;
    run.screens.push(StandingScreen { actor: "phone/carol".into(), text: "[Home]\n  </pre><script>x</script>".into() });
    let entry = json!({ "at": "2026-01-01T00:00:00Z", "actor": "entra", "text": "refused", "code": "AADSTS135011", "screen": "[Home]\n  <OK>\n" });
    run.journal.push(entry.as_object().expect("it is one").clone());
    run
}

#[test]
fn a_failure_has_its_step_error_replay_screens_and_journal() {
    let page = super::render(&outcome());
    for words in [
        "2 of 4 scenarios failed",
        "the step panics with",
        "expected &#60;Accept&#62;\n  at steps/phone.rs:12",
        "fail.feature:3 --seed 7",
        "phone/carol",
        "refused",
        "code: AADSTS135011\nscreen:\n[Home]\n  &#60;OK&#62;</pre>",
        "Broken invariant: a key is lost",
    ] {
        assert!(page.contains(words), "the page lacks {words:?}");
    }
}

#[test]
fn nothing_from_outside_becomes_markup() {
    let page = super::render(&outcome());
    assert!(page.contains("&#60;/pre&#62;&#60;script&#62;x"));
    assert!(!page.contains("<script>x"));
    assert!(!page.contains("<b>boom"));
}

#[test]
fn the_page_needs_no_network() {
    let page = super::render(&outcome());
    for outside in ["http://", "https://", "//cdn", "@import", "url("] {
        assert!(!page.contains(outside), "the page refers to {outside:?}");
    }
}

#[test]
fn junit_counts_a_broken_invariant_as_a_failure_and_a_scenario_that_never_ran_as_skipped() {
    let xml = crate::report::junit::render(&outcome());
    assert!(xml.contains(r#"tests="5""#) && xml.contains(r#"failures="2""#) && xml.contains(r#"skipped="1""#), "{xml}");
    assert!(xml.contains("broken invariant: a key is lost"));
}
