//! `passkey-lab entra`: the tenant of a scenario, for real clients.

mod error;
mod sheet;

use clockwork::Clock;
use lab::Scenario;
use miette::{IntoDiagnostic as _, Result};
use sandbox::{Authority, Entra, Event, Limits, Server, default_names};
use tokio::runtime::Builder;

use self::error::EntraError;
use self::sheet::Sheet;
use crate::args::EntraArgs;
use crate::out::{say, say_line};
use crate::stop::stopped;

/// Serves until Ctrl-C.
pub(crate) fn run(args: &EntraArgs) -> Result<()> {
    let clock = Clock::system();
    let entra = Entra::of(Scenario::read(&args.scenario)?, clock.clone()).map_err(EntraError::from_tenant)?;
    let authority = Authority::open(&args.ca, clock.now()).map_err(EntraError::from)?;
    let names: Vec<_> = default_names().into_iter().chain(args.name.iter().cloned()).collect();
    let tls = authority.server_config(&names, clock.now()).map_err(EntraError::from)?;
    let router = entra.router(teller(args, &clock));
    let runtime = Builder::new_multi_thread().enable_all().build().into_diagnostic()?;
    runtime.block_on(async {
        let stop = stopped();
        let server = Server::bind(args.listen, Some(tls), router, Limits::default()).await.map_err(EntraError::from)?;
        let address = server.address().into_diagnostic()?;
        say(&Sheet { entra: &entra, authority: &authority, address, name: args.name.first() }.to_string());
        server.serve(stop).await;
        say("ended");
        Ok(())
    })
}

/// Prints what happens. A text message is for a person, who has no other way to read it.
fn teller(args: &EntraArgs, clock: &Clock) -> impl Fn(Event) + Send + Sync + 'static {
    let (quiet, clock) = (args.quiet, clock.clone());
    move |event| {
        let at = clock.now().strftime("%H:%M:%S").to_string();
        match &event {
            Event::TextMessage { to, code } => say_line(&format!("{at} text message to {to}: {}", code.reveal())),
            _ if quiet => {}
            event => say_line(&format!("{at} {event}")),
        }
    }
}
