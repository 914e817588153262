//! `passkey-lab phone`: the phone as a security key for hosts outside of the lab.

mod console;
mod endpoint;
mod error;
mod narrator;

use std::io::{self, IsTerminal as _};

use clockwork::{Clock, Seed};
use ctap::{Attestation, Authenticator, Profile};
use miette::{IntoDiagnostic as _, Result};
use tokio::runtime::Builder;
use transport::shell::Hub;
use transport::{Device, User};

use self::console::{Console, Next};
use self::endpoint::Endpoint;
use self::error::PhoneError;
use self::narrator::{Narrator, Tone};
use crate::args::{AttestationKind, PhoneArgs};

/// Serves until Ctrl-C or `quit`.
pub(crate) fn run(args: &PhoneArgs) -> Result<()> {
    let user = user(args.user)?;
    let key = authenticator(args)?;
    let endpoint = Endpoint::of(args)?;
    let runtime = Builder::new_current_thread().enable_all().build().into_diagnostic()?;
    runtime.block_on(serve(args, endpoint, Device::new(key, user), user))
}

async fn serve(args: &PhoneArgs, endpoint: Endpoint, device: Device, user: User) -> Result<()> {
    let (mut hub, wire) = Hub::new(device, Clock::system());
    let mut stop = Box::pin(stopped());
    let mut listening = endpoint.open(wire).await?;
    let mut narrator = Narrator::new(Tone::of(args));
    narrator::banner(args, &listening, user);
    let mut console = Console::for_user(user);
    loop {
        tokio::select! {
            () = hub.turn() => {}
            next = console.next() => match next {
                Next::Order(order) => console::obey(&order, &mut hub, &narrator),
                Next::End => break,
            },
            ended = listening.serving.as_mut() => {
                let Err(reason) = ended;
                return Err(PhoneError::Ended { reason }.into());
            }
            () = stop.as_mut() => break,
        }
        while let Some(event) = hub.poll_event() {
            narrator.tell(Clock::system().now(), user, &event);
        }
        // What has to survive this process is to be saved here: no answer has left yet.
        hub.carry();
    }
    narrator::farewell();
    Ok(())
}

/// Who answers; nobody is chosen silently who would say yes to everything.
fn user(chosen: Option<User>) -> Result<User, PhoneError> {
    match chosen {
        Some(user) => Ok(user),
        None if io::stdin().is_terminal() => Ok(User::Asked),
        None => Err(PhoneError::NobodyThere),
    }
}

fn authenticator(args: &PhoneArgs) -> Result<Authenticator, PhoneError> {
    let profile = profile(&args.profile)?;
    let attestation = match args.attestation {
        AttestationKind::Itself => Attestation::packed_self(),
        AttestationKind::Packed => Attestation::packed(ATTESTATION_KEY, ATTESTATION).expect("the fixtures fit"),
    };
    if !attestation.is_for(profile.aaguid) {
        return Err(PhoneError::OtherModel { profile: args.profile.clone() });
    }
    Ok(Authenticator::new(profile, attestation, seed(args.seed)?.fork("phone/key")))
}

/// The one place that knows what kinds of phone there are.
fn profile(name: &str) -> Result<Profile, PhoneError> {
    match name {
        "hypr-ios" => Ok(Profile::hypr_ios()),
        "hypr-android" => Ok(Profile::hypr_android()),
        _ => Err(PhoneError::NoSuchProfile { name: name.to_owned() }),
    }
}

/// Hosts outside of the lab remember keys, so that each run has others unless it is told not to.
fn seed(chosen: Option<u64>) -> Result<Seed, PhoneError> {
    if let Some(number) = chosen {
        return Ok(Seed::of(&["phone", &number.to_string()]));
    }
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|reason| PhoneError::NoRandomness { reason: reason.to_string() })?;
    Ok(Seed::of(&["phone", &random.map(|byte| format!("{byte:02x}")).concat()]))
}

/// Ctrl-C, or what `kill` and container runtimes send.
async fn stopped() {
    #[cfg(unix)]
    {
        let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        if let Ok(mut terminate) = terminate {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => return,
                _ = terminate.recv() => return,
            }
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        // Where signals cannot be listened to, they do what they do without us.
        std::future::pending::<()>().await;
    }
}

const ATTESTATION_KEY: &str = include_str!("../../../fixtures/pki/hypr-attestation.key.pem");
const ATTESTATION: &str = include_str!("../../../fixtures/pki/hypr-attestation.pem");
