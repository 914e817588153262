//! What happens to a phone and its app besides its screens.

use clockwork::Gesture;
use cucumber::{given, when};

use super::parameters::Who;
use crate::World;
use crate::world::{Outcome, StepError};

/// Brings another app to the front; the virtual USB key goes away, and what the app showed comes back with it.
#[given(expr = "{person} has sent the HYPR Mobile App to the background")]
#[when(expr = "{person} sends the HYPR Mobile App to the background")]
fn to_background(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.send_app_to_background(&person)?)
}

/// Deletes the app with its keys and accounts, installs it again and opens it. Nobody else is told.
#[given(expr = "{person} has reinstalled the HYPR Mobile App")]
#[when(expr = "{person} reinstalls the HYPR Mobile App")]
fn reinstalls(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.reinstall_app(&person)?)
}

/// Somebody else's finger or face, so many times. The phone has to ask for it each time.
#[given(expr = "{person} has given a wrong biometric {int} times")]
#[when(expr = "{person} gives a wrong biometric {int} times")]
fn wrong_biometrics(world: &mut World, who: Who, times: usize) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let phone = person.phone()?;
    Ok((0..times).try_for_each(|_| lab.present(&phone, Gesture::Wrong))?)
}

/// From now on the steps about this person's workstation mean the one of this name.
#[given(expr = "{person} has gone to the workstation {string}")]
#[when(expr = "{person} goes to the workstation {string}")]
fn goes_to(world: &mut World, who: Who, workstation: String) -> Outcome {
    let lab = world.lab()?;
    if lab.workstation(&workstation).is_none() {
        return Err(StepError::new(format!("this lab has no workstation {workstation:?}")));
    }
    let person = lab.person(&who.0)?;
    world.go_to(&person.name, &workstation);
    Ok(())
}
