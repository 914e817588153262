//! The lab, its people and its time.

use cucumber::{given, when};
use jiff::SignedDuration;

use super::parameters::{Length, Who};
use crate::World;
use crate::world::Outcome;

/// Starts the lab of a [scenario file](scenarios.md). Every scenario begins with it.
#[given(expr = "the lab {string}")]
fn the_lab(world: &mut World, name: String) -> Outcome {
    world.start(&name)
}

/// Signs in with the password on the person's workstation.
#[given(expr = "{person} is signed in to Windows")]
fn signed_in(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.sign_in_with_password(&person)?)
}

/// The whole first half: sign in, Start Pairing, scan, biometric, connection by Bluetooth, Close.
#[given(expr = "{person} is paired with HYPR")]
fn paired_with_hypr(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.pair_with_hypr(&person)?)
}

/// Both halves. The key is called "HYPR"; 10 seconds pass at the end.
#[given(expr = "{person} is paired with Azure")]
fn paired_with_azure(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    lab.pair_with_hypr(&person)?;
    Ok(lab.pair_with_azure(&person)?)
}

/// Brings the app to the front. An open app stays as it is.
#[given(expr = "{person} has opened the HYPR Mobile App")]
#[when(expr = "{person} opens the HYPR Mobile App")]
fn opens_app(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.open_app(&person)?)
}

/// Closes the app; the virtual USB key goes away.
#[given(expr = "{person} has closed the HYPR Mobile App")]
#[when(expr = "{person} closes the HYPR Mobile App")]
fn closes_app(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.close_app(&person)?)
}

/// Closes the app and opens it.
#[given(expr = "{person} has opened the HYPR Mobile App anew")]
#[when(expr = "{person} opens the HYPR Mobile App anew")]
fn reopens_app(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    lab.close_app(&person)?;
    Ok(lab.open_app(&person)?)
}

/// Lets time pass, from deadline to deadline.
#[when(expr = "{duration} pass(es)")]
fn time_passes(world: &mut World, by: Length) -> Outcome {
    world.lab()?.pass(by.0);
    Ok(())
}

/// 10 seconds pass: the phone reports its key, Control Center asks Graph.
#[given("the pairing has settled")]
#[when("the pairing has settled")]
fn pairing_settles(world: &mut World) -> Outcome {
    world.lab()?.pass(SignedDuration::from_secs(10));
    Ok(())
}
