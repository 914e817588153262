//! Every flag of the binary.

use std::{
    num::{NonZeroU32, NonZeroUsize},
    path::PathBuf,
};

use clap::{Parser, Subcommand};
use suite::{OnFailure, RunOptions};

/// A virtual HYPR Enterprise Passkey lab: Entra tenant, Control Center, phone and Windows workstation in one command.
///
/// Without a subcommand it runs the scenarios of `features/`.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true, after_help = EXIT_CODES)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: RunArgs,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run scenarios, each in a lab of its own, and write the reports (the default).
    #[command(after_help = EXIT_CODES)]
    Run(RunArgs),
    /// Measure the CTAP core beside the bare P-256 operations of the same library.
    Bench(BenchArgs),
}

/// The flags of `bench`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct BenchArgs {
    /// How many interleaved rounds are measured.
    #[arg(long, value_name = "N", default_value = "40", value_parser = rounds, allow_negative_numbers = true)]
    pub(crate) rounds: NonZeroU32,
    /// Where latency.json and latency.html go.
    #[arg(long, value_name = "FOLDER", default_value = "reports/latest")]
    pub(crate) report_dir: PathBuf,
}

/// The flags of `run`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct RunArgs {
    /// Folders, .feature files, or FILE:LINE for one scenario or example row.
    #[arg(value_name = "PATH", default_value = "features")]
    paths: Vec<String>,
    /// The folder of the scenario files that labs are made from.
    #[arg(long, value_name = "FOLDER", default_value = "scenarios")]
    scenarios: PathBuf,
    /// Run the scenarios whose tags fit: '@pairing and not (@slow or @wip)'.
    #[arg(long, short, value_name = "EXPRESSION")]
    tags: Option<String>,
    /// Run the scenarios whose name matches.
    #[arg(long, short, value_name = "REGEX")]
    name: Option<String>,
    /// The run seed: the same seed gives the same bytes in every lab.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = seed, allow_negative_numbers = true)]
    seed: u64,
    /// How many scenarios run side by side [default: the number of cores].
    #[arg(long, short, value_name = "N", value_parser = jobs, allow_negative_numbers = true)]
    jobs: Option<NonZeroUsize>,
    /// Skip what has not started once a scenario has failed.
    #[arg(long)]
    fail_fast: bool,
    /// Print FILE:LINE, name and tags of the scenarios that would run, and run nothing.
    #[arg(long)]
    pub(crate) list: bool,
    /// Where the reports go.
    #[arg(long, value_name = "FOLDER", default_value = "reports/latest")]
    report_dir: PathBuf,
}

impl Args {
    /// The command that was given, or `run` with the flags that stand without one.
    pub(crate) fn command(self) -> Command {
        self.command.unwrap_or(Command::Run(self.run))
    }
}

impl RunArgs {
    pub(crate) fn options(&self) -> RunOptions {
        RunOptions {
            paths: self.paths.clone(),
            scenarios: self.scenarios.clone(),
            tags: self.tags.clone(),
            name: self.name.clone(),
            seed: self.seed,
            jobs: self.jobs.unwrap_or(RunOptions::default().jobs),
            on_failure: if self.fail_fast { OnFailure::Stop } else { OnFailure::GoOn },
            report_dir: self.report_dir.clone(),
        }
    }
}

fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("a seed is a whole number from 0 to {}", u64::MAX))
}

fn jobs(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "it is a whole number of at least 1".to_owned())
}

fn rounds(text: &str) -> Result<NonZeroU32, String> {
    text.parse().map_err(|_| format!("it is a whole number from 1 to {}", u32::MAX))
}

const EXIT_CODES: &str = "\
Exit codes:
  0  every scenario passed
  1  a scenario failed, was undefined, or was skipped by --fail-fast or Ctrl-C
  2  nothing could be run: a wrong flag, path or feature file, no scenario matched, or no report could be written";

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &[&str]) -> RunArgs {
        let args = Args::try_parse_from([&["passkey-lab"], line].concat()).expect("the line is right");
        match args.command() {
            Command::Run(args) => args,
            Command::Bench(args) => panic!("{args:?}"),
        }
    }

    #[test]
    fn the_definition_is_consistent() {
        <Args as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn a_number_out_of_range_is_refused_with_the_range() {
        let check = |line: &[&str], words: &str| {
            let refused = Args::try_parse_from([&["passkey-lab"], line].concat()).expect_err("it is out of range");
            assert!(refused.to_string().contains(words), "{refused}");
        };
        check(&["--seed", "-1"], "invalid value '-1' for '--seed <N>': a seed is a whole number from 0 to 18446744073");
        check(&["--seed", "0x10"], "a whole number from 0");
        check(&["--jobs", "0"], "invalid value '0' for '--jobs <N>': it is a whole number of at least 1");
        check(&["-j", "-1"], "at least 1");
        check(&["bench", "--rounds", "0"], "from 1 to 4294967295");
    }

    #[test]
    fn run_is_the_default_subcommand() {
        assert_eq!(check(&[]).options(), RunOptions::default());
        assert_eq!(
            check(&["--tags", "@x", "a.feature:3"]).options(),
            check(&["run", "--tags", "@x", "a.feature:3"]).options()
        );
    }
}
