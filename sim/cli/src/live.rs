//! What is seen while scenarios run: a bar on a terminal, plain lines elsewhere.

use std::{io::IsTerminal as _, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};
use suite::{Case, Progress, Run};

use crate::out::{harmless, say};

/// Shows progress where this process prints.
pub(crate) enum Live {
    /// A bar with the scenarios that are running; failures stay above it.
    Bar {
        bar: ProgressBar,
        /// File, line and name of what is running, oldest first.
        running: Vec<(String, usize, String)>,
        failed: usize,
    },
    /// A line for each scenario that is done.
    Lines { total: usize, done: usize },
}

impl Live {
    /// A bar if standard error and standard output both are a terminal.
    pub(crate) fn here() -> Self {
        if std::io::stderr().is_terminal() && std::io::stdout().is_terminal() {
            Self::Bar { bar: ProgressBar::hidden(), running: Vec::new(), failed: 0 }
        } else {
            Self::Lines { total: 0, done: 0 }
        }
    }

    pub(crate) fn show(&mut self, progress: &Progress<'_>) {
        match self {
            Self::Bar { bar, running, failed } => show_bar(bar, running, failed, progress),
            Self::Lines { total, done } => show_line(total, done, progress),
        }
    }

    /// Takes the bar away.
    pub(crate) fn end(self) {
        if let Self::Bar { bar, .. } = self {
            bar.finish_and_clear();
        }
    }
}

fn show_bar(
    bar: &mut ProgressBar,
    running: &mut Vec<(String, usize, String)>,
    failed: &mut usize,
    progress: &Progress<'_>,
) {
    match progress {
        Progress::Planned(plan) => {
            // The names have a line of their own: beside the bar there is no room for them in 80 columns.
            let template = "{bar:24.green/dim} {pos}/{len}  {elapsed}  {prefix:.red}\n{wide_msg:.dim}";
            let style = ProgressStyle::with_template(template);
            let style = style.expect("the template is fixed and right");
            *bar = ProgressBar::new(plan.cases.len() as u64).with_style(style);
            bar.enable_steady_tick(TICK);
        }
        Progress::Started(case) => {
            running.push((case.uri.clone(), case.line, case.name.clone()));
            bar.set_message(names(running));
        }
        Progress::Finished(case, run) => {
            running.retain(|(uri, line, _)| (uri, line) != (&case.uri, &case.line));
            if !run.passed() {
                *failed += 1;
                bar.println(harmless(&line(case, run)));
                bar.set_prefix(format!("{failed} failed"));
            }
            bar.inc(1);
            bar.set_message(names(running));
        }
    }
}

fn show_line(total: &mut usize, done: &mut usize, progress: &Progress<'_>) {
    match progress {
        Progress::Planned(plan) => *total = plan.cases.len(),
        Progress::Started(_) => {}
        Progress::Finished(case, run) => {
            *done += 1;
            say(&format!("[{done}/{total}] {}", line(case, run)));
        }
    }
}

/// The one that has been running longest, and how many more there are.
fn names(running: &[(String, usize, String)]) -> String {
    match running {
        [] => String::new(),
        [(_, _, name)] => harmless(name),
        [(_, _, name), ..] => harmless(&format!("{} running: {name}", running.len())),
    }
}

fn line(case: &Case, run: &Run) -> String {
    let verdict = if run.passed() { "ok    " } else { "FAILED" };
    format!("{verdict} {}:{} {} ({:.2} s)", case.uri, case.line, case.name, run.duration.as_secs_f64())
}

const TICK: Duration = Duration::from_millis(100);
