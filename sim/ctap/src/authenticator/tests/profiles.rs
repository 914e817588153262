//! Everything that getInfo reports is true of what the commands then do, for each shipped profile.

use super::*;
use crate::{Algorithm, Discoverable, Extension, Feature};

/// A key of the profile with whatever verification it can have, and a way to make credentials on it.
fn ready(name: &str) -> Desk {
    let mut desk = Desk::of(name);
    if desk.key.profile.pin.is_some() && desk.key.profile.pin_uv_auth_protocols.len() == 2 {
        desk.set_pin();
    }
    desk
}

fn registration(
    desk: &mut Desk,
    algorithm: Algorithm,
    rp_id: &'static str,
    user: &'static str,
) -> (Request, Vec<Answer>) {
    let request = make_credential()
        .with(2, text_map(&[("id", Value::Text(rp_id))]))
        .with(4, Value::List(vec![parameters(algorithm.number())]))
        .user(user);
    if desk.key.has_pin() {
        let token = desk.pin_token(Protocol::Two, 1, Some(rp_id));
        return (request.options(&[("rk", true)]).authorised(Protocol::Two, &token), vec![Accept]);
    }
    if desk.key.verifies_itself() {
        return (request, vec![Accept, Verified]);
    }
    (request.options(&[("rk", true)]), vec![Accept])
}

fn info(desk: &mut Desk) -> BTreeMap<u64, Vec<u8>> {
    let (status, body) = desk.send_bytes(&[4], &[]);
    assert_eq!(status, "CTAP2_OK");
    members(&body)
}

fn every_profile(check: impl Fn(&str)) {
    Profile::names().for_each(check);
}

#[test]
fn every_algorithm_that_is_listed_makes_a_credential_and_no_other_does() {
    every_profile(|name| {
        for algorithm in [
            Algorithm::ES256,
            Algorithm::EdDSA,
            Algorithm::ES384,
            Algorithm::MlDsa44,
            Algorithm::MlDsa65,
            Algorithm::MlDsa87,
        ] {
            let mut desk = ready(name);
            let (request, answers) = registration(&mut desk, algorithm, RP, "carol");
            if desk.key.profile.algorithms.contains(&algorithm) {
                let (status, body) = desk.send(&request, &answers);
                assert_eq!(status, "CTAP2_OK", "{name} {algorithm:?}");
                assert!(body.len() < desk.key.profile.limits.message_bytes, "{name} {algorithm:?}");
            } else {
                desk.check(&request, &[], "CTAP2_ERR_UNSUPPORTED_ALGORITHM");
            }
        }
    });
}

#[test]
fn every_command_that_is_not_offered_is_refused() {
    every_profile(|name| {
        let mut desk = ready(name);
        let profile = desk.key.profile.clone();
        let enrols = profile.built_in_uv.is_some_and(|uv| uv.bio_enrollment.is_some());
        let mut check = |command: u8, offered: bool| {
            let (status, _) = desk.send_bytes(&[command, 0xA0], &[]);
            assert_eq!(status != "CTAP1_ERR_INVALID_COMMAND", offered, "{name}: {command:#04x} gives {status}");
        };
        check(0x09, enrols);
        check(0x0A, profile.has(Feature::CredMgmt));
        check(0x0C, profile.large_blob_bytes.is_some());
        check(0x0D, !profile.config_commands.is_empty());
        check(0x41, false);
        if !profile.is_2_1() {
            check(0x0B, false);
        }
    });
}

#[test]
fn u2f_is_served_by_those_that_claim_it() {
    every_profile(|name| {
        let mut desk = ready(name);
        let claimed = info(&mut desk)[&1].windows(6).any(|part| part == b"U2F_V2");
        assert_eq!(claimed, ["ctap-2.0", "ctap-2.3"].contains(&name), "{name}");
        let answer = desk.key.handle_u2f(desk.now, &[0, 3, 0, 0]);
        let expect: &[u8] = if claimed { b"U2F_V2\x90\x00" } else { b"\x69\x86" };
        assert_eq!(answer, expect, "{name}");
    });
}

#[test]
fn every_extension_that_is_listed_is_answered_and_no_other_is() {
    every_profile(|name| {
        let mut desk = ready(name);
        desk.key.durable.pin.min_length_rp_ids = vec![RP.to_owned()];
        let (request, answers) = registration(&mut desk, Algorithm::ES256, RP, "carol");
        let asks = text_map(&[
            ("credBlob", Value::Bytes(vec![7; 32])),
            ("credProtect", Value::Int(1)),
            ("hmac-secret", Value::Bool(true)),
            ("largeBlobKey", Value::Bool(true)),
            ("minPinLength", Value::Bool(true)),
            ("thirdPartyPayment", Value::Bool(true)),
            ("pinComplexityPolicy", Value::Bool(true)),
        ]);
        let (status, body) = desk.send(&request.with(6, asks), &answers);
        assert_eq!(status, "CTAP2_OK", "{name}");
        let data = auth_data(&body);
        let outputs = parsed(&data).extensions.unwrap_or_default().to_vec();
        for extension in [
            Extension::CredBlob,
            Extension::CredProtect,
            Extension::HmacSecret,
            Extension::MinPinLength,
            Extension::PinComplexityPolicy,
        ] {
            let answered = outputs.windows(extension.name().len()).any(|part| part == extension.name().as_bytes());
            assert_eq!(answered, desk.key.profile.extends(extension), "{name} {}", extension.name());
        }
        assert_eq!(members(&body).contains_key(&5), desk.key.profile.extends(Extension::LargeBlobKey), "{name}");
        assert_eq!(data[32] & 0x18, 0, "a key that stays on its device has neither BE nor BS");
    });
}

#[test]
fn lists_and_messages_may_be_as_long_as_is_said() {
    every_profile(|name| {
        let mut desk = ready(name);
        let limits = desk.key.profile.limits;
        let ids: Vec<Vec<u8>> = (0..=limits.list_length).map(|number| vec![number as u8; 16]).collect();
        let list = |count: usize| {
            get_assertion().options(&[]).list(&ids.iter().map(Vec::as_slice).take(count).collect::<Vec<_>>())
        };
        desk.check(&list(limits.list_length), &[], "CTAP2_ERR_NO_CREDENTIALS");
        desk.check(&list(limits.list_length + 1), &[], "CTAP2_ERR_LIMIT_EXCEEDED");
        let padded = |bytes: usize| {
            let mut message = get_assertion().options(&[]).with(99, Value::Bytes(Vec::new())).bytes();
            let body = bytes - message.len() - 2;
            let at = message.len() - 1;
            message.truncate(at);
            message.extend([0x59]);
            message.extend(u16::try_from(body).expect("a message is short").to_be_bytes());
            message.extend(vec![0; body]);
            message
        };
        assert_eq!(desk.send_bytes(&padded(limits.message_bytes), &[]).0, "CTAP2_ERR_NO_CREDENTIALS", "{name}");
        let (status, _) = desk.send_bytes(&padded(limits.message_bytes + 1), &[]);
        assert_eq!(status, "CTAP2_ERR_REQUEST_TOO_LARGE", "{name}");
    });
}

#[test]
fn the_room_that_is_left_is_what_fits() {
    every_profile(|name| {
        let mut desk = ready(name);
        if !desk.key.profile.is_2_1() {
            return;
        }
        let mut profile = (*desk.key.profile).clone();
        profile.limits.credentials = 2;
        desk.key.profile = profile.into();
        for (left, user) in [(2, "ann"), (1, "bob"), (0, "eve")] {
            assert_eq!(info(&mut desk)[&0x14], [left], "{name}");
            let (request, answers) = registration(&mut desk, Algorithm::ES256, RP, user);
            let expect = if left == 0 { "CTAP2_ERR_KEY_STORE_FULL" } else { "CTAP2_OK" };
            desk.check(&request, &answers, expect);
        }
    });
}

#[test]
fn a_credential_is_discoverable_when_the_profile_or_the_request_says_so() {
    every_profile(|name| {
        let mut desk = Desk::of(name);
        let always = desk.key.profile.discoverable == Discoverable::Always;
        if desk.key.is_protected() {
            assert!(always, "{name} is one of the phones");
            return;
        }
        desk.check(&make_credential().options(&[("rk", false)]), &[Accept], "CTAP2_OK");
        let expect = if always { "CTAP2_OK" } else { "CTAP2_ERR_NO_CREDENTIALS" };
        desk.check(&get_assertion().options(&[]), &[], expect);
        desk.check(&make_credential().options(&[("rk", true)]), &[Accept], "CTAP2_OK");
        desk.check(&get_assertion().options(&[]), &[Accept], "CTAP2_OK");
    });
}
