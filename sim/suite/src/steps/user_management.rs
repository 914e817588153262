//! User Management beyond its tabs: Device Details, and what Control Center asks Graph when the page is opened.

use cucumber::{given, then, when};
use lab::Place;
use lab::journal::Event;

use super::parameters::{Phase, Who};
use crate::World;
use crate::world::{Outcome, ensure, sentences};

/// Opens the tab.
#[given(expr = "the administrator has opened User Management under {phase}")]
#[when(expr = "the administrator opens User Management under {phase}")]
fn opens_tab(world: &mut World, phase: Phase) -> Outcome {
    Ok(world.lab()?.open_user_management(phase.tab())?)
}

/// Device Details in the line of the user, on the tab that lists the user.
#[when(expr = "the administrator opens the Device Details of {person}")]
fn opens_details(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let tabs = lab.tabs_that_list(&person)?;
    lab.open_user_management(tabs.first().copied().unwrap_or("Pending"))?;
    Ok(lab.tap_in(&Place::Admin, &person.upn, "Device Details")?)
}

/// How many batches Graph has answered Control Center with 200, from the beginning.
#[then(expr = "Control Center has confirmed the accounts in {int} batch(es)")]
fn has_confirmed(world: &mut World, count: usize) -> Outcome {
    let lab = world.lab()?;
    let exchanges = sentences(lab, |event| matches!(event, Event::Http(_)));
    let batches = exchanges.iter().filter(|text| text.ends_with("/v1.0/$batch -> 200")).count();
    ensure(batches == count, || format!("{batches} batches were answered"))
}
