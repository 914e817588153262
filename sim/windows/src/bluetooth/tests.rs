//! Pairings with a phone played by hand.

use clockwork::Seed;

use super::*;

const PHONE: &str = "Carol's iPhone";
const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn near() -> Bluetooth {
    let mut bluetooth = Bluetooth::new(Seed::of(&["bluetooth"]).fork("digits"));
    bluetooth.handle_near(BTreeSet::from([PHONE.to_owned()]));
    bluetooth
}

fn tap(bluetooth: &mut Bluetooth, label: &str) {
    bluetooth.handle_verb(&Verb::Tap(label.into())).expect("the dialog has the button");
}

/// Both sides see digits.
fn comparing() -> Bluetooth {
    let mut bluetooth = near();
    bluetooth.pair(NOW, PHONE);
    assert!(bluetooth.screen().shows("Tap to set up your Carol's iPhone"));
    tap(&mut bluetooth, "Set up");
    let Some((phone, Signal::Compare { passkey })) = bluetooth.poll_signal() else { panic!("the phone is asked") };
    assert_eq!((phone.as_str(), passkey.len()), (PHONE, 6));
    assert!(bluetooth.screen().shows(&passkey), "both sides show the same digits");
    bluetooth
}

#[test]
fn a_phone_is_paired_when_both_sides_agree_in_either_order() {
    let mut bluetooth = comparing();
    bluetooth.handle_answer(PHONE, true);
    assert!(!bluetooth.is_paired(PHONE));
    tap(&mut bluetooth, "Connect");
    assert!(bluetooth.is_paired(PHONE));
    let mut bluetooth = comparing();
    tap(&mut bluetooth, "Connect");
    assert!(!bluetooth.is_paired(PHONE));
    bluetooth.handle_answer(PHONE, true);
    assert_eq!((bluetooth.is_paired(PHONE), bluetooth.poll_outcome()), (true, Some(Outcome::Paired)));
    assert_eq!(bluetooth.screen(), Screen::new("Your device is ready to go!", &[PHONE], &["Done"]));
}

#[test]
fn saying_it_twice_on_one_side_is_not_both_sides() {
    let mut bluetooth = comparing();
    bluetooth.handle_answer(PHONE, true);
    bluetooth.handle_answer(PHONE, true);
    assert!(!bluetooth.is_paired(PHONE));
}

#[test]
fn a_refusal_on_either_side_pairs_nothing() {
    let mut bluetooth = comparing();
    bluetooth.handle_answer(PHONE, false);
    assert_eq!((bluetooth.is_paired(PHONE), bluetooth.poll_outcome()), (false, Some(Outcome::NotPaired)));
    let mut bluetooth = comparing();
    tap(&mut bluetooth, "Cancel");
    assert_eq!(bluetooth.poll_signal(), Some((PHONE.into(), Signal::Withdrawn)));
    assert_eq!(bluetooth.screen().title, "Couldn't connect");
    bluetooth.handle_answer(PHONE, true);
    assert!(!bluetooth.is_paired(PHONE), "a late yes counts no more");
}

#[test]
fn a_phone_that_is_not_near_is_looked_for_for_thirty_seconds() {
    let mut bluetooth = Bluetooth::new(Seed::of(&["bluetooth"]).fork("digits"));
    bluetooth.pair(NOW, PHONE);
    assert!(bluetooth.screen().shows("Looking for Carol's iPhone."));
    bluetooth.handle_timeout(NOW + PAIRING_WAIT);
    assert!(bluetooth.screen().shows("The device did not answer in time."));
    bluetooth.pair(NOW, PHONE);
    bluetooth.handle_near(BTreeSet::from([PHONE.to_owned()]));
    assert!(bluetooth.screen().button("Set up").is_ok());
}

#[test]
fn a_pairing_that_nobody_confirms_is_withdrawn_in_time() {
    let mut bluetooth = comparing();
    assert_eq!(bluetooth.poll_timeout(), Some(NOW + PAIRING_WAIT));
    bluetooth.handle_timeout(NOW + PAIRING_WAIT);
    assert_eq!(bluetooth.poll_signal(), Some((PHONE.into(), Signal::Withdrawn)));
    assert_eq!((bluetooth.is_paired(PHONE), bluetooth.poll_timeout()), (false, None));
}

#[test]
fn windows_tells_of_a_phone_that_is_connected() {
    let mut bluetooth = near();
    bluetooth.handle_connected(PHONE);
    assert!(bluetooth.screen().shows("Carol's iPhone is connected."));
    bluetooth.handle_disconnected(PHONE);
    assert_eq!(bluetooth.screen(), Screen::default());
}
