//! The client against a scripted key: commands compared byte by byte, dialogs by their words.

use clockwork::Seed;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::Response;
use proptest::prelude::*;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use wire::Status;
use wire::webauthn::{Assertion, CreationOptions, Registration, RequestOptions};

use super::*;
use crate::fake_key::{self, CREDENTIAL, FakeKey, TOKEN, info, member};
use crate::usb::UsbError;
use crate::webauthn::{DomException, Operation, Shortcoming};

mod commands;
mod dialogs;

const START: Timestamp = Timestamp::UNIX_EPOCH;
const ORIGIN: &str = "https://login.microsoft.com";

/// A client, the keys that are plugged in, and how the ceremony ended.
struct Bench {
    client: Client,
    keys: Vec<(&'static str, FakeKey)>,
    conclusions: Vec<Conclusion>,
    cancelled: Vec<String>,
}

impl Bench {
    fn new() -> Self {
        let client = Client::new(Seed::of(&["webauthn"]).fork("client"));
        Self { client, keys: Vec::new(), conclusions: Vec::new(), cancelled: Vec::new() }
    }

    fn with_key(key: FakeKey) -> Self {
        let mut bench = Self::new();
        bench.attach("phone", key);
        bench
    }

    fn attach(&mut self, name: &'static str, key: FakeKey) {
        self.keys.push((name, key));
        self.client.handle_attached(name);
        self.settle();
    }

    fn begin(&mut self, operation: Operation, surface: Surface) {
        let ceremony = Ceremony { origin: ORIGIN.into(), operation };
        self.client.handle_ceremony(START, ceremony, surface);
        self.settle();
    }

    fn tap(&mut self, label: &str) {
        self.client.handle_verb(&Verb::Tap(label.into())).unwrap();
        self.settle();
    }

    /// Taps through every dialog before the key.
    fn agree(&mut self) {
        for label in ["External security key or built-in sensor", "Security key", "OK", "OK"] {
            if self.screen().button(label).is_ok() {
                self.tap(label);
            }
        }
    }

    fn screen(&self) -> Screen {
        self.client.screen().unwrap_or_default()
    }

    fn settle(&mut self) {
        while let Some((name, command)) = self.client.poll_command() {
            let (_, key) = self.keys.iter_mut().find(|(key, _)| *key == name).expect("the key is plugged in");
            match command {
                KeyCommand::Cancel => self.cancelled.push(name),
                KeyCommand::Cbor(bytes) => {
                    if let Some(response) = key.respond(&bytes) {
                        self.client.handle_answer(&name, KeyAnswer::Response(response));
                    }
                }
            }
        }
        self.conclusions.extend(std::iter::from_fn(|| self.client.poll_conclusion()));
    }

    fn heard(&self) -> Vec<u8> {
        self.keys[0].1.heard.iter().map(|command| command[0]).collect()
    }

    fn last_command(&self) -> &[u8] {
        self.keys[0].1.heard.last().expect("the key was asked")
    }

    fn registration(&self) -> &Registration {
        match self.conclusions.as_slice() {
            [Ok(CredentialJson::Registration(made))] => made,
            other => panic!("no registration but {other:?}"),
        }
    }

    fn assertion(&self) -> &Assertion {
        match self.conclusions.as_slice() {
            [Ok(CredentialJson::Assertion(got))] => got,
            other => panic!("no assertion but {other:?}"),
        }
    }

    fn failure(&self) -> &Failure {
        match self.conclusions.as_slice() {
            [Err(failure)] => failure,
            other => panic!("no failure but {other:?}"),
        }
    }
}

fn creation() -> CreationOptions {
    serde_json::from_value(json!({
        "rp": {"id": "login.microsoft.com", "name": "Microsoft"},
        "user": {"id": "T0Y6", "name": "carol", "displayName": "Carol Shaw"},
        "challenge": "AAEC",
        "pubKeyCredParams": [{"type": "public-key", "alg": -7}, {"type": "public-key", "alg": -257}],
        "authenticatorSelection": {"requireResidentKey": true, "userVerification": "required"},
        "attestation": "direct",
        "extensions": {
            "hmacCreateSecret": true,
            "enforceCredentialProtectionPolicy": true,
            "credentialProtectionPolicy": "userVerificationOptional"
        }
    }))
    .unwrap()
}

fn request() -> RequestOptions {
    serde_json::from_value(json!({
        "challenge": "AAEC", "rpId": "login.microsoft.com", "userVerification": "required"
    }))
    .unwrap()
}

fn create() -> Operation {
    Operation::Create(creation())
}

fn get() -> Operation {
    Operation::Get(request())
}

fn creation_with(change: impl FnOnce(&mut CreationOptions)) -> Operation {
    let mut options = creation();
    change(&mut options);
    Operation::Create(options)
}

fn request_with(change: impl FnOnce(&mut RequestOptions)) -> Operation {
    let mut options = request();
    change(&mut options);
    Operation::Get(options)
}

fn descriptors(ids: &[&[u8]]) -> Vec<wire::webauthn::CredentialDescriptor> {
    let descriptor = |id: &&[u8]| wire::webauthn::CredentialDescriptor {
        kind: "public-key".into(),
        id: (*id).into(),
        transports: vec![],
    };
    ids.iter().map(descriptor).collect()
}

fn authenticated(message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&TOKEN).unwrap();
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

proptest! {
    #[test]
    fn no_response_does_harm(
        which in prop_oneof![Just(1u8), Just(2), Just(4), Just(6)],
        response in proptest::collection::vec(any::<u8>(), 1..200),
        registers: bool,
    ) {
        let mut key = FakeKey::hypr();
        key.scripted = vec![(which, fake_key::ok(&response))];
        let mut bench = Bench::with_key(key);
        bench.begin(if registers { create() } else { get() }, Surface::SignIn);
        prop_assert_eq!(bench.conclusions.len(), 1);
    }

    #[test]
    fn no_damaged_response_does_harm(at in 0usize..200, bit in 0u8..8, registers: bool) {
        let mut response = if registers { fake_key::made_credential() } else { fake_key::assertion(1) };
        if let Some(byte) = response.get_mut(at) {
            *byte ^= 1 << bit;
        }
        let mut key = FakeKey::hypr();
        key.scripted = vec![(if registers { 1 } else { 2 }, fake_key::ok(&response))];
        let mut bench = Bench::with_key(key);
        bench.begin(if registers { create() } else { get() }, Surface::SignIn);
        prop_assert_eq!(bench.conclusions.len(), 1);
    }
}
