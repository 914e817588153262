//! Intune over HTTP: a device proves itself and gets its settings.

use serde_json::{Value, json};

use super::single_sign_on::{nonce, request};
use super::*;

const SYNC: &str = "https://manage.microsoft.com/lab/mdm/sync";

fn sync(world: &World, request: &str) -> Value {
    world.browser().post_json(SYNC, &[("request", request)])
}

#[test]
fn a_device_that_proves_itself_gets_its_settings() {
    let world = World::new();
    let answer = sync(&world, &request(&device_key(), DEVICE, &json!({ "request_nonce": nonce(&world) })));
    assert_eq!(answer, json!({ "settings": [] }));
    assert!(world.events().contains(&Event::DeviceSynced { device: "WS-01".into(), settings: 0 }));
}

#[test]
fn another_device_key_id_or_nonce_is_refused() {
    let world = World::new();
    let good = json!({ "request_nonce": nonce(&world) });
    let refused = |text: &str| {
        let answer = sync(&world, text);
        assert_eq!(answer["error"], "MENROLL_E_DEVICE_AUTHENTICATION_ERROR");
        answer["message"].as_str().expect("a message").split(':').next().expect("a code").to_owned()
    };
    assert_eq!(refused("x.y.z"), "AADSTS9002313");
    assert_eq!(refused(&request(&TestKey::new(9).key, DEVICE, &good)), "AADSTS50155");
    assert_eq!(refused(&request(&device_key(), Uuid::from_u128(9), &good)), "AADSTS700003");
    assert_eq!(sync(&world, &request(&device_key(), DEVICE, &good)), json!({ "settings": [] }));
    assert_eq!(refused(&request(&device_key(), DEVICE, &good)), "AADSTS140000", "a nonce is good once");
    assert_eq!(refused(&request(&device_key(), DEVICE, &json!({}))), "AADSTS140000");
}
