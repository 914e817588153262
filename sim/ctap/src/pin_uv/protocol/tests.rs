//! Both protocols against what python-fido2 computes: its published test vector, and values that version 2.2.1 gave
//! for these inputs (the initialization vector held at 16 times A5).

use clockwork::Seed;

use super::*;

fn hex<const N: usize>(digits: &str) -> [u8; N] {
    std::array::from_fn(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).expect("hex"))
}

fn counting<const N: usize>() -> [u8; N] {
    std::array::from_fn(|at| at as u8)
}

/// python-fido2, tests/test_ctap2.py.
#[test]
fn key_agreement_gives_the_published_secret_and_token() {
    let private = hex::<32>("7452e599fee739d8a653f6a507343d12d382249108a651402520b72f24fe7684");
    let ours = KeyAgreement::from_private(&private);
    let mut public = Vec::new();
    ours.push_public_key(&mut public);
    let x = hex::<32>("44d78d7989b97e62ea993496c9ef6e8fd58b8b00715f9a89153ddd9c4657e47f");
    let y = hex::<32>("ec802ee7d22bd4e100f12e48537eb4e7e96ed3a47a0a3bd5f5eeab65001664f9");
    assert_eq!(wire::cose::ec2_point(&public), Ok((Some(-25), x, y)));

    let x = hex::<32>("0501d5bc78da9252560a26cb08fcc60cbe0b6d3b8e1d1fcee514fac0af675168");
    let y = hex::<32>("d551b3ed46f665731f95b4532939c25d91db7eb844bd96d4abd4083785f8df47");
    let secret = ours.decapsulate(Protocol::One, &x, &y).expect("a point");
    assert_eq!(secret.aes_key, hex("c42a039d548100dfba521e487debcbbb8b66bb7496f8b1862a7a395ed83e1a1c"));
    let token = hex::<16>("aff12c6dcfbf9df52f7a09211e8865cd");
    assert_eq!(secret.decrypt(&hex::<16>("7a9f98e31b77be90f9c64d12e9635040")), Ok(token.to_vec()));
}

#[test]
fn protocol_one_agrees_with_python_fido2() {
    let secret = SharedSecret::derive(Protocol::One, &counting::<32>());
    assert_eq!(secret.hmac_key, hex("630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd"));
    let encrypted = hex::<32>("5b1b8c62089fae8afdcde68081977f19e6a0b8d59b6818113cd771f0867e8903");
    assert_eq!(secret.encrypt(&counting::<32>(), &mut Seed::of(&[]).fork("unused")), encrypted);
    let signature = hex::<16>("0e1ed6c97a5536d6813284ba23672f5a");
    assert_eq!(secret.verify(b"message", &signature), Ok(()));
    for wrong in [&signature[..15], &[signature.as_slice(), &[0]].concat(), &[0; 16]] {
        assert_eq!(secret.verify(b"message", wrong), Err(Status::PIN_AUTH_INVALID));
    }
}

#[test]
fn protocol_two_agrees_with_python_fido2() {
    let secret = SharedSecret::derive(Protocol::Two, &counting::<32>());
    assert_eq!(secret.hmac_key, hex("a689b3b92a6ebab91192408da9c4f05c674a2bc5f938d613077716c719a8df39"));
    assert_eq!(secret.aes_key, hex("0f6ff2ef211829c11638ef2893ea02edf195658c0572393e7680d93bc2b58d44"));
    let mut encrypted = vec![0xA5; 16];
    encrypted.extend(hex::<32>("63d9a4c08efb1fbb877067ed8586a337b01faed7eb5bc8366bc33ec12b5f5797"));
    encrypted.extend(hex::<32>("3eb678a842cab0c4216bb7771f8624072082c932c7042f387d48020eba4c078f"));
    assert_eq!(secret.decrypt(&encrypted), Ok(counting::<64>().to_vec()));
    assert_eq!(secret.decrypt(&encrypted[..15]), Err(Status::PIN_AUTH_INVALID));
    assert_eq!(secret.decrypt(&encrypted[..40]), Err(Status::PIN_AUTH_INVALID));
    let signature = hex::<32>("8ed41fb06108031d3e97613e4eb730eb882d7acdd3156b2abf9bc87cd0a9489d");
    assert_eq!(secret.verify(b"message", &signature), Ok(()));
    assert_eq!(secret.verify(b"message", &signature[..16]), Err(Status::PIN_AUTH_INVALID));
}

#[test]
fn what_is_encrypted_is_decrypted_under_a_fresh_vector_each_time() {
    let secret = SharedSecret::derive(Protocol::Two, &counting::<32>());
    let mut rng = Seed::of(&["vectors"]).fork("ctap");
    let (one, two) = (secret.encrypt(&[7; 32], &mut rng), secret.encrypt(&[7; 32], &mut rng));
    assert_ne!(one, two);
    assert_eq!((secret.decrypt(&one), secret.decrypt(&two)), (Ok(vec![7; 32]), Ok(vec![7; 32])));
}
