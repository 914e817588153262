//! "Download Desktop Client": the archive, and what is in it.

use cucumber::{given, then, when};

use super::parameters::Who;
use crate::World;
use crate::world::{Outcome, ensure};

/// Login Settings, Download Desktop Client, Download Now.
#[given("the administrator has downloaded the desktop client")]
#[when("the administrator downloads the desktop client")]
fn downloads(world: &mut World) -> Outcome {
    world.lab()?.download_desktop_client()?;
    Ok(())
}

/// The installer of the archive is run beside its `hypr.json` on the person's workstation.
#[given(expr = "{person} has installed the Passwordless client from the archive")]
#[when(expr = "{person} installs the Passwordless client from the archive")]
fn installs(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.install_from_download(&person)?)
}

/// The names of the files in the archive that was downloaded, all of them, separated by commas.
#[then(expr = "the downloaded archive holds {string}")]
fn holds(world: &mut World, names: String) -> Outcome {
    let files = world.lab()?.downloaded_files()?;
    let held = files.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    ensure(held == names, || format!("it holds: {held}"))
}

/// A parameter of the `hypr.json` in the archive.
#[then(expr = "the installation parameter {string} is {string}")]
fn parameter_is(world: &mut World, name: String, value: String) -> Outcome {
    let parameters = world.lab()?.downloaded_parameters()?;
    ensure(parameters[&name] == value.as_str(), || format!("{name} is {}", parameters[&name]))
}

/// The installer is given another install token than that of the archive.
#[given(expr = "{person} has installed the Passwordless client with the install token {string}")]
fn installs_with(world: &mut World, who: Who, token: String) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.install_with_token(&person, &token)?)
}

/// Control Center refuses (401) whoever asks with the archive's install token for the phones of the person's workstation.
#[then(expr = "the install token no longer opens the list of phones of {person}'s workstation")]
fn install_token_is_refused(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let status = lab.ask_with_install_token(&person)?;
    ensure(status == Some(http::StatusCode::UNAUTHORIZED), || format!("the answer is {status:?}"))
}
