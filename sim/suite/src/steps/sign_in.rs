//! Logging in to Windows and to Azure-protected content.

use cucumber::{given, then, when};

use super::parameters::{Where, Who};
use crate::World;
use crate::world::{Outcome, ensure, shown};
use lab::Window;

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
