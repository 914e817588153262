//! `junit.xml`: a suite a feature, a test case an executed scenario.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::{Case, Feature, Outcome, Run, replay_command};

pub(super) fn render(outcome: &Outcome) -> String {
    let mut report = Report::new("passkey-lab");
    report.set_time(outcome.duration);
    for (index, feature) in outcome.plan.features.iter().enumerate() {
        let mut suite = TestSuite::new(&feature.uri);
        let own = outcome.cases().filter(|(case, _)| case.feature == index);
        suite.add_test_cases(own.map(|(case, run)| test_case(outcome, feature, case, run)));
        let time = suite.test_cases.iter().filter_map(|test| test.time).sum();
        suite.set_time(time);
        suite.add_property(("seed", outcome.options.seed.to_string().as_str()));
        report.add_test_suite(suite);
    }
    let xml = report.to_string().expect("writing XML to memory cannot fail");
    // The writer takes away every other character that XML forbids.
    xml.replace(['\u{FFFE}', '\u{FFFF}'], "\u{FFFD}")
}

fn test_case(outcome: &Outcome, feature: &Feature, case: &Case, run: Option<&Run>) -> TestCase {
    let status = match run {
        None => TestCaseStatus::skipped(),
        Some(run) if run.passed() => TestCaseStatus::success(),
        Some(run) => failure(case, run, &replay_command(feature, case, &outcome.options)),
    };
    let mut test = TestCase::new(title(case), status);
    test.set_classname(&case.uri);
    test.extra.insert("file".into(), case.uri.as_str().into());
    test.extra.insert("line".into(), case.line.to_string().into());
    if let Some(run) = run {
        test.set_time(run.duration);
    }
    test
}

/// Rows of an outline often share a name; the line tells them apart.
fn title(case: &Case) -> String {
    if case.row == 0 { case.name.clone() } else { format!("{} (row {}, line {})", case.name, case.row, case.line) }
}

fn failure(case: &Case, run: &Run, replay: &str) -> TestCaseStatus {
    let complaints = run.complaints();
    let step = run.broken_step().map(|(index, _)| {
        let step = &case.steps[index].step;
        format!("{}{} ({}:{})\n", step.keyword, step.value, case.uri, step.position.line)
    });
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type("scenario");
    status.set_message(complaints.first().map(String::as_str).unwrap_or_default());
    status.set_description(format!("{}{}\nreplay: {replay}", step.unwrap_or_default(), complaints.join("\n")));
    status
}
