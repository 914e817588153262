//! What the administrator does and sees in Control Center.

use cucumber::{given, then, when};
use lab::Place;

use super::parameters::{Phase, Who};
use crate::World;
use crate::world::{Outcome, ensure, shown};

/// Integration Settings, Disable.
#[given("the administrator has disabled the integration")]
#[when("the administrator disables the integration")]
fn disables(world: &mut World) -> Outcome {
    Ok(world.lab()?.switch_integration("Disable")?)
}

/// Integration Settings, Enable, Close.
#[given("the administrator has enabled the integration")]
#[when("the administrator enables the integration")]
fn enables(world: &mut World) -> Outcome {
    Ok(world.lab()?.switch_integration("Enable")?)
}

/// Login Settings: switches Restrict Domains on, adds these, separated by commas, saves.
#[given(expr = "the administrator has restricted the domains to {string}")]
#[when(expr = "the administrator restricts the domains to {string}")]
fn restricts(world: &mut World, domains: String) -> Outcome {
    Ok(world.lab()?.restrict_domains(&domains)?)
}

/// Fills the form as the guide says and clicks Add Integration.
#[when("the administrator adds the integration")]
fn adds(world: &mut World) -> Outcome {
    let lab = world.lab()?;
    lab.open_integration_form()?;
    Ok(lab.submit_integration_form(&[])?)
}

/// The same with another value in one field.
#[when(expr = "the administrator adds the integration with {string} as {string}")]
fn adds_with(world: &mut World, value: String, field: String) -> Outcome {
    let lab = world.lab()?;
    lab.open_integration_form()?;
    Ok(lab.submit_integration_form(&[(&field, &value)])?)
}

/// The same with the usual mistake.
#[when("the administrator adds the integration with the id of the secret in place of its value")]
fn adds_with_secret_id(world: &mut World) -> Outcome {
    let lab = world.lab()?;
    let id = lab.registration().client_secret_id.to_string();
    lab.open_integration_form()?;
    Ok(lab.submit_integration_form(&[("Client Secret", &id)])?)
}

/// Goes towards the form as far as Control Center offers the way.
#[when("the administrator looks for the Native Azure Login Experience")]
fn looks_for_native_login(world: &mut World) -> Outcome {
    Ok(world.lab()?.look_for_native_login()?)
}

/// In the User Management that is on the screen, or else of the first integration.
#[when(expr = "the administrator invites {person}")]
fn invites(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.invite_user(&person.upn)?)
}

/// A button, link or tab.
#[when(expr = "the administrator clicks {string}")]
fn clicks(world: &mut World, label: String) -> Outcome {
    Ok(world.lab()?.tap(&Place::Admin, &label)?)
}

/// A page of the first integration: User Management, Integration Settings, Login Settings, Workstation Settings,
/// Audit Trail.
#[when(expr = "the administrator opens {string}")]
fn opens(world: &mut World, page: String) -> Outcome {
    Ok(world.lab()?.open_integration(&page)?)
}

/// The list of integrations.
#[when("the administrator opens the integrations")]
fn opens_list(world: &mut World) -> Outcome {
    Ok(world.lab()?.open_integrations()?)
}

/// The words stand on the page.
#[then(expr = "the administrator sees {string}")]
fn sees(world: &mut World, words: String) -> Outcome {
    let lab = world.lab()?;
    ensure(lab.shows(&Place::Admin, &words), || {
        format!("{words:?} is not in the administrator's browser, which shows:\n{}", shown(lab, &Place::Admin))
    })
}

/// Time passes until they do, at most so long.
#[then(expr = "within {duration} the administrator sees {string}")]
fn sees_within(world: &mut World, within: super::parameters::Length, words: String) -> Outcome {
    Ok(world.lab()?.await_words(&Place::Admin, &words, within.0)?)
}

/// The words do not stand on the page.
#[then(expr = "the administrator does not see {string}")]
fn does_not_see(world: &mut World, words: String) -> Outcome {
    let lab = world.lab()?;
    ensure(!lab.shows(&Place::Admin, &words), || {
        format!("{words:?} is in the administrator's browser, which shows:\n{}", shown(lab, &Place::Admin))
    })
}

/// Opens all three tabs.
#[then(expr = "User Management lists {person} under {phase}, and nowhere else")]
fn lists(world: &mut World, who: Who, phase: Phase) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let tabs = lab.tabs_that_list(&person)?;
    ensure(tabs == [phase.tab()], || format!("{} is listed under: {tabs:?}", person.upn))
}

/// Opens all three tabs.
#[then(expr = "User Management lists {person} nowhere")]
fn lists_nowhere(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let tabs = lab.tabs_that_list(&person)?;
    ensure(tabs.is_empty(), || format!("{} is listed under: {tabs:?}", person.upn))
}

/// An icon, by its name or by what it says on hovering.
#[then(expr = "User Management shows {string} beside {person} under {phase}")]
fn shows_icon(world: &mut World, words: String, who: Who, phase: Phase) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    lab.open_user_management(phase.tab())?;
    let screen = lab.screen(&Place::Admin).unwrap_or_default();
    let found =
        screen.row(&person.upn).is_ok_and(|row| row.icons.iter().any(|icon| icon.name == words || icon.hover == words));
    ensure(found, || format!("no icon says {words:?} beside {}:\n{screen}", person.upn))
}

/// Adds it and clicks Maybe Later.
#[given("the administrator adds a new integration")]
fn has_added(world: &mut World) -> Outcome {
    let lab = world.lab()?;
    lab.open_integration_form()?;
    lab.submit_integration_form(&[])?;
    Ok(lab.tap(&Place::Admin, "Maybe Later")?)
}
