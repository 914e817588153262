//! Delta queries (entra.md §2.13): everything first, then what has changed since.

use crate::common::*;
use serde_json::{Value, json};

const NONE: Value = Value::Null;

/// Follows a round of pages to its end: the objects, and the delta link.
fn round(lab: &Lab, token: &str, path: &str) -> (Vec<Value>, String) {
    let (mut objects, mut path) = (Vec::new(), path.to_owned());
    loop {
        let page = lab.graph("GET", &path, token, NONE);
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        objects.extend(page.body["value"].as_array().unwrap().clone());
        match page.link("@odata.nextLink") {
            Some(next) => path = next,
            None => return (objects, page.link("@odata.deltaLink").unwrap()),
        }
    }
}

#[test]
fn users_are_told_once_and_then_only_when_they_change() {
    let mut config = config();
    config.users.extend((0..150).map(|number| user(&format!("u{number:03}"), &[])));
    let lab = Lab::of(config);
    let token = lab.sign_in("admin");
    let (all, link) = round(&lab, &token, "v1.0/users/delta?$select=displayName");
    assert_eq!(all.len(), 159);
    assert_eq!(all[0].as_object().unwrap().keys().collect::<Vec<_>>(), ["displayName", "id"]);
    let (nothing, link) = round(&lab, &token, &link);
    assert_eq!(nothing, Vec::<Value>::new());
    let (carol, mallory) = (lab.user_id("carol"), lab.user_id("mallory"));
    lab.graph("PATCH", &format!("v1.0/users/{carol}"), &token, json!({ "displayName": "Carol S." }));
    lab.graph("DELETE", &format!("v1.0/users/{mallory}"), &token, NONE);
    let (changed, link) = round(&lab, &token, &link);
    assert_eq!(
        changed,
        [
            json!({ "displayName": "Carol S.", "id": carol }),
            json!({ "id": mallory, "@removed": { "reason": "changed" } }),
        ]
    );
    lab.graph("DELETE", &format!("v1.0/directory/deletedItems/{mallory}"), &lab.sign_in("admin"), NONE);
    assert_eq!(round(&lab, &token, &link).0, Vec::<Value>::new());
}

#[test]
fn groups_tell_who_came_and_who_went() {
    let lab = Lab::new();
    let token = lab.sign_in("service");
    let (all, link) = round(&lab, &token, "v1.0/groups/delta?$select=displayName,members");
    assert_eq!(
        all[0]["members@delta"],
        json!([{ "@odata.type": "#microsoft.graph.user", "id": lab.user_id("careful") }])
    );
    let members = format!("v1.0/groups/{MFA_GROUP}/members");
    let carol = lab.user_id("carol");
    let reference = json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{carol}") });
    lab.graph("POST", &format!("{members}/$ref"), &token, reference);
    lab.graph("DELETE", &format!("{members}/{}/$ref", lab.user_id("careful")), &token, NONE);
    let (changed, _) = round(&lab, &token, &link);
    let mut told: Vec<(String, bool)> = changed[0]["members@delta"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| (member["id"].as_str().unwrap().to_owned(), member.get("@removed").is_some()))
        .collect();
    told.sort_by_key(|(_, gone)| *gone);
    assert_eq!(told, [(carol.to_string(), false), (lab.user_id("careful").to_string(), true)]);
}

#[test]
fn the_latest_token_tells_nothing_of_what_was_and_a_strange_one_is_gone() {
    let lab = Lab::new();
    let token = lab.sign_in("service");
    let (nothing, link) = round(&lab, &token, "v1.0/users/delta?$deltatoken=latest");
    assert_eq!(nothing, Vec::<Value>::new());
    lab.graph("PATCH", &format!("v1.0/users/{}", lab.user_id("carol")), &token, json!({ "jobTitle": "x" }));
    assert_eq!(round(&lab, &token, &link).0.len(), 1);
    let strange = lab.graph("GET", "v1.0/users/delta?$deltatoken=AAAA", &token, NONE);
    assert_eq!(strange.graph_error(), (410, "resyncRequired"));
    let refused = lab.graph("GET", "v1.0/users/delta?$orderby=displayName", &token, NONE);
    assert_eq!(refused.graph_error(), (400, "Request_UnsupportedQuery"));
}
