//! The run: every case of the plan on one of `--jobs` threads, results in the plan's order whoever ends first.

use std::{
    sync::{
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use crate::{
    Case, CouldNotRun, OnFailure, Outcome, Plan, Reports, Run, RunOptions, definitions::Definitions, execute::execute,
    report, wall,
};

/// What happens while a run goes on.
#[derive(Debug)]
pub enum Progress<'a> {
    /// The files are read; this is what will run.
    Planned(&'a Plan),
    /// A scenario has begun.
    Started(&'a Case),
    /// A scenario is done.
    Finished(&'a Case, &'a Run),
}

/// Runs what `options` ask for, tells `progress` on the way, and writes the reports.
///
/// # Errors
///
/// When nothing could be run: a path or file is wrong, nothing matches the filters, or the reports cannot be written.
pub fn run(options: &RunOptions, progress: &mut dyn FnMut(Progress<'_>)) -> Result<Outcome, CouldNotRun> {
    run_until(&AtomicBool::new(false), options, progress)
}

/// [`run`], which begins no scenario any more once `stop` is set: what has not begun is reported as skipped.
///
/// # Errors
///
/// As [`run`].
pub fn run_until(
    stop: &AtomicBool,
    options: &RunOptions,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Outcome, CouldNotRun> {
    let plan = Plan::read(options)?;
    if !options.scenarios.is_dir() {
        return Err(CouldNotRun::NoScenarios { path: options.scenarios.clone() });
    }
    let reports = Reports::prepare(&options.report_dir)?;
    let definitions = Definitions::of_this_binary();
    progress(Progress::Planned(&plan));
    let (started, clock) = (wall::timestamp(), wall::instant());
    let runs = run_cases(&plan, &definitions, options, stop, progress);
    let duration = clock.elapsed();
    let outcome = Outcome { options: options.clone(), plan, runs, started, duration, reports };
    match report::write(&outcome, &definitions) {
        Ok(()) => Ok(outcome),
        Err((path, source)) => Err(CouldNotRun::NotReported { path, source, outcome: Box::new(outcome) }),
    }
}

enum Note {
    Started(usize),
    Finished(usize, Box<Run>),
}

fn run_cases(
    plan: &Plan,
    definitions: &Definitions,
    options: &RunOptions,
    stop: &AtomicBool,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Vec<Option<Run>> {
    let queue = Queue { next: AtomicUsize::new(0), closed: AtomicBool::new(false), stop, length: plan.cases.len() };
    let mut runs: Vec<Option<Run>> = plan.cases.iter().map(|_| None).collect();
    let (notes, inbox) = mpsc::channel();
    thread::scope(|scope| {
        for worker in 0..options.jobs.get().min(queue.length) {
            let (queue, notes) = (&queue, notes.clone());
            scope.spawn(move || work(worker, plan, definitions, options, queue, &notes));
        }
        drop(notes);
        for note in inbox {
            match note {
                Note::Started(index) => progress(Progress::Started(&plan.cases[index])),
                Note::Finished(index, run) => {
                    progress(Progress::Finished(&plan.cases[index], &run));
                    runs[index] = Some(*run);
                }
            }
        }
    });
    runs
}

fn work(
    worker: usize,
    plan: &Plan,
    definitions: &Definitions,
    options: &RunOptions,
    queue: &Queue<'_>,
    notes: &mpsc::Sender<Note>,
) {
    while let Some(index) = queue.take() {
        // The receiver lives until every worker has hung up, so a note always arrives.
        let _ = notes.send(Note::Started(index));
        let run = execute(&plan.cases[index], definitions, options, worker);
        if !run.passed() && options.on_failure == OnFailure::Stop {
            queue.close();
        }
        let _ = notes.send(Note::Finished(index, Box::new(run)));
    }
}

/// The indices of the cases that nobody has taken yet.
struct Queue<'a> {
    next: AtomicUsize,
    closed: AtomicBool,
    /// Set from outside.
    stop: &'a AtomicBool,
    length: usize,
}

impl Queue<'_> {
    fn take(&self) -> Option<usize> {
        if self.closed.load(Ordering::SeqCst) || self.stop.load(Ordering::SeqCst) {
            return None;
        }
        let index = self.next.fetch_add(1, Ordering::SeqCst);
        (index < self.length).then_some(index)
    }

    fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }
}
