//! An authenticator that is written to a file and read again.

use super::*;
use crate::durable::Fingerprint;
use crate::{BadSnapshot, Snapshot};

fn stream() -> Stream {
    Seed::of(&["ctap tests", "ctap-2.3"]).fork("key/ctap")
}

fn restore(profile: &str, snapshot: Snapshot) -> Result<Authenticator, BadSnapshot> {
    let profile = Profile::named(profile).expect("a shipped profile");
    Authenticator::restore(profile, Attestation::packed_self(), stream(), snapshot)
}

/// A key that has something of everything.
fn desk() -> (Desk, Vec<u8>) {
    let mut desk = Desk::with_pin("ctap-2.3");
    let (id, _) = desk.register_by_pin(RP, "carol");
    desk.pin_token(Protocol::Two, 0x40, None);
    let durable = &mut desk.key.durable;
    durable.config.enterprise_attestation = true;
    durable.fingerprints.push(Fingerprint { template_id: vec![1, 2], friendly_name: Some("thumb".to_owned()) });
    durable.pin.min_length_rp_ids.push("example.com".to_owned());
    (desk, id)
}

/// A snapshot as it stands in a file.
fn file(desk: &Desk) -> serde_json::Value {
    serde_json::to_value(desk.key.snapshot()).expect("plain values")
}

#[test]
fn what_was_kept_is_there_again() {
    let (mut desk, id) = desk();
    let text = serde_json::to_string_pretty(&desk.key.snapshot()).expect("plain values");
    let snapshot: Snapshot = serde_json::from_str(&text).expect("what was written");
    let (token, before) = (desk.pin_token(Protocol::Two, 0x40, None), desk.key.snapshot());
    desk.key = restore("ctap-2.3", snapshot.clone()).expect("the same model");
    assert_eq!(desk.key.snapshot(), snapshot);
    assert_eq!(
        before.into_durable(desk.key.profile.aaguid).expect("the same").0.identifier,
        desk.key.durable.identifier
    );
    assert_eq!(desk.pin_token(Protocol::Two, 0x40, None), token);
    let silent = get_assertion().options(&[("up", false)]).list(&[&id]);
    desk.check(&silent, &[], "CTAP2_OK");
}

#[test]
fn a_restored_key_signs_with_the_same_keys_and_counts_on() {
    let (mut desk, id) = desk();
    let silent = get_assertion().options(&[("up", false)]).list(&[&id]);
    let mut restored = restore("ctap-2.3", desk.key.snapshot()).expect("the same model");
    let here = desk.send(&silent, &[]);
    restored.handle_command(desk.now, &silent.bytes());
    assert_eq!(restored.poll_response().expect("a response")[1..], here.1);
}

#[test]
fn a_restored_key_repeats_no_randomness() {
    let (mut desk, id) = desk();
    desk.key = restore("ctap-2.3", desk.key.snapshot()).expect("the same model");
    let (next, _) = desk.register_by_pin("example.com", "carol");
    assert_ne!(next, id);
    assert_eq!(desk.key.credentials().count(), 2);
}

#[test]
fn tokens_in_use_and_what_is_under_way_are_not_kept() {
    let (mut desk, _) = desk();
    let token = desk.pin_token(Protocol::Two, 0x04, None);
    desk.key = restore("ctap-2.3", desk.key.snapshot()).expect("the same model");
    let request = Request(0x0A, BTreeMap::new())
        .with(1, Value::Int(1))
        .with(3, Value::Int(2))
        .with(4, param(Protocol::Two, &token, &[1]));
    desk.check(&request, &[], "CTAP2_ERR_PIN_AUTH_INVALID");
}

#[test]
fn a_snapshot_of_another_model_is_refused() {
    let (desk, _) = desk();
    let error = restore("ctap-2.1-pin", desk.key.snapshot()).err().expect("another model");
    assert_eq!(
        error.to_string(),
        "the snapshot is of the model 70617373-6b65-792d-6c61-622d32330000, \
         and the profile is 70617373-6b65-792d-6c61-622d32310000"
    );
}

#[test]
fn a_snapshot_of_another_version_is_refused() {
    let (desk, _) = desk();
    let mut file = file(&desk);
    file["version"] = 2.into();
    file["somethingNew"] = true.into();
    let error = serde_json::from_value::<Snapshot>(file).expect_err("another version");
    assert_eq!(error.to_string(), "the snapshot has version 2; this program reads version 1");
}

#[test]
fn a_value_that_cannot_be_is_named() {
    let (desk, _) = desk();
    let spoiled = |spoil: &dyn Fn(&mut serde_json::Value)| {
        let mut file = file(&desk);
        spoil(&mut file);
        let id = file["credentials"][0]["id"].as_str().expect("an id").to_owned();
        let snapshot = serde_json::from_value(file).expect("the form is right");
        restore("ctap-2.3", snapshot).err().expect("a bad value").to_string().replace(&format!(" {id} "), " ID ")
    };
    assert_eq!(
        spoiled(&|file| file["identifier"] = "AAAA".into()),
        "the snapshot's identifier cannot be read: it has another length"
    );
    assert_eq!(
        spoiled(&|file| {
            let twin = file["credentials"][0].clone();
            file["credentials"].as_array_mut().expect("a list").push(twin);
        }),
        "the snapshot's credentials cannot be read: two have the same id"
    );
    assert_eq!(
        spoiled(&|file| file["credentials"][0]["id"] = "".into()),
        "the snapshot's id of credential ID cannot be read: it has 1 to 1023 bytes"
    );
    assert_eq!(
        spoiled(&|file| file["credentials"][0]["credProtect"] = 4.into()),
        "the snapshot's credProtect of credential ID cannot be read: it is 1, 2 or 3"
    );
    assert_eq!(
        spoiled(&|file| file["credentials"][0]["key"]["algorithm"] = "RS1".into()),
        "the snapshot's key of credential ID cannot be read: its algorithm is not known"
    );
    assert_eq!(
        spoiled(&|file| file["credentials"][0]["key"]["private"] = "AAAA".into()),
        "the snapshot's key of credential ID cannot be read: it is no key of its algorithm"
    );
}

#[test]
fn a_snapshot_does_not_show_its_secrets_by_accident() {
    let (desk, _) = desk();
    assert_eq!(
        format!("{:?}", desk.key.snapshot()),
        "Snapshot of 70617373-6b65-792d-6c61-622d32330000 with 1 credentials"
    );
}
