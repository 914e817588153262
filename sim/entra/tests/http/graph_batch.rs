//! `$batch` (entra.md §2.13).

use crate::common::*;
use serde_json::{Value, json};

const NONE: Value = Value::Null;

fn batch(lab: &Lab, requests: Value) -> Answer {
    lab.graph("POST", "v1.0/$batch", &lab.sign_in("service"), json!({ "requests": requests }))
}

#[test]
fn each_request_is_answered_by_itself() {
    let lab = Lab::new();
    let group = json!({ "displayName": "A", "mailNickname": "a", "mailEnabled": false, "securityEnabled": true });
    let answer = batch(
        &lab,
        json!([
            { "id": "1", "method": "GET", "url": "/me?$select=userPrincipalName" },
            { "id": "2", "method": "POST", "url": "/groups", "body": group, "headers": { "Content-Type": "application/json" } },
            { "id": "3", "method": "GET", "url": "https://graph.microsoft.com/v1.0/nowhere", "depends_on": [] },
            { "id": "4", "method": "GET", "url": "/users/$count", "headers": { "ConsistencyLevel": "eventual" } },
            { "id": "5", "method": "POST", "url": "/groups", "body": {} },
        ]),
    );
    assert_eq!(answer.status, 200, "{}", answer.body);
    let responses = answer.body["responses"].as_array().unwrap();
    let found: Vec<(&str, u64)> =
        responses.iter().map(|r| (r["id"].as_str().unwrap(), r["status"].as_u64().unwrap())).collect();
    assert_eq!(found, [("1", 200), ("2", 201), ("3", 400), ("4", 200), ("5", 400)]);
    assert_eq!(responses[0]["body"]["userPrincipalName"], upn("service"));
    assert!(responses[0]["headers"]["Content-Type"].as_str().unwrap().starts_with("application/json"));
    assert_eq!(responses[3]["body"], 9);
}

#[test]
fn a_request_that_waits_for_one_that_failed_is_not_performed() {
    let lab = Lab::new();
    let carol = lab.user_id("carol");
    let delete = format!("/users/{carol}");
    let answer = batch(
        &lab,
        json!([
            { "id": "a", "method": "GET", "url": "/groups/nobody" },
            { "id": "b", "method": "DELETE", "url": delete, "dependsOn": ["a"] },
            { "id": "c", "method": "GET", "url": "/me", "dependsOn": ["b"] },
        ]),
    );
    let found: Vec<u64> =
        answer.body["responses"].as_array().unwrap().iter().map(|r| r["status"].as_u64().unwrap()).collect();
    assert_eq!(found, [404, 424, 424]);
    assert!(lab.with(|tenant| tenant.user(carol).is_some()));
}

#[test]
fn a_batch_that_makes_no_sense_is_refused_whole() {
    let lab = Lab::new();
    let get = |id: &str| json!({ "id": id, "method": "GET", "url": "/me" });
    let many: Vec<Value> = (0..21).map(|number| get(&number.to_string())).collect();
    for requests in [
        json!([]),
        json!(many),
        json!([get("1"), get("1")]),
        json!([{ "method": "GET", "url": "/me" }]),
        json!([{ "id": "1", "method": "GET", "url": "/me", "dependsOn": ["2"] }, get("2")]),
        NONE,
    ] {
        assert_eq!(batch(&lab, requests.clone()).graph_error(), (400, "BadRequest"), "{requests}");
    }
    let nested = batch(&lab, json!([{ "id": "1", "method": "POST", "url": "/$batch" }]));
    assert_eq!(nested.body["responses"][0]["status"], 400);
    let token = lab.sign_in("service");
    assert_eq!(lab.graph("GET", "v1.0/$batch", &token, NONE).status, 405);
}
