//! Every scenario of `features/`, so that `cargo test --workspace` runs them too.

use std::path::PathBuf;

use suite::RunOptions;

#[test]
fn every_scenario_of_the_features_folder_passes() {
    let options = RunOptions {
        paths: vec![concat!(env!("CARGO_MANIFEST_DIR"), "/../../features").to_owned()],
        scenarios: PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios")),
        report_dir: PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("features"),
        ..RunOptions::default()
    };
    let outcome = suite::run(&options, &mut |_| {}).unwrap_or_else(|error| panic!("{:?}", miette::Report::new(error)));
    let failures: Vec<String> = outcome
        .failures()
        .map(|(case, run)| format!("{}:{} {}\n{}", case.uri, case.line, case.name, run.complaints().join("\n")))
        .collect();
    assert!(failures.is_empty(), "{}\n{}\n{}", outcome.counts(), failures.join("\n\n"), outcome.reports.page.display());
    assert!(outcome.counts().passed > 0);
}
