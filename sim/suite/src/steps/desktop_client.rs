//! "Download Desktop Client": the archive, and what is in it.

use cucumber::{given, then, when};

use super::parameters::Who;
use crate::World;
use crate::world::{Outcome, StepError, ensure};

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
    let files = world.lab()?.downloaded_files()?;
    let parameters = files.get("hypr.json").ok_or_else(|| StepError::new("the archive holds no hypr.json"))?;
    let parameters: serde_json::Value =
        serde_json::from_slice(parameters).map_err(|error| StepError::new(format!("hypr.json: {error}")))?;
    ensure(parameters[&name] == value.as_str(), || format!("{name} is {}", parameters[&name]))
}
