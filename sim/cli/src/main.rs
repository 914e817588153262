//! The `passkey-lab` binary: reads the command line, prints, and turns outcomes into exit codes.

mod args;
mod bench;
mod entra;
mod guide;
mod interrupt;
mod live;
mod out;
mod phone;
mod run;
mod steps;
mod stop;

use std::process::ExitCode;

use args::{Args, BenchCommand, Command, ReportCommand};
use bench::BenchOptions;
use bench::graph::GraphOptions;
use clap::Parser as _;

fn main() -> ExitCode {
    let done = match Args::parse().command() {
        Command::Run(args) => run::run(&args),
        Command::Report(args) => match args.what {
            ReportCommand::Merge(args) => run::merge(&args),
        },
        Command::Bench(args) => measure(args.command()),
        Command::Guide(args) => guide::run(&args),
        Command::Steps(args) => steps::run(&args).map(|()| ExitCode::SUCCESS),
        Command::Phone(args) => phone::run(&args).map(|()| ExitCode::SUCCESS),
        Command::Entra(args) => entra::run(&args).map(|()| ExitCode::SUCCESS),
    };
    done.unwrap_or_else(|report| {
        out::complain(&report);
        ExitCode::from(COULD_NOT_RUN)
    })
}

fn measure(what: BenchCommand) -> miette::Result<ExitCode> {
    let (met, check) = match what {
        BenchCommand::Ctap(args) => {
            let options = BenchOptions { rounds: args.rounds, crowd: args.crowd, against: args.against };
            (bench::run(&args.report_dir, &options)?, args.check)
        }
        BenchCommand::Graph(args) => {
            let options = GraphOptions { rounds: args.rounds, users: args.users, ..GraphOptions::default() };
            (bench::graph::run(&args.report_dir, &options)?, args.check)
        }
    };
    Ok(if met || !check { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}

/// Exit code 1: a scenario failed, a target of the benchmark was missed, or a page is not up to date.
const FAILED: u8 = 1;
/// Exit code 2: nothing could be run; clap uses the same code for a wrong command line.
const COULD_NOT_RUN: u8 = 2;
