//! Credentials that are injected, and cloned from one key into another.

use super::*;
use crate::{BadCredential, PortableCredential, Protection};

/// A key of P-256 that nobody has made here.
fn foreign() -> PortableCredential {
    PortableCredential {
        id: vec![7; 16],
        rp_id: RP.to_owned(),
        rp_name: None,
        user_handle: b"dave-handle".to_vec(),
        user_name: Some("dave".to_owned()),
        user_display_name: None,
        sign_count: 41,
        is_discoverable: true,
        protection: Protection::Optional,
        private_key: vec![9; 32],
    }
}

#[test]
fn an_injected_credential_signs_and_counts_on() {
    let mut desk = Desk::new();
    desk.key.inject_credential(desk.now, foreign()).expect("it fits");
    let (status, body) = desk.send(&get_assertion(), &[Accept, Verified]);
    assert_eq!((status.as_str(), parsed(&auth_data(&body)).sign_count), ("CTAP2_OK", 42));
    assert!(desk.events().contains(&format!("a credential for dave at {RP} was injected")));
}

#[test]
fn an_injected_credential_that_is_not_discoverable_is_found_by_its_id_alone() {
    let mut desk = Desk::new();
    let hidden = PortableCredential { is_discoverable: false, user_handle: Vec::new(), ..foreign() };
    desk.key.inject_credential(desk.now, hidden).expect("it fits");
    desk.check(&get_assertion(), &[Accept, Verified], "CTAP2_ERR_NO_CREDENTIALS");
    desk.check(&get_assertion().list(&[&[7; 16]]), &[Accept, Verified], "CTAP2_OK");
}

#[test]
fn a_clone_signs_with_the_same_key_and_a_counter_of_its_own() {
    let (mut original, mut clone) = (Desk::new(), Desk::new());
    let id = original.register("carol");
    let exported = original.key.export_credential(&id).expect("it is there");
    clone.key.inject_credential(clone.now, exported).expect("it fits");
    let counter = |desk: &mut Desk| {
        let (status, body) = desk.send(&get_assertion(), &[Accept, Verified]);
        assert_eq!(status, "CTAP2_OK");
        (parsed(&auth_data(&body)).sign_count, members(&body)[&3].clone())
    };
    let first = counter(&mut original);
    assert_eq!(counter(&mut clone), first, "the same key signs the same bytes");
    assert_eq!((counter(&mut clone).0, counter(&mut clone).0, counter(&mut original).0), (3, 4, 3));
}

#[test]
fn an_injected_credential_replaces_the_one_of_the_same_account() {
    let mut desk = Desk::new();
    desk.key.inject_credential(desk.now, foreign()).expect("it fits");
    desk.key.inject_credential(desk.now, PortableCredential { id: vec![8; 16], ..foreign() }).expect("it fits");
    assert_eq!(desk.key.credentials().map(|held| held.id.clone()).collect::<Vec<_>>(), [vec![8; 16]]);
}

#[test]
fn what_cannot_be_a_credential_is_refused() {
    let check = |given: PortableCredential, expect: BadCredential| {
        let mut desk = Desk::new();
        assert_eq!(desk.key.inject_credential(desk.now, given), Err(expect));
        assert_eq!(desk.key.credentials().count(), 0);
    };
    check(PortableCredential { id: Vec::new(), ..foreign() }, BadCredential::Id(0));
    check(PortableCredential { id: vec![0; 1024], ..foreign() }, BadCredential::Id(1024));
    check(PortableCredential { rp_id: String::new(), ..foreign() }, BadCredential::NoRpId);
    check(PortableCredential { user_handle: Vec::new(), ..foreign() }, BadCredential::UserHandle(0));
    check(PortableCredential { user_handle: vec![0; 65], ..foreign() }, BadCredential::UserHandle(65));
    check(PortableCredential { private_key: vec![0; 32], ..foreign() }, BadCredential::PrivateKey);
    check(PortableCredential { private_key: vec![9; 48], ..foreign() }, BadCredential::Algorithm(-35));
    let mut desk = Desk::new();
    desk.key.inject_credential(desk.now, foreign()).expect("it fits");
    assert_eq!(desk.key.inject_credential(desk.now, foreign()), Err(BadCredential::IdTaken));
}
