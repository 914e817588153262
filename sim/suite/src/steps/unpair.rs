//! Unpairing, from each place.

use cucumber::{given, then, when};
use lab::Place;

use super::parameters::{Phase, Who};
use crate::World;
use crate::world::{Outcome, ensure};

/// My Security Keys, the arrow, Delete, Delete.
#[given(expr = "{person} has deleted the security key on the phone")]
#[when(expr = "{person} deletes the security key on the phone")]
fn on_the_phone(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.delete_on_phone(&person)?)
}

/// Unpair in the line of the phone, and once more.
#[given(expr = "{person} has unpaired the phone in the Passwordless client")]
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

/// By Graph: a suspended account may sign in again.
#[given(expr = "an administrator has lifted the suspension of {person} in Entra")]
#[when(expr = "an administrator lifts the suspension of {person} in Entra")]
fn lifts_suspension(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.enable_account(&person, true)?)
}

/// By Graph; the account can be restored for thirty days.
#[given(expr = "an administrator has deleted the account of {person} in Entra")]
#[when(expr = "an administrator deletes the account of {person} in Entra")]
fn deletes_account(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.delete_account(&person)?)
}

/// By Graph, from the deleted items.
#[given(expr = "an administrator has restored the account of {person} in Entra")]
#[when(expr = "an administrator restores the account of {person} in Entra")]
fn restores_account(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.restore_account(&person)?)
}

/// By Graph.
#[given(expr = "an administrator has taken the role {string} from the service account")]
#[when(expr = "an administrator takes the role {string} from the service account")]
fn takes_role(world: &mut World, role: String) -> Outcome {
    Ok(world.lab()?.take_role_from_service_account(&role)?)
}

/// The user stands in the tab, and no icon stands beside.
#[then(expr = "User Management shows no icon beside {person} under {phase}")]
fn shows_no_icon(world: &mut World, who: Who, phase: Phase) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    lab.open_user_management(phase.tab())?;
    let screen = lab.screen(&Place::Admin).unwrap_or_default();
    let without = screen.row(&person.upn).is_ok_and(|row| row.icons.is_empty());
    ensure(without, || format!("{} is not listed without an icon:\n{screen}", person.upn))
}

/// In Edge; the text message is answered if it is asked for.
#[given(expr = "{person} has deleted the security key in security info")]
#[when(expr = "{person} deletes the security key in security info")]
fn in_security_info(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.delete_in_security_info(&person)?)
}
