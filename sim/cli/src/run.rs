//! `passkey-lab run` and `report merge`: progress while it goes on, failures and counts at the end.

use std::{process::ExitCode, sync::atomic::Ordering};

use miette::Result;
use suite::{Case, CouldNotRun, Outcome, Plan, Run, replay_command};

use crate::{
    FAILED,
    args::{MergeArgs, RunArgs},
    interrupt,
    live::Live,
    out::say,
};

/// Runs what the flags ask for; the exit code says how it went.
pub(crate) fn run(args: &RunArgs) -> Result<ExitCode> {
    let options = args.options()?;
    if args.list {
        list(&Plan::read(&options)?);
        return Ok(ExitCode::SUCCESS);
    }
    let stop = interrupt::listen();
    let mut live = Live::here();
    let done = suite::run_until(&stop, &options, &mut |progress| live.show(&progress));
    live.end();
    if stop.load(Ordering::SeqCst) {
        say("interrupted: what had not begun is skipped");
    }
    if let Err(CouldNotRun::NotReported { outcome, .. }) = &done {
        summarise(outcome);
    }
    let verdict = conclude(&done?);
    Ok(if args.no_fail { ExitCode::SUCCESS } else { verdict })
}

/// Joins the reports of shards.
pub(crate) fn merge(args: &MergeArgs) -> Result<ExitCode> {
    Ok(conclude(&suite::merge(&args.folders, &args.scenarios, &args.report_dir)?))
}

fn conclude(outcome: &Outcome) -> ExitCode {
    summarise(outcome);
    outcome.reports.paths().for_each(|path| say(&path.display().to_string()));
    if outcome.passed() { ExitCode::SUCCESS } else { ExitCode::from(FAILED) }
}

fn list(plan: &Plan) {
    for case in &plan.cases {
        let tags: String = case.tags.iter().map(|tag| format!("  @{tag}")).collect();
        say(&format!("{}:{}  {}{tags}", plan.features[case.feature].path.display(), case.line, case.name));
    }
}

fn summarise(outcome: &Outcome) {
    for (case, run) in outcome.failures() {
        say(&format!("\n{}", failure(outcome, case, run)));
    }
    let counts = outcome.counts();
    let (options, executed) = (&outcome.options, counts.passed + counts.failed);
    say(&format!("\nscenarios written: {}, executed: {executed} (an example row counts)", outcome.plan.written()));
    let seconds = outcome.duration.as_secs_f64();
    let shard = options.shard.map(|shard| format!(", shard {shard}")).unwrap_or_default();
    say(&format!("seed {}{shard}, {} side by side, {seconds:.1} s\n", options.seed, options.jobs));
    say(&format!("{counts}\n"));
}

/// The scenario, the step, what it said, and the command that runs it alone.
fn failure(outcome: &Outcome, case: &Case, run: &Run) -> String {
    let feature = &outcome.plan.features[case.feature];
    let mut lines = vec![format!("FAILED {}:{} {}", feature.path.display(), case.line, case.name)];
    lines.extend(run.broken_step().map(|(index, _)| {
        let step = &case.steps[index].step;
        format!("line {}: {} {}", step.position.line, step.keyword.trim(), step.value)
    }));
    lines.extend(run.complaints());
    lines.push(format!("replay: {}", replay_command(feature, case, &outcome.options)));
    lines.join("\n").lines().map(clipped).collect::<Vec<_>>().join("\n    ")
}

/// The line as a terminal can bear it; the reports have all of it.
fn clipped(line: &str) -> String {
    let length = line.chars().count();
    if length <= LINE_LEN_MAX {
        return line.to_owned();
    }
    let begin: String = line.chars().take(LINE_LEN_MAX).collect();
    format!("{begin}… ({length} characters)")
}

const LINE_LEN_MAX: usize = 1_000;
