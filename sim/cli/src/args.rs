//! Every flag of the binary.

use std::{
    net::SocketAddr,
    num::{NonZeroU32, NonZeroUsize},
    path::PathBuf,
};

use clap::{Parser, Subcommand, ValueEnum};
use sandbox::Name;
use suite::{CouldNotRun, Durations, OnFailure, RunOptions, Shard};
use transport::User;
use transport::shell::udp::AnswerTo;

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
    /// Work with reports that were written.
    Report(ReportArgs),
    /// Measure the CTAP core (the default) or a large tenant, beside what is bare.
    Bench(BenchArgs),
    /// Compare the guide's sentences with the scenarios that show them, and write docs/guide-coverage.md.
    #[command(after_help = GUIDE_HELP)]
    Guide(GuideArgs),
    /// List the steps of feature files: what each does, an example, and where it stands.
    Steps(StepsArgs),
    /// Be the phone as a security key for real hosts, until Ctrl-C.
    #[command(after_help = PHONE_HELP)]
    Phone(PhoneArgs),
    /// Be the Entra tenant of a scenario for real clients, over HTTPS, until Ctrl-C.
    #[command(after_help = ENTRA_HELP)]
    Entra(EntraArgs),
}

/// The flags of `report`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ReportArgs {
    #[command(subcommand)]
    pub(crate) what: ReportCommand,
}

/// What to do with reports.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// Join the reports of every shard of a run into one.
    #[command(after_help = MERGE_HELP)]
    Merge(MergeArgs),
}

/// The flags of `report merge`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct MergeArgs {
    /// The report folder of each shard.
    #[arg(value_name = "FOLDER", required = true)]
    pub(crate) folders: Vec<PathBuf>,
    /// The folder of the scenario files, for the commands that replay a failure.
    #[arg(long, value_name = "FOLDER", default_value = "scenarios")]
    pub(crate) scenarios: PathBuf,
    /// Where the joined report goes.
    #[arg(long, value_name = "FOLDER", default_value = "reports/merged")]
    pub(crate) report_dir: PathBuf,
}

/// The flags of `guide`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct GuideArgs {
    /// Folders and .feature files.
    #[arg(value_name = "PATH", default_value = "features")]
    pub(crate) features: Vec<String>,
    /// The sentences.
    #[arg(long, value_name = "FILE", default_value = "fixtures/guide.yaml")]
    pub(crate) sentences: PathBuf,
    /// The folder of the patches that remove behaviours.
    #[arg(long, value_name = "FOLDER", default_value = "fixtures/breaks")]
    pub(crate) breaks: PathBuf,
    /// The page.
    #[arg(long, value_name = "FILE", default_value = "docs/guide-coverage.md")]
    pub(crate) page: PathBuf,
    /// Write nothing; end with exit code 1 when the page is not up to date.
    #[arg(long)]
    pub(crate) check: bool,
}

/// The flags of `steps`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct StepsArgs {
    /// Folders and .feature files that examples are taken from.
    #[arg(value_name = "PATH", default_value = "features")]
    pub(crate) features: Vec<String>,
    /// Write the Markdown page, such as docs/steps.md, instead of printing.
    #[arg(long, value_name = "FILE")]
    pub(crate) page: Option<PathBuf>,
}

/// The flags of `entra`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct EntraArgs {
    /// The scenario whose tenant it is.
    #[arg(long, value_name = "FILE", default_value = "scenarios/developer.yaml")]
    pub(crate) scenario: PathBuf,
    /// Where it listens; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8443", value_parser = address)]
    pub(crate) listen: SocketAddr,
    /// The certificate authority: a folder, made at the first use, or a PEM file with certificate and key.
    #[arg(long, value_name = "FOLDER|FILE", default_value = ".passkey-lab/ca")]
    pub(crate) ca: PathBuf,
    /// A further host name or address that clients use; may be given again.
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Vec<Name>,
    /// Print no line for what happens, apart from text messages.
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// The flags of `phone`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct PhoneArgs {
    /// How hosts reach the key.
    #[arg(long, value_enum, default_value_t = TransportKind::Udp)]
    pub(crate) transport: TransportKind,
    /// Where udp, tcp and usbip listen [default: 127.0.0.1:8111, for usbip 127.0.0.1:3240].
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = address)]
    pub(crate) listen: Option<SocketAddr>,
    /// Where udp sends its answers: ADDRESS:PORT, whoever asked, or `sender` [default: 127.0.0.1:7112].
    #[arg(long, value_name = "ADDRESS:PORT|sender", value_parser = answer_to)]
    pub(crate) answer_to: Option<AnswerTo>,
    /// The Unix socket on which unix listens.
    #[arg(long, value_name = "PATH")]
    pub(crate) socket: Option<PathBuf>,
    /// Who answers the phone's questions: ask (you, here), accept, decline, ignore, or after=2s [default: ask on a
    /// terminal].
    #[arg(long, value_name = "USER")]
    pub(crate) user: Option<User>,
    /// The model: hypr-ios, hypr-android, ctap-2.0, ctap-2.1-pin, ctap-2.3, other-aaguid, or a .yaml file.
    #[arg(long, value_name = "NAME", default_value = "hypr-ios")]
    pub(crate) profile: String,
    /// Make the same keys in every run; without it they are new each time.
    #[arg(long, value_name = "N", value_parser = seed, allow_negative_numbers = true)]
    pub(crate) seed: Option<u64>,
    /// Who vouches for new credentials: `packed` is the lab's certificate for the model, `self` the credential itself
    /// [default: packed where there is a certificate].
    #[arg(long, value_enum)]
    pub(crate) attestation: Option<AttestationKind>,
    /// Which library makes and uses ES256 keys: `fast` is aws-lc-rs, for load runs; its bytes differ from run to run.
    #[arg(long, value_enum, default_value_t = SignerKind::Reproducible)]
    pub(crate) signer: SignerKind,
    /// Keep credentials, PIN and settings in this file, private keys included, and go on with what it holds.
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// Let the key do something wrong: COMMAND[@RPID][#WHICH]:FAULT, as in getAssertion#2:invalid-signature. The first
    /// rule that fits a command decides; docs/faults.md lists them.
    #[arg(long = "fault", value_name = "RULE")]
    pub(crate) faults: Vec<ctap::Rule>,
    /// Serve the control interface there: HTTP and JSON, for test suites that are the phone's user.
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = control)]
    pub(crate) control: Option<SocketAddr>,
    /// What whoever uses the control interface has to know; needed when others than this machine can reach it.
    #[arg(long, value_name = "TOKEN", requires = "control", env = "PASSKEY_LAB_CONTROL_TOKEN", hide_env_values = true)]
    pub(crate) control_token: Option<String>,
    /// Print no line for what happens.
    #[arg(long, short, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Print every report in hex too.
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

/// How hosts reach the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TransportKind {
    /// 64-byte reports in datagrams, as the Solo simulator has them.
    Udp,
    /// 64-byte reports on TCP connections.
    Tcp,
    /// 64-byte reports on connections to a Unix socket.
    Unix,
    /// A HID device of this Linux machine.
    Uhid,
    /// A USB device for machines with a USB/IP client.
    Usbip,
}

/// Who vouches for new credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AttestationKind {
    /// The credential itself.
    #[value(name = "self")]
    Itself,
    /// The lab's attestation certificate.
    Packed,
}

/// Which library makes and uses ES256 keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SignerKind {
    /// `p256`, by RFC 6979.
    Reproducible,
    /// `aws-lc-rs`.
    Fast,
}

/// `bench`: what is measured, and the flags of `bench ctap` without a subcommand.
#[derive(Clone, Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct BenchArgs {
    #[command(subcommand)]
    what: Option<BenchCommand>,
    #[command(flatten)]
    ctap: CtapBenchArgs,
}

/// What is measured.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum BenchCommand {
    /// The CTAP core beside the bare P-256 operations of the same library (the default).
    Ctap(CtapBenchArgs),
    /// Graph and the token endpoint of a large tenant beside a bare handler and beside a small tenant.
    Graph(GraphBenchArgs),
}

/// The flags of `bench graph`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct GraphBenchArgs {
    /// How many interleaved rounds are measured.
    #[arg(long, value_name = "N", default_value = "100", value_parser = rounds, allow_negative_numbers = true)]
    pub(crate) rounds: NonZeroU32,
    /// How many users the large tenant has, each with a security key.
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = users, allow_negative_numbers = true)]
    pub(crate) users: u32,
    /// End with exit code 1 when a target is missed.
    #[arg(long)]
    pub(crate) check: bool,
    /// Where graph.json and graph.html go.
    #[arg(long, value_name = "FOLDER", default_value = "reports/latest")]
    pub(crate) report_dir: PathBuf,
}

/// The flags of `bench ctap`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct CtapBenchArgs {
    /// How many interleaved rounds are measured.
    #[arg(long, value_name = "N", default_value = "400", value_parser = rounds, allow_negative_numbers = true)]
    pub(crate) rounds: NonZeroU32,
    /// How many credentials the authenticator of the lookup rows holds.
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = crowd, allow_negative_numbers = true)]
    pub(crate) crowd: u32,
    /// Compare with an earlier latency.json, or the folder that holds it: no ratio to the bare primitive may have grown
    /// by more than a tenth and the noise of both.
    #[arg(long, value_name = "FOLDER|FILE")]
    pub(crate) against: Option<PathBuf>,
    /// End with exit code 1 when a target is missed.
    #[arg(long)]
    pub(crate) check: bool,
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
    /// Run one part of several, as in 2/4; every machine of the same version splits alike.
    #[arg(long, value_name = "K/N")]
    shard: Option<Shard>,
    /// The same as schedulers count, from 0: the index of a Kubernetes job, or the slot of a Swarm task, which for the
    /// first is the id of its node.
    #[arg(long, value_name = "INDEX/N", env = "PASSKEY_LAB_SHARD_INDEX", conflicts_with = "shard", value_parser = shard_index)]
    shard_index: Option<Shard>,
    /// Split by how long each scenario took in this report; without it all count the same.
    #[arg(long, value_name = "FOLDER|FILE")]
    durations: Option<PathBuf>,
    /// End with exit code 0 although scenarios have failed: the verdict is in the report, where `report merge` finds it.
    #[arg(long)]
    pub(crate) no_fail: bool,
    /// Print FILE:LINE, name and tags of the scenarios that would run, and run nothing.
    #[arg(long)]
    pub(crate) list: bool,
    /// Where the reports go.
    #[arg(long, value_name = "FOLDER", default_value = "reports/latest", env = "PASSKEY_LAB_REPORT_DIR")]
    report_dir: PathBuf,
}

impl Args {
    /// The command that was given, or `run` with the flags that stand without one.
    pub(crate) fn command(self) -> Command {
        self.command.unwrap_or(Command::Run(self.run))
    }
}

impl BenchArgs {
    /// What was asked for, or `ctap` with the flags that stand without one.
    pub(crate) fn command(self) -> BenchCommand {
        self.what.unwrap_or(BenchCommand::Ctap(self.ctap))
    }
}

impl RunArgs {
    /// # Errors
    ///
    /// When the durations cannot be read.
    pub(crate) fn options(&self) -> Result<RunOptions, CouldNotRun> {
        Ok(RunOptions {
            paths: self.paths.clone(),
            scenarios: self.scenarios.clone(),
            tags: self.tags.clone(),
            name: self.name.clone(),
            seed: self.seed,
            jobs: self.jobs.unwrap_or(RunOptions::default().jobs),
            on_failure: if self.fail_fast { OnFailure::Stop } else { OnFailure::GoOn },
            report_dir: self.report_dir.clone(),
            shard: self.shard.or(self.shard_index),
            durations: self.durations.as_deref().map(Durations::read).transpose()?,
        })
    }
}

fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("a seed is a whole number from 0 to {}", u64::MAX))
}

/// A shard whose index counts from 0; Swarm names the first slot by its node.
fn shard_index(text: &str) -> Result<Shard, String> {
    let wrong = || "it is an index from 0 and how many there are, as in 0/4 to 3/4".to_owned();
    let (index, of) = text.split_once('/').ok_or_else(wrong)?;
    let is_node = index.len() == 25 && index.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let index = if is_node { Some(0_usize) } else { index.parse().ok() };
    let number = index.and_then(|index| index.checked_add(1)).ok_or_else(wrong)?;
    format!("{number}/{of}").parse().map_err(|_| wrong())
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "it is an IP address and a port, as in 127.0.0.1:8111".to_owned())
}

fn control(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "it is an IP address and a port, as in 127.0.0.1:8112; port 0 takes any".to_owned())
}

fn answer_to(text: &str) -> Result<AnswerTo, String> {
    match text {
        "sender" => Ok(AnswerTo::Sender),
        text => text
            .parse()
            .map(AnswerTo::Address)
            .map_err(|_| "it is `sender`, or an IP address and a port, as in 127.0.0.1:7112".to_owned()),
    }
}

fn jobs(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "it is a whole number of at least 1".to_owned())
}

fn crowd(text: &str) -> Result<u32, String> {
    let number = text.parse().ok().filter(|number| (1..=1_000_000).contains(number));
    number.ok_or_else(|| "it is a whole number from 1 to 1000000".to_owned())
}

fn users(text: &str) -> Result<u32, String> {
    let number = text.parse().ok().filter(|number| (2_000..=1_000_000).contains(number));
    number.ok_or_else(|| "it is a whole number from 2000 to 1000000".to_owned())
}

fn rounds(text: &str) -> Result<NonZeroU32, String> {
    text.parse().map_err(|_| format!("it is a whole number from 1 to {}", u32::MAX))
}

const EXIT_CODES: &str = "\
Exit codes:
  0  every scenario passed
  1  a scenario failed, was undefined, or was skipped by --fail-fast or Ctrl-C
  2  nothing could be run: a wrong flag, path or feature file, no scenario matched, or no report could be written";

const MERGE_HELP: &str = "\
Exit codes:
  0  every scenario of every shard passed
  1  a scenario failed or was skipped
  2  the reports could not be read or do not make one run; the message says which";

const GUIDE_HELP: &str = "\
Exit codes:
  0  the page is up to date
  1  --check, and it is not
  2  a file could not be read, or the guide names a scenario, step or patch that is not there";

const PHONE_HELP: &str = "\
docs/security-key.md shows it with ssh, browsers, a Windows machine and python-fido2.

Exit codes:
  0  it ended by Ctrl-C or quit
  2  it could not begin, or the transport broke off; the message says what to do";

const ENTRA_HELP: &str = "\
docs/entra.md shows it with MSAL, azure-identity, curl and a browser.

Exit codes:
  0  it ended by Ctrl-C
  2  it could not begin; the message says what to do";

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &[&str]) -> RunArgs {
        let args = Args::try_parse_from([&["passkey-lab"], line].concat()).expect("the line is right");
        match args.command() {
            Command::Run(args) => args,
            other => panic!("{other:?}"),
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
        check(&["bench", "--crowd", "0"], "from 1 to 1000000");
        check(&["bench", "ctap", "--crowd", "0"], "from 1 to 1000000");
        check(&["bench", "graph", "--users", "10"], "from 2000 to 1000000");
        check(&["--shard", "5/4"], "a shard is a number and how many there are, as in 1/4 to 4/4");
        check(&["--shard-index", "4/4"], "an index from 0 and how many there are, as in 0/4 to 3/4");
        check(&["--shard-index", "manager/4"], "an index from 0");
        check(&["phone", "--seed", "-1"], "a whole number from 0");
    }

    #[test]
    fn what_a_phone_cannot_be_told_is_refused_with_what_it_can() {
        let check = |line: &[&str], words: &str| {
            let refused = Args::try_parse_from([&["passkey-lab", "phone"], line].concat()).expect_err("it is wrong");
            assert!(refused.to_string().contains(words), "{refused}");
        };
        check(&["--transport", "bluetooth"], "[possible values: udp, tcp, unix, uhid, usbip]");
        check(&["--listen", "8111"], "an IP address and a port, as in 127.0.0.1:8111");
        check(&["--answer-to", "me"], "`sender`, or an IP address and a port");
        check(&["--user", "after=2"], "ask, accept, decline, ignore, or after=DURATION");
        check(&["--attestation", "none"], "[possible values: self, packed]");
        check(&["--fault", "nonsense"], "a rule is COMMAND[@RPID][#WHICH]:FAULT, as in");
        check(&["--fault", "any:nonsense"], "\"nonsense\" is no fault; it is status=NAME");
        check(&["--control", "8112"], "an IP address and a port, as in 127.0.0.1:8112");
        check(&["--control-token", "secret"], "--control <ADDRESS:PORT>");
        check(&["--quiet", "--verbose"], "cannot be used with");
    }

    #[test]
    fn what_a_tenant_cannot_be_told_is_refused_with_what_it_can() {
        let check = |line: &[&str], words: &str| {
            let refused = Args::try_parse_from([&["passkey-lab", "entra"], line].concat()).expect_err("it is wrong");
            assert!(refused.to_string().contains(words), "{refused}");
        };
        check(&["--listen", "8443"], "an IP address and a port");
        check(&["--name", "https://lab.test"], "a host name or an IP address, as in entra.lab.test");
        check(&["--seed", "1"], "unexpected argument");
    }

    #[test]
    fn the_ctap_core_is_what_bench_measures_by_default() {
        let check = |line: &[&str]| match Args::try_parse_from(line).expect("the line is right").command() {
            Command::Bench(args) => args.command(),
            other => panic!("{other:?}"),
        };
        for line in [&["passkey-lab", "bench", "--rounds", "7"][..], &["passkey-lab", "bench", "ctap", "--rounds", "7"]]
        {
            assert!(matches!(check(line), BenchCommand::Ctap(args) if args.rounds.get() == 7 && args.crowd == 100_000));
        }
        let graph = check(&["passkey-lab", "bench", "graph", "--users", "5000"]);
        assert!(matches!(graph, BenchCommand::Graph(args) if args.users == 5_000));
    }

    #[test]
    fn an_index_of_a_scheduler_is_a_shard() {
        let shard = |index: &str| {
            let options = check(&["run", "--shard-index", index]).options().expect("no file is read");
            options.shard.map(|shard| shard.to_string())
        };
        assert_eq!(shard("0/4"), Some("1/4".to_owned()));
        assert_eq!(shard("3/4"), Some("4/4".to_owned()));
        assert_eq!(shard("n7s2xh0h6vk2kqk0pt5c4b9zq/4"), Some("1/4".to_owned()));
    }

    #[test]
    fn run_is_the_default_subcommand() {
        let options = |line: &[&str]| check(line).options().expect("no file is read");
        assert_eq!(options(&[]), RunOptions::default());
        assert_eq!(options(&["--tags", "@x", "a.feature:3"]), options(&["run", "--tags", "@x", "a.feature:3"]));
    }
}
