//! Unpairing, from each place.

use cucumber::{given, when};

use super::parameters::Who;
use crate::World;
use crate::world::Outcome;

/// My Security Keys, the arrow, Delete, Delete.
#[given(expr = "{person} has deleted the security key on the phone")]
#[when(expr = "{person} deletes the security key on the phone")]
fn on_the_phone(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.delete_on_phone(&person)?)
}

/// Unpair in the line of the phone, and once more.
#[when(expr = "{person} unpairs the phone in the Passwordless client")]
fn in_the_client(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.unpair_in_client(&person)?)
}

/// Delete in the line of the user, and once more.
#[given(expr = "the administrator has deleted {person} in User Management")]
#[when(expr = "the administrator deletes {person} in User Management")]
fn in_control_center(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.delete_in_control_center(&person)?)
}

/// All of them, by Graph.
#[given(expr = "an administrator has deleted the security keys of {person} in Entra")]
#[when(expr = "an administrator deletes the security keys of {person} in Entra")]
fn in_entra(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.delete_keys_in_entra(&person)?)
}

/// By Graph.
#[given(expr = "an administrator has suspended the account of {person} in Entra")]
#[when(expr = "an administrator suspends the account of {person} in Entra")]
fn suspends(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.enable_account(&person, false)?)
}

/// By Graph; undoes a suspension.
#[when(expr = "an administrator lets the account of {person} in Entra in again")]
fn lets_in(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.enable_account(&person, true)?)
}

/// By Graph.
#[when(expr = "an administrator removes the account of {person} from Entra")]
fn removes(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.remove_account(&person)?)
}

/// In Edge; the text message is answered if it is asked for.
#[when(expr = "{person} deletes the security key in security info")]
fn in_security_info(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.delete_in_security_info(&person)?)
}
