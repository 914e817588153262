//! authenticatorCredentialManagement (CTAP 2.3 §6.8).

use super::*;

const CM: i64 = 0x04;
const PCMR: i64 = 0x40;
const OTHER_RP: &str = "example.com";
const INVALID: &str = "CTAP2_ERR_PIN_AUTH_INVALID";
const NOT_ALLOWED: &str = "CTAP2_ERR_NOT_ALLOWED";

/// A key with Carol and Dave at one relying party, and Carol at another.
fn desk() -> (Desk, [Vec<u8>; 3]) {
    let mut desk = Desk::with_pin("ctap-2.3");
    let ids =
        [(RP, "carol"), (RP, "dave"), (OTHER_RP, "carol")].map(|(rp_id, user)| desk.register_by_pin(rp_id, user).0);
    (desk, ids)
}

/// A subcommand without authorisation.
fn manage(sub_command: i64) -> Request {
    Request(0x0A, BTreeMap::new()).with(1, Value::Int(sub_command))
}

/// A subcommand with its parameters, authorised by a token.
fn authorised(sub_command: i64, params: &[(i64, Value)], protocol: Protocol, token: &[u8; 32]) -> Request {
    let mut message = vec![u8::try_from(sub_command).expect("a byte")];
    let mut request = manage(sub_command);
    if !params.is_empty() {
        let params = Value::Map(params.iter().map(|(key, value)| (Value::Int(*key), value.clone())).collect());
        message.extend(params.to_cbor());
        request = request.with(2, params);
    }
    request.with(3, Value::Int(protocol as i64)).with(4, param(protocol, token, &message))
}

fn metadata(token: &[u8; 32]) -> Request {
    authorised(1, &[], Protocol::Two, token)
}

fn relying_parties(token: &[u8; 32]) -> Request {
    authorised(2, &[], Protocol::Two, token)
}

fn credentials(rp_id: &str, token: &[u8; 32]) -> Request {
    authorised(4, &[(1, Value::Bytes(Sha256::digest(rp_id).to_vec()))], Protocol::Two, token)
}

fn delete(id: &[u8], token: &[u8; 32]) -> Request {
    authorised(6, &[(2, descriptor(id))], Protocol::Two, token)
}

fn update(id: &[u8], user: &[(&'static str, Value)], token: &[u8; 32]) -> Request {
    authorised(7, &[(2, descriptor(id)), (3, text_map(user))], Protocol::Two, token)
}

fn ok(desk: &mut Desk, request: &Request) -> BTreeMap<u64, Vec<u8>> {
    let (status, body) = desk.send(request, &[]);
    assert_eq!(status, "CTAP2_OK");
    members(&body)
}

/// The users of a relying party, as they are enumerated.
fn users(desk: &mut Desk, rp_id: &str) -> Vec<Vec<u8>> {
    let token = desk.pin_token(Protocol::Two, CM, None);
    let first = ok(desk, &credentials(rp_id, &token));
    let total = first[&9][0];
    let mut users = vec![first[&6].clone()];
    users.extend((1..total).map(|_| ok(desk, &manage(5))[&6].clone()));
    desk.check(&manage(5), &[], NOT_ALLOWED);
    users
}

fn user(id: &'static str, name: &'static str) -> Vec<u8> {
    text_map(&[("id", Value::Bytes(id.into())), ("name", Value::Text(name))]).to_cbor()
}

#[test]
fn a_key_without_credential_management_does_not_know_the_command() {
    for profile in ["hypr-ios", "ctap-2.0"] {
        Desk::of(profile).check(&manage(1), &[], "CTAP1_ERR_INVALID_COMMAND");
    }
}

#[test]
fn the_metadata_count_what_is_there_and_what_fits() {
    let (mut desk, _) = desk();
    let token = desk.pin_token(Protocol::Two, CM, None);
    let counts = ok(&mut desk, &metadata(&token));
    assert_eq!(counts, BTreeMap::from([(1, Value::Int(3).to_cbor()), (2, Value::Int(147).to_cbor())]));
}

#[test]
fn relying_parties_are_listed_with_their_names_and_hashes() {
    let (mut desk, _) = desk();
    let token = desk.pin_token(Protocol::Two, CM, None);
    let listed = [ok(&mut desk, &relying_parties(&token)), ok(&mut desk, &manage(3))];
    desk.check(&manage(3), &[], NOT_ALLOWED);
    assert_eq!(listed[0][&5], [2]);
    assert!(!listed[1].contains_key(&5));
    let expected = [RP, OTHER_RP].map(|rp_id| {
        let rp = text_map(&[("id", Value::Text(rp_id)), ("name", Value::Text("A relying party"))]);
        (Value::Bytes(Sha256::digest(rp_id).to_vec()).to_cbor(), rp.to_cbor())
    });
    assert_eq!(listed.map(|rp| (rp[&4].clone(), rp[&3].clone())), expected);
}

#[test]
fn credentials_are_listed_newest_first_with_the_key_of_their_registration() {
    let mut desk = Desk::with_pin("ctap-2.1-pin");
    let (_, _) = desk.register_by_pin(RP, "carol");
    let (id, registration) = desk.register_by_pin(RP, "dave");
    let token = desk.pin_token(Protocol::Two, CM, None);
    let dave = ok(&mut desk, &credentials(RP, &token));
    assert_eq!(dave.keys().copied().collect::<Vec<_>>(), [6, 7, 8, 9, 10]);
    assert_eq!(dave[&6], user("dave", "dave"));
    assert_eq!(dave[&7], descriptor(&id).to_cbor());
    assert!(registration.ends_with(&dave[&8]));
    assert_eq!(dave[&8][0], 0xA5);
    assert_eq!((&dave[&9][..], &dave[&10][..]), (&[2][..], &[1][..]));

    let carol = ok(&mut desk, &manage(5));
    assert_eq!(carol.keys().copied().collect::<Vec<_>>(), [6, 7, 8, 10]);
    assert_eq!(carol[&6], user("carol", "carol"));
    desk.check(&manage(5), &[], NOT_ALLOWED);
}

#[test]
fn credentials_that_are_found_by_their_id_only_are_not_listed() {
    let mut desk = Desk::with_pin("ctap-2.3");
    desk.check(&make_credential().options(&[("rk", false)]), &[Accept], "CTAP2_OK");
    let id = desk.key.credentials().next().expect("a credential").id.clone();
    let token = desk.pin_token(Protocol::Two, CM, None);
    assert_eq!(ok(&mut desk, &metadata(&token))[&1], [0]);
    let none = "CTAP2_ERR_NO_CREDENTIALS";
    desk.check(&relying_parties(&token), &[], none);
    desk.check(&credentials(RP, &token), &[], none);
    desk.check(&delete(&id, &token), &[], none);
    desk.check(&update(&id, &[("id", Value::Bytes(vec![1]))], &token), &[], none);
}

#[test]
fn whatever_comes_between_ends_the_enumeration() {
    let (mut desk, [carol, ..]) = desk();
    let token = desk.pin_token(Protocol::Two, CM, None);
    let between = [
        vec![4],
        manage(5).bytes(),
        manage(9).bytes(),
        metadata(&token).bytes(),
        vec![0x0A, 0xFF],
        get_assertion().options(&[("up", false)]).list(&[&carol]).bytes(),
        vec![8],
    ];
    for bytes in between {
        ok(&mut desk, &relying_parties(&token));
        desk.send_bytes(&bytes, &[]);
        desk.check(&manage(3), &[], NOT_ALLOWED);
    }
    ok(&mut desk, &credentials(RP, &token));
    desk.check(&manage(3), &[], NOT_ALLOWED);
    desk.check(&manage(5), &[], NOT_ALLOWED);
}

#[test]
fn the_credentials_of_a_relying_party_may_be_listed_before_the_next_one() {
    let (mut desk, _) = desk();
    let token = desk.pin_token(Protocol::Two, CM, None);
    ok(&mut desk, &relying_parties(&token));
    ok(&mut desk, &credentials(RP, &token));
    ok(&mut desk, &manage(5));
    let next = ok(&mut desk, &manage(3));
    assert_eq!(next[&4], Value::Bytes(Sha256::digest(OTHER_RP).to_vec()).to_cbor());
    desk.check(&manage(5), &[], NOT_ALLOWED);
}

#[test]
fn an_enumeration_ends_with_the_token_that_has_allowed_it() {
    let (mut desk, _) = desk();
    let token = desk.pin_token(Protocol::Two, CM, None);
    ok(&mut desk, &metadata(&token));
    desk.pass(590);
    ok(&mut desk, &relying_parties(&token));
    desk.pass(11);
    desk.check(&manage(3), &[], NOT_ALLOWED);
    let persistent = desk.pin_token(Protocol::Two, PCMR, None);
    desk.pass(590);
    ok(&mut desk, &relying_parties(&persistent));
    desk.pass(11);
    ok(&mut desk, &manage(3));
}

#[test]
fn an_enumeration_ends_after_thirty_seconds_and_with_the_power() {
    let (mut desk, _) = desk();
    let token = desk.pin_token(Protocol::Two, CM, None);
    ok(&mut desk, &relying_parties(&token));
    desk.pass(30);
    ok(&mut desk, &manage(3));
    ok(&mut desk, &credentials(RP, &token));
    desk.pass(31);
    desk.check(&manage(5), &[], NOT_ALLOWED);
    ok(&mut desk, &credentials(RP, &token));
    desk.key.handle_power_cycle(desk.now);
    desk.check(&manage(5), &[], NOT_ALLOWED);
}

#[test]
fn a_credential_is_deleted() {
    let (mut desk, [carol, dave, _]) = desk();
    let token = desk.pin_token(Protocol::Two, CM, None);
    desk.events();
    desk.check(&delete(&carol, &token), &[], "CTAP2_OK");
    assert_eq!(
        desk.events(),
        [
            "authenticatorCredentialManagement",
            "the credential of carol at login.microsoft.com was deleted",
            "authenticatorCredentialManagement answered CTAP2_OK (0x00)"
        ]
    );
    desk.check(&delete(&carol, &token), &[], "CTAP2_ERR_NO_CREDENTIALS");
    assert_eq!(users(&mut desk, RP), [user("dave", "dave")]);
    let silent = get_assertion().options(&[("up", false)]);
    desk.check(&silent.clone().list(&[&carol]), &[], "CTAP2_ERR_NO_CREDENTIALS");
    desk.check(&silent.list(&[&dave]), &[], "CTAP2_OK");
}

#[test]
fn user_information_is_replaced_and_what_is_absent_or_empty_removed() {
    let (mut desk, [carol, ..]) = desk();
    let id = ("id", Value::Bytes(b"carol".to_vec()));
    let token = desk.pin_token(Protocol::Two, CM, None);
    let full = [id.clone(), ("name", Value::Text("c.jones")), ("displayName", Value::Text("Carol Jones"))];
    desk.check(&update(&carol, &full, &token), &[], "CTAP2_OK");
    assert_eq!(users(&mut desk, RP)[1], text_map(&full).to_cbor());

    let token = desk.pin_token(Protocol::Two, CM, None);
    let some = [id.clone(), ("name", Value::Text("")), ("displayName", Value::Text("Carol"))];
    desk.check(&update(&carol, &some, &token), &[], "CTAP2_OK");
    assert_eq!(users(&mut desk, RP)[1], text_map(&[id.clone(), some[2].clone()]).to_cbor());

    let token = desk.pin_token(Protocol::Two, CM, None);
    desk.check(&update(&carol, std::slice::from_ref(&id), &token), &[], "CTAP2_OK");
    assert_eq!(users(&mut desk, RP)[1], text_map(std::slice::from_ref(&id)).to_cbor());

    let token = desk.pin_token(Protocol::Two, CM, None);
    let long = "Zoë".repeat(30).leak();
    desk.check(&update(&carol, &[id, ("name", Value::Text(long))], &token), &[], "CTAP2_OK");
    let kept = desk.key.credentials().next().expect("Carol").user_name.clone().expect("a name");
    assert_eq!(kept, "Zoë".repeat(16));
}

#[test]
fn user_information_of_another_account_is_refused() {
    let (mut desk, [carol, ..]) = desk();
    let token = desk.pin_token(Protocol::Two, CM, None);
    let dave = [("id", Value::Bytes(b"dave".to_vec())), ("name", Value::Text("dave"))];
    desk.check(&update(&carol, &dave, &token), &[], "CTAP1_ERR_INVALID_PARAMETER");
    assert_eq!(users(&mut desk, RP), [user("dave", "dave"), user("carol", "carol")]);
}

#[test]
fn the_mac_covers_the_parameters_as_they_were_sent() {
    let (mut desk, [carol, ..]) = desk();
    for protocol in [Protocol::One, Protocol::Two] {
        let token = desk.pin_token(protocol, CM, None);
        // Members that nobody knows, in the map and in the user: they are ignored, and authenticated.
        let user = text_map(&[
            ("id", Value::Bytes(b"carol".to_vec())),
            ("icon", Value::Text("https://example.com/icon.png")),
            ("name", Value::Text("carol")),
        ]);
        let params = [(2, descriptor(&carol)), (3, user), (9, Value::List(vec![Value::Null]))];
        desk.check(&authorised(7, &params, protocol, &token), &[], "CTAP2_OK");
        desk.check(&authorised(1, &[(9, Value::Null)], protocol, &token), &[], "CTAP2_OK");
        let without = &params[..2];
        let mac = authorised(7, without, protocol, &token).1[&4].clone();
        desk.check(&authorised(7, &params, protocol, &token).with(4, mac), &[], INVALID);
    }
}

#[test]
fn a_token_must_be_there_right_and_for_this() {
    let (mut desk, [carol, ..]) = desk();
    let token = desk.pin_token(Protocol::Two, CM, None);
    let id = [("id", Value::Bytes(b"carol".to_vec()))];
    let requests = [
        metadata(&token),
        relying_parties(&token),
        credentials(RP, &token),
        update(&carol, &id, &token),
        delete(&carol, &token),
    ];
    for request in &requests {
        desk.check(&request.clone().without(4), &[], "CTAP2_ERR_PUAT_REQUIRED");
        desk.check(&request.clone().without(3), &[], "CTAP2_ERR_MISSING_PARAMETER");
        desk.check(&request.clone().with(3, Value::Int(3)), &[], "CTAP1_ERR_INVALID_PARAMETER");
        desk.check(&request.clone().with(4, Value::Bytes(vec![0; 32])), &[], INVALID);
        desk.check(&request.clone().with(3, Value::Int(1)), &[], INVALID);
    }
    for request in &requests[2..] {
        desk.check(&request.clone().without(2), &[], "CTAP2_ERR_MISSING_PARAMETER");
        desk.check(&request.clone().without(2).without(4), &[], "CTAP2_ERR_PUAT_REQUIRED");
    }
    for request in &requests {
        desk.check(request, &[], "CTAP2_OK");
    }
    let other = desk.pin_token(Protocol::Two, 0x03, Some(RP));
    desk.check(&metadata(&other), &[], INVALID);
    desk.check(&manage(9), &[], "CTAP2_ERR_INVALID_SUBCOMMAND");
    desk.check(&manage(1).without(1), &[], "CTAP2_ERR_MISSING_PARAMETER");
    desk.check(&manage(1).with(2, Value::Int(1)), &[], "CTAP2_ERR_CBOR_UNEXPECTED_TYPE");
}

#[test]
fn a_token_that_is_bound_to_a_relying_party_serves_for_its_credentials_only() {
    let (mut desk, [carol, _, elsewhere]) = desk();
    let token = desk.pin_token(Protocol::Two, CM, Some(RP));
    let id = [("id", Value::Bytes(b"carol".to_vec()))];
    desk.check(&metadata(&token), &[], INVALID);
    desk.check(&relying_parties(&token), &[], INVALID);
    desk.check(&credentials(OTHER_RP, &token), &[], INVALID);
    desk.check(&update(&elsewhere, &id, &token), &[], INVALID);
    desk.check(&delete(&elsewhere, &token), &[], INVALID);
    desk.check(&credentials(RP, &token), &[], "CTAP2_OK");
    desk.check(&update(&carol, &id, &token), &[], "CTAP2_OK");
    desk.check(&delete(&carol, &token), &[], "CTAP2_OK");
}

#[test]
fn a_persistent_token_reads_and_changes_nothing_under_either_protocol() {
    let (mut desk, [carol, ..]) = desk();
    let token = desk.pin_token(Protocol::One, PCMR, None);
    assert_eq!(desk.pin_token(Protocol::Two, PCMR, None), token, "there is one");
    desk.pass(3600);
    desk.key.handle_power_cycle(desk.now);
    for protocol in [Protocol::One, Protocol::Two] {
        let hash = [(1, Value::Bytes(Sha256::digest(RP).to_vec()))];
        desk.check(&authorised(1, &[], protocol, &token), &[], "CTAP2_OK");
        desk.check(&authorised(2, &[], protocol, &token), &[], "CTAP2_OK");
        desk.check(&manage(3), &[], "CTAP2_OK");
        desk.check(&authorised(4, &hash, protocol, &token), &[], "CTAP2_OK");
        desk.check(&manage(5), &[], "CTAP2_OK");
        desk.check(&authorised(6, &[(2, descriptor(&carol))], protocol, &token), &[], INVALID);
    }
    desk.check(&update(&carol, &[("id", Value::Bytes(b"carol".to_vec()))], &token), &[], INVALID);
    assert_eq!(users(&mut desk, RP).len(), 2);
}

#[test]
fn a_persistent_token_does_not_stand_in_the_way_of_the_other() {
    let (mut desk, [carol, ..]) = desk();
    desk.pin_token(Protocol::Two, PCMR, None);
    let token = desk.pin_token(Protocol::Two, CM, None);
    desk.check(&metadata(&token), &[], "CTAP2_OK");
    desk.check(&delete(&carol, &token), &[], "CTAP2_OK");
}
