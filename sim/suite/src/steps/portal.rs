//! What the administrator does in Entra's portal.

use cucumber::{given, then, when};
use http::Method;
use lab::Place;

use super::parameters::Who;
use crate::World;
use crate::world::{Outcome, StepError, ensure, shown};

const ADMIN: Place = Place::Admin;

/// Opens an address in the administrator's browser and signs in as somebody of the scenario file.
#[given(expr = "the administrator signs in to {string} as {person}")]
#[when(expr = "the administrator signs in to {string} as {person}")]
fn signs_in(world: &mut World, url: String, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.sign_in_as_admin(&url, &person)?)
}

/// Types an address into the administrator's browser.
#[when(expr = "the administrator goes to {string}")]
fn goes_to(world: &mut World, url: String) -> Outcome {
    world.lab()?.open_as_admin(&url);
    Ok(())
}

/// Closes the administrator's browser and opens one that knows nobody.
#[when("the administrator opens an incognito browser")]
fn opens_incognito(world: &mut World) -> Outcome {
    world.lab()?.open_incognito();
    Ok(())
}

/// Follows the name in a list.
#[when(expr = "the administrator selects {string}")]
fn selects(world: &mut World, name: String) -> Outcome {
    Ok(world.lab()?.tap_in(&ADMIN, &name, &name)?)
}

/// Puts a tick into a box.
#[when(expr = "the administrator ticks {string}")]
fn ticks(world: &mut World, label: String) -> Outcome {
    Ok(world.lab()?.enter(&ADMIN, &label, "on")?)
}

/// Takes the tick from a box.
#[when(expr = "the administrator unticks {string}")]
fn unticks(world: &mut World, label: String) -> Outcome {
    Ok(world.lab()?.enter(&ADMIN, &label, "off")?)
}

/// Writes down what the screen shows beside the first text, for that field of the integration form.
#[then(expr = "the administrator saves what stands beside {string} as {string}")]
fn saves(world: &mut World, name: String, field: String) -> Outcome {
    let value = world.lab()?.beside(&name, None)?;
    world.saved.insert(field, value);
    Ok(())
}

/// The same, in the line that shows the second text.
#[when(expr = "the administrator saves what stands beside {string} of {string} as {string}")]
fn saves_of(world: &mut World, name: String, row: String, field: String) -> Outcome {
    let value = world.lab()?.beside(&name, Some(&row))?;
    world.saved.insert(field, value);
    Ok(())
}

/// Writes down a text that was typed, for that field of the integration form.
#[then(expr = "the administrator saves {string} as {string}")]
fn saves_text(world: &mut World, value: String, field: String) -> Outcome {
    world.saved.insert(field, value);
    Ok(())
}

/// Nothing on the screen is or holds what was saved for that field.
#[then(expr = "the administrator does not see what was saved as {string}")]
fn does_not_see_saved(world: &mut World, field: String) -> Outcome {
    let saved = world.saved.get(&field).cloned();
    let saved = saved.ok_or_else(|| StepError::new(format!("nothing was saved as {field:?}")))?;
    let lab = world.lab()?;
    ensure(!lab.shows(&ADMIN, &saved), || format!("it is on the screen:\n{}", shown(lab, &ADMIN)))
}

/// Fills Control Center's form with what was saved, and nothing else but an Application Name.
#[when("the administrator adds the integration with what was saved")]
fn adds_with_saved(world: &mut World) -> Outcome {
    let saved = world.saved.clone();
    let values: Vec<(&str, &str)> = saved.iter().map(|(field, value)| (field.as_str(), value.as_str())).collect();
    Ok(world.lab()?.add_integration_with(&values)?)
}

/// Graph lists a device configuration that switches it on, for all devices.
#[then("Entra's Intune lets people sign in to Windows by security key")]
fn intune_allows_keys(world: &mut World) -> Outcome {
    const SETTING: &str = "./Device/Vendor/MSFT/PassportForWork/SecurityKey/UseSecurityKeyForSignin";
    let listed = world.lab()?.graph(Method::GET, "/deviceManagement/deviceConfigurations", None)?;
    let settings = listed["value"].as_array().into_iter().flatten();
    let mut settings = settings.flat_map(|found| found["omaSettings"].as_array().into_iter().flatten());
    ensure(settings.any(|setting| setting["omaUri"] == SETTING && setting["value"] == 1), || {
        format!("Graph lists: {listed}")
    })
}
