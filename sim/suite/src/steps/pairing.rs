//! Pairing with HYPR, then with Azure.

use clockwork::Gesture;
use cucumber::{given, then, when};
use lab::Window;

use super::parameters::Who;
use crate::World;
use crate::world::{Outcome, StepError, ensure, shown};

/// From the desktop to the QR code: Start Pairing, the reminder, Smartphone where it is asked, Begin Pairing. The
/// person is signed in to Windows.
#[given(expr = "{person} has started pairing")]
#[when(expr = "{person} starts pairing")]
fn starts_pairing(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.start_pairing(&person)?)
}

/// From the desktop over the reminder to what comes next.
#[when(expr = "{person} starts pairing up to the choice of a device")]
fn starts_to_choice(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.start_pairing_to_choice(&person)?)
}

/// Opens the app and points the camera at the code on the own workstation.
#[given(expr = "{person} has scanned the QR code")]
#[when(expr = "{person} scans the QR code")]
fn scans(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.scan_qr(&person)?)
}

/// Scan, right biometric, and wait for "Successfully paired".
#[given(expr = "{person} has scanned the QR code and authenticated")]
#[when(expr = "{person} scans the QR code and authenticates")]
fn scans_and_authenticates(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.scan_and_authenticate(&person)?)
}

/// With HYPR only, as a second phone of the first person, who signs in to Azure with it once it is registered there.
#[given(expr = "{person} has paired the phone of {person} too")]
fn pairs_second_phone(world: &mut World, who: Who, other: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let other = lab.person(&other.0)?;
    Ok(lab.pair_second_phone(&person, &other)?)
}

/// Enter Code Manually, with what the client shows.
#[when(expr = "{person} types the activation code into the phone")]
fn types_code(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.type_activation_code(&person)?)
}

/// Holds the owner's finger or face to the phone that asks for it.
#[given(expr = "{person} has given the right biometric")]
#[when(expr = "{person} gives the right biometric")]
fn right_biometric(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.present(&person.phone()?, Gesture::Right)?)
}

/// Somebody else's finger or face.
#[when(expr = "{person} gives a wrong biometric")]
fn wrong_biometric(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.present(&person.phone()?, Gesture::Wrong)?)
}

/// Closes the biometric prompt.
#[when(expr = "{person} cancels the biometric prompt")]
fn cancels_biometric(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.present(&person.phone()?, Gesture::Cancel)?)
}

/// From "Successfully paired" to "Phone pairing almost complete!", by Bluetooth.
#[given(expr = "{person} has connected the phone")]
#[when(expr = "{person} connects the phone")]
fn connects(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.connect_phone(&person)?)
}

/// Opens the app, then in Edge from security info to "Have your key ready"; the text message is answered.
#[given(expr = "{person} has asked security info for a security key")]
#[when(expr = "{person} asks security info for a security key")]
fn asks_for_key(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    lab.open_app(&person)?;
    Ok(lab.ask_for_security_key(&person)?)
}

/// Next, External security key or built-in sensor, OK, OK.
#[given(expr = "{person} has walked through the Windows dialogs")]
#[when(expr = "{person} walks through the Windows dialogs")]
fn dialogs(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.walk_through_windows_dialogs(&person)?)
}

/// Accept, Register, right biometric.
#[given(expr = "{person} has accepted on the phone and registered a biometric")]
#[when(expr = "{person} accepts on the phone and registers a biometric")]
fn accepts_registration(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.accept_registration(&person)?)
}

/// Types the name, Next, Done.
#[given(expr = "{person} has named the security key {string}")]
#[when(expr = "{person} names the security key {string}")]
fn names_key(world: &mut World, who: Who, name: String) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.name_security_key(&person, &name)?)
}

/// The whole second half, from being paired with HYPR.
#[given(expr = "{person} pairs with Azure beforehand")]
#[when(expr = "{person} pairs with Azure")]
fn pairs_with_azure(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.pair_with_azure(&person)?)
}

/// Both halves.
#[given(expr = "{person} pairs from the beginning beforehand")]
#[when(expr = "{person} pairs from the beginning")]
fn pairs_from_beginning(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    lab.pair_with_hypr(&person)?;
    Ok(lab.pair_with_azure(&person)?)
}

/// Closes the client and starts it, so that its list is fetched anew.
#[when(expr = "{person} restarts the Passwordless client")]
fn restarts_client(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    lab.with_workstation(person.workstation_name()?, |machine, now| {
        machine.restart_client(now);
        machine.open(now, Window::Passwordless);
    });
    Ok(())
}

/// Runs the installer with the hypr.json of Control Center's download beside it.
#[given(expr = "{person} has installed the Passwordless client")]
#[when(expr = "{person} installs the Passwordless client")]
fn installs_client(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.install_client(&person, Some)?)
}

/// Runs the installer alone.
#[when(expr = "{person} installs the Passwordless client without hypr.json")]
fn installs_without_file(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.install_client(&person, |_| None)?)
}

/// Runs the installer with another value of one member in hypr.json.
#[given(expr = "{person} has installed the Passwordless client with {string} as {string} in hypr.json")]
#[when(expr = "{person} installs the Passwordless client with {string} as {string} in hypr.json")]
fn installs_with_other_file(world: &mut World, who: Who, value: String, member: String) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.install_client(&person, |hypr_json| with_member(&hypr_json, &member, &value))?)
}

fn with_member(hypr_json: &str, member: &str, value: &str) -> Option<String> {
    let mut file: serde_json::Value = serde_json::from_str(hypr_json).ok()?;
    file[member] = value.into();
    Some(file.to_string())
}

/// Continue, then Bluetooth; what Windows says to it stands in its own dialog.
#[given(expr = "{person} has chosen Bluetooth in the Passwordless client")]
#[when(expr = "{person} chooses Bluetooth in the Passwordless client")]
fn chooses_bluetooth(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let client = person.window(Window::Passwordless)?;
    lab.tap(&client, "Continue")?;
    Ok(lab.tap(&client, "Bluetooth")?)
}

/// Set up and Connect in Windows, Pair on the phone, Done.
#[given(expr = "{person} has paired the phone in the Bluetooth dialog")]
#[when(expr = "{person} pairs the phone in the Bluetooth dialog")]
fn pairs_by_bluetooth(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.pair_by_bluetooth(&person)?)
}

/// From "Successfully paired" to "Phone pairing almost complete!", by Web.
#[given(expr = "{person} has connected the phone by Web")]
fn connects_by_web(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let client = person.window(Window::Passwordless)?;
    lab.tap(&client, "Continue")?;
    lab.tap(&client, "Web")?;
    Ok(lab.tap(&client, "Continue")?)
}

/// Remove device in the line of the phone in Settings.
#[given(expr = "{person} has removed the phone from Bluetooth")]
#[when(expr = "{person} removes the phone from Bluetooth")]
fn removes_bluetooth(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let phone = person.phone_name()?.to_owned();
    Ok(lab.tap_in(&person.window(Window::Settings)?, &phone, "Remove device")?)
}

/// Six digits stand on both screens, and they are the same.
#[then(expr = "{person} sees on the phone the PIN of the Bluetooth dialog")]
fn same_pin(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let dialog = person.window(Window::Bluetooth)?;
    let screen = lab.screen(&dialog).unwrap_or_default();
    let is_pin = |text: &&String| text.len() == 6 && text.chars().all(|letter| letter.is_ascii_digit());
    let pin = screen.texts.iter().find(is_pin).cloned();
    let pin = pin.ok_or_else(|| StepError::new(format!("no PIN stands in the Bluetooth dialog:\n{screen}")))?;
    let phone = person.phone()?;
    ensure(lab.shows(&phone, &pin), || format!("{pin} is not on the phone:\n{}", shown(lab, &phone)))
}

/// Opens the client from the desktop.
#[given(expr = "{person} has opened the Passwordless client")]
#[when(expr = "{person} opens the Passwordless client")]
fn opens_client(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    lab.with_workstation(person.workstation_name()?, |machine, now| machine.open(now, Window::Passwordless));
    Ok(())
}

/// The first one's phone scans the code on the second one's workstation and becomes a key of that account too.
#[given(expr = "{person} has paired the phone with the QR code of {person}")]
fn pairs_for_another(world: &mut World, scanner: Who, owner: Who) -> Outcome {
    let (_, owner) = world.with(&owner.0)?;
    let (lab, scanner) = world.with(&scanner.0)?;
    Ok(lab.scan_and_authenticate_at(&scanner, &owner)?)
}

/// Points the camera at somebody else's screen.
#[when(expr = "{person} scans the QR code of {person}")]
fn scans_of_another(world: &mut World, scanner: Who, owner: Who) -> Outcome {
    let (lab, owner) = world.with(&owner.0)?;
    let scanner = lab.person(&scanner.0)?;
    if scanner == owner {
        return Err(StepError::new("this step is for somebody else's QR code"));
    }
    Ok(lab.scan_qr_of(&scanner, &owner)?)
}
