//! `passkey-lab phone`: the phone as a security key for hosts outside of the lab.

mod console;
mod control;
mod endpoint;
mod error;
mod log;
mod narrator;
mod order;
mod state;

use std::io::{self, IsTerminal as _};
use std::path::Path;

use clockwork::{Clock, Seed};
use ctap::{Attestation, Authenticator, Faults, Profile, Signer};
use miette::{IntoDiagnostic as _, Result};
use tokio::runtime::Builder;
use transport::shell::Hub;
use transport::{Device, User};

use self::console::{Console, Next};
use self::endpoint::Endpoint;
use self::error::PhoneError;
use self::narrator::{Answers, Narrator, Tone};
use crate::args::{AttestationKind, PhoneArgs, SignerKind};
use crate::stop::stopped;

/// Serves until Ctrl-C or `quit`.
pub(crate) fn run(args: &PhoneArgs) -> Result<()> {
    let answers = answers(args)?;
    let key = authenticator(args)?;
    let endpoint = Endpoint::of(args)?;
    let runtime = Builder::new_current_thread().enable_all().build().into_diagnostic()?;
    runtime.block_on(serve(args, endpoint, Device::new(key, answers.user()), answers))
}

async fn serve(args: &PhoneArgs, endpoint: Endpoint, device: Device, answers: Answers) -> Result<()> {
    let (mut hub, wire) = Hub::new(device, Clock::system());
    let mut stop = Box::pin(stopped());
    let mut listening = endpoint.open(wire).await?;
    let mut narrator = Narrator::new(Tone::of(args));
    let mut control = control::open(args, narrator.log.watch()).await?;
    let mut state = args.state.clone().map(state::StateFile::new);
    // A file that cannot be written is found now, and not by the first registration.
    if let Some(state) = &mut state {
        state.save(hub.device().key())?;
    }
    narrator::banner(args, hub.device().key(), &listening, control.as_ref(), answers);
    let mut console = match answers {
        Answers::Keyboard => Console::at_keyboard(),
        Answers::Control | Answers::Policy(_) => Console::of_nobody(),
    };
    loop {
        let mut reply = None;
        tokio::select! {
            () = hub.turn() => {}
            next = console.next() => match next {
                Next::Order(order) => console::obey(&order, &mut hub, &narrator),
                Next::End => break,
            },
            asked = control::next(&mut control) => reply = Some(asked.carry_out(&mut hub, &narrator)),
            ended = listening.serving.as_mut() => {
                let Err(reason) = ended;
                return Err(PhoneError::Ended { reason }.into());
            }
            () = stop.as_mut() => break,
        }
        while let Some(event) = hub.poll_event() {
            narrator.tell(Clock::system().now(), hub.device().user(), event);
        }
        // No answer has left yet: what it promises is on disk before it does.
        if let Some(state) = &mut state {
            state.save(hub.device().key())?;
        }
        if let Some(reply) = reply {
            reply.leave();
        }
        hub.carry();
    }
    narrator::farewell(args);
    Ok(())
}

/// Who answers; nobody is chosen silently who would say yes to everything.
fn answers(args: &PhoneArgs) -> Result<Answers, PhoneError> {
    match args.user {
        Some(User::Asked) => Ok(Answers::Keyboard),
        Some(user) => Ok(Answers::Policy(user)),
        None if io::stdin().is_terminal() => Ok(Answers::Keyboard),
        None if args.control.is_some() => Ok(Answers::Control),
        None => Err(PhoneError::NobodyThere),
    }
}

fn authenticator(args: &PhoneArgs) -> Result<Authenticator, PhoneError> {
    let profile = profile(&args.profile)?;
    let certified = certified(&profile);
    let attestation = match (args.attestation, certified.is_for(profile.aaguid)) {
        (Some(AttestationKind::Packed), false) => {
            return Err(PhoneError::OtherModel { profile: args.profile.clone() });
        }
        (Some(AttestationKind::Packed) | None, true) => certified,
        (Some(AttestationKind::Itself), _) | (None, false) => Attestation::packed_self(),
    };
    let rng = seed(args.seed)?.fork("phone/key");
    let kept = match &args.state {
        Some(path) => state::load(path)?.map(|snapshot| (path, snapshot)),
        None => None,
    };
    let mut key = match kept {
        Some((path, snapshot)) => Authenticator::restore(profile, attestation, rng, snapshot)
            .map_err(|reason| PhoneError::BadSnapshot { path: path.to_owned(), reason })?,
        None => Authenticator::new(profile, attestation, rng),
    };
    *key.faults_mut() = Faults::new(args.faults.iter().cloned());
    key.set_signer(match args.signer {
        SignerKind::Reproducible => Signer::Reproducible,
        SignerKind::Fast => Signer::Fast,
    });
    Ok(key)
}

/// The lab's certificate for the profile's model, and for the security key of CTAP 2.3 one of the device itself; HYPR's
/// where the model has none.
fn certified(profile: &Profile) -> Attestation {
    let packed = |key, chain| Attestation::packed(key, chain).expect("the fixtures fit");
    let key = packed(SECURITY_KEY_KEY, SECURITY_KEY);
    if key.is_for(profile.aaguid) {
        return key.with_enterprise(packed(ENTERPRISE_KEY, ENTERPRISE));
    }
    let key = packed(OLDER_KEY_KEY, OLDER_KEY);
    if key.is_for(profile.aaguid) { key } else { packed(ATTESTATION_KEY, ATTESTATION) }
}

/// A shipped profile by its name, or one of a file.
fn profile(name: &str) -> Result<Profile, PhoneError> {
    if let Some(profile) = Profile::named(name) {
        return Ok(profile);
    }
    if !name.ends_with(".yaml") {
        let known = Profile::names().collect::<Vec<_>>().join(", ");
        return Err(PhoneError::NoSuchProfile { name: name.to_owned(), known });
    }
    let unreadable = |reason| PhoneError::Unreadable { path: name.into(), reason };
    let text = std::fs::read_to_string(name).map_err(unreadable)?;
    Ok(Profile::parse(Path::new(name), &text)?)
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

const ATTESTATION_KEY: &str = include_str!("../../../fixtures/pki/hypr-attestation.key.pem");
const ATTESTATION: &str = include_str!("../../../fixtures/pki/hypr-attestation.pem");
const OLDER_KEY_KEY: &str = include_str!("../../../fixtures/pki/ctap-2.0-attestation.key.pem");
const OLDER_KEY: &str = include_str!("../../../fixtures/pki/ctap-2.0-attestation.pem");
const SECURITY_KEY_KEY: &str = include_str!("../../../fixtures/pki/ctap-2.3-attestation.key.pem");
const SECURITY_KEY: &str = include_str!("../../../fixtures/pki/ctap-2.3-attestation.pem");
const ENTERPRISE_KEY: &str = include_str!("../../../fixtures/pki/ctap-2.3-enterprise.key.pem");
const ENTERPRISE: &str = include_str!("../../../fixtures/pki/ctap-2.3-enterprise.pem");
