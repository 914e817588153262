//! Logging in to Windows and to Azure-protected content.

use cucumber::{given, then, when};

use super::parameters::{Where, Who};
use crate::World;
use crate::world::{Outcome, ensure, shown};
use lab::Window;

/// With the account of the machine's own that the scenario file names.
#[given(expr = "{person} is signed in with the local account of the workstation")]
fn signed_in_locally(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.sign_in_locally(&person)?)
}

/// As Other User, on a workstation that is somebody else's.
#[given(expr = "{person} is signed in at the workstation of {person} with his password")]
#[when(expr = "{person} signs in at the workstation of {person} with his password")]
fn signs_in_elsewhere(world: &mut World, guest: Who, owner: Who) -> Outcome {
    let (lab, owner) = world.with(&owner.0)?;
    let guest = lab.person(&guest.0)?;
    Ok(lab.sign_in_as_other_user(&guest, &owner)?)
}

/// Locks the screen and wakes it.
#[given(expr = "{person} has locked the workstation")]
#[when(expr = "{person} locks the workstation")]
fn locks(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.lock_workstation(&person)?)
}

/// Types the name, then so many wrong passwords, each another one.
#[given(expr = "{person} has mistaken the password {int} times {place}")]
fn mistakes_password(world: &mut World, who: Who, times: usize, place: Where) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.mistake_password(&place.of(&person)?, &person, times)?)
}

/// Wakes the screen. With a key plugged in, Windows asks it at once.
#[when(expr = "{person} wakes the workstation")]
fn wakes(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    lab.with_workstation(person.workstation_name()?, lab::windows::Workstation::wake);
    Ok(())
}

/// Opens the app, then Sign-in options, Security key.
#[given(expr = "{person} has chosen the security key on the sign-in screen")]
#[when(expr = "{person} tries the security key on the sign-in screen")]
#[when(expr = "{person} chooses the security key on the sign-in screen")]
fn chooses_key(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    lab.open_app(&person)?;
    Ok(lab.choose_security_key(&person)?)
}

/// The same with the app closed.
#[when(expr = "{person} chooses the security key with the HYPR Mobile App closed")]
fn chooses_key_blindly(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    lab.close_app(&person)?;
    Ok(lab.choose_security_key(&person)?)
}

/// Accept, right biometric.
#[given(expr = "{person} has accepted on the phone and given the biometric")]
#[when(expr = "{person} accepts on the phone and gives the biometric")]
fn accepts(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.accept_sign_in(&person)?)
}

/// Locks, opens the app, chooses the key, accepts.
#[given(expr = "{person} has unlocked the workstation with the phone")]
#[when(expr = "{person} unlocks the workstation with the phone")]
fn unlocks(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    lab.lock_workstation(&person)?;
    lab.open_app(&person)?;
    lab.choose_security_key(&person)?;
    Ok(lab.accept_sign_in(&person)?)
}

/// Accept only, whatever it is for.
#[given(expr = "{person} has accepted the request on the phone")]
fn has_accepted(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.tap(&person.phone()?, "Accept")?)
}

/// Name, Other ways to sign in, security key; up to the browser's own chooser. The app is open.
#[given(expr = "{person} has opened Microsoft 365 in Chrome up to the choice of a passkey")]
#[when(expr = "{person} opens Microsoft 365 in Chrome up to the choice of a passkey")]
fn opens_office_to_chooser(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    lab.open_app(&person)?;
    Ok(lab.ask_for_protected_content(&person)?)
}

/// Security key in the browser's own chooser.
#[given(expr = "{person} has chosen the security key in the Windows dialog")]
fn has_chosen_in_dialog(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.tap(&person.window(Window::Security)?, "Security key")?)
}

/// Cancel in the dialog of Windows Security.
#[given(expr = "{person} has cancelled the Windows dialog")]
fn has_cancelled(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.tap(&person.window(Window::Security)?, "Cancel")?)
}

/// How many credentials the phone's authenticator holds.
#[then(expr = "the phone of {person} holds {int} security key(s)")]
fn phone_holds(world: &mut World, who: Who, count: usize) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let held = lab.phone(person.phone_name()?).map_or(0, |phone| phone.credentials().count());
    ensure(held == count, || format!("the phone of {} holds {held}", person.name))
}

/// Name, Other ways to sign in, security key; up to the request on the phone.
#[given(expr = "{person} has opened Microsoft 365 in Chrome with the security key")]
#[when(expr = "{person} opens Microsoft 365 in Chrome with the security key")]
fn opens_office(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    lab.open_app(&person)?;
    Ok(lab.open_protected_content(&person)?)
}

/// The desktop is open, and it is this person's.
#[then(expr = "{person} is logged in to Windows")]
fn logged_in(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let user = lab.workstation(person.workstation_name()?).and_then(|machine| machine.signed_in_user());
    let place = person.window(Window::SignIn)?;
    ensure(user.is_some_and(|user| user.eq_ignore_ascii_case(&person.upn)), || {
        format!("Windows has {user:?} signed in; the sign-in screen shows:\n{}", shown(lab, &place))
    })
}

/// No desktop is open on the person's workstation.
#[then(expr = "{person} is not logged in to Windows")]
fn not_logged_in(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    ensure(!lab.is_signed_in(&person)?, || format!("the desktop of {} is open", person.name))
}
