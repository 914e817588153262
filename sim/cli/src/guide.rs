//! `passkey-lab guide`: what of the guide the scenarios show.

use std::{fs, process::ExitCode};

use miette::{IntoDiagnostic as _, Result, WrapErr as _};
use suite::Guide;

use crate::{FAILED, args::GuideArgs, out::say};

/// Writes the page, or compares it; prints how much is shown.
pub(crate) fn run(args: &GuideArgs) -> Result<ExitCode> {
    let guide = Guide::read(&args.sentences, &args.features, &args.breaks)?;
    let coverage = guide.coverage();
    let (shown, beyond, open) = (coverage.shown, coverage.beyond, coverage.open.len());
    say(&format!("{shown} sentences shown, {beyond} that no scenario can show, {open} not covered"));
    if open > 0 {
        let numbers: Vec<String> = coverage.open.iter().map(u32::to_string).collect();
        say(&format!("not covered: {}", numbers.join(", ")));
    }
    let page = guide.page();
    let name = args.page.display();
    if !args.check {
        fs::write(&args.page, page).into_diagnostic().wrap_err_with(|| format!("cannot write {name}"))?;
        say(&name.to_string());
        return Ok(ExitCode::SUCCESS);
    }
    let kept = fs::read_to_string(&args.page).into_diagnostic().wrap_err_with(|| format!("cannot read {name}"))?;
    if kept == page {
        return Ok(ExitCode::SUCCESS);
    }
    say(&format!("{name} is not up to date: run `passkey-lab guide`"));
    Ok(ExitCode::from(FAILED))
}
