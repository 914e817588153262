//! Filters over one object.

use serde_json::{Value, json};

use super::*;
use crate::graph::odata::Rules;

struct Thing;

impl Resource for Thing {
    const KIND: &'static str = "user";
    const PROPERTIES: &'static [&'static str] =
        &["id", "displayName", "accountEnabled", "mail", "createdDateTime", "tags", "address", "version"];

    fn property(&self, _: &Tenant, name: &str) -> Option<Value> {
        let all = json!({
            "id": "1", "displayName": "Conan O'Brien", "accountEnabled": true, "mail": null, "version": 3,
            "createdDateTime": "2026-03-02T09:00:00Z", "tags": ["red", "blue"], "address": { "city": "Bern" },
        });
        all.get(name).cloned()
    }
}

struct Log;

impl Resource for Log {
    const KIND: &'static str = "signIn";
    const PROPERTIES: &'static [&'static str] = &["displayName"];
    const RULES: Rules = Rules::Plain;

    fn property(&self, _: &Tenant, _: &str) -> Option<Value> {
        Some("Conan".into())
    }
}

/// A tenant without anything in it.
fn tenant() -> Tenant {
    let config = crate::Config {
        tenant_id: uuid::Uuid::from_u128(1),
        name: "A".into(),
        domains: vec!["a.example".into()],
        created: Timestamp::UNIX_EPOCH,
        users: Vec::new(),
        groups: Vec::new(),
        applications: Vec::new(),
        devices: Vec::new(),
        device_configurations: Vec::new(),
        fido2_policy: crate::fido::Fido2Policy::default(),
        conditional_access: Vec::new(),
        attestation_roots: Vec::new(),
    };
    Tenant::new(config, &clockwork::Seed::of(&["filters"])).map_err(|error| error.to_string()).unwrap()
}

fn check(filter: &str) -> Result<bool, GraphError> {
    Filter::parse::<Thing>(filter)?.accepts(&tenant(), &Thing)
}

#[test]
fn conditions_are_evaluated_without_regard_to_case() {
    for (filter, accepted) in [
        ("displayName eq 'conan o''brien'", true),
        ("DISPLAYNAME eq 'Conan'", false),
        ("startswith(displayName,'CON')", true),
        ("startsWith(displayName, 'x')", false),
        ("startswith(displayName,'x') eq false", true),
        ("endsWith(displayName,'BRIEN')", true),
        ("accountEnabled eq true and id eq '1'", true),
        ("accountEnabled eq false and id eq '1'", false),
        ("mail eq null", true),
        ("mail ne null", false),
        ("mail ne 'x'", true),
        ("mail gt 'a' or mail le 'a'", false),
        ("id in ('2', '1')", true),
        ("displayName gt 'b' and displayName lt 'd'", true),
        ("version ge 3 and version lt 3.5", true),
        ("createdDateTime ge 2026-03-02T09:00:00Z and createdDateTime lt 2026-03-03", true),
        ("tags/any(t:t eq 'Blue')", true),
        ("tags/any(t:t eq 'green')", false),
        ("tags/any()", true),
        ("tags/$count eq 2", true),
        ("address/city eq 'bern'", true),
        ("address/street eq null", true),
    ] {
        assert_eq!(check(filter), Ok(accepted), "{filter}");
    }
}

#[test]
fn and_binds_before_or_and_parentheses_before_both() {
    for (filter, accepted) in [
        ("id eq '1' or id eq '2' and id eq '3'", true),
        ("(id eq '1' or id eq '2') and id eq '3'", false),
        ("not (id eq '1') or not id eq '2'", true),
        ("not not id eq '1'", true),
    ] {
        assert_eq!(check(filter), Ok(accepted), "{filter}");
    }
}

#[test]
fn what_cannot_be_evaluated_is_refused() {
    for (filter, code) in [
        ("displayName eq 'x", "BadRequest"),
        ("displayName eq x", "Request_UnsupportedQuery"),
        ("", "Request_UnsupportedQuery"),
        ("shoeSize eq '1'", "BadRequest"),
        ("displayName eq 'x' or", "Request_UnsupportedQuery"),
        ("(displayName eq 'x'", "Request_UnsupportedQuery"),
        ("displayName has 'x'", "Request_UnsupportedQuery"),
        ("contains(displayName,'x')", "Request_UnsupportedQuery"),
        ("length(displayName) eq 3", "Request_UnsupportedQuery"),
        ("tags/all(t:t eq 'x')", "Request_UnsupportedQuery"),
        ("tags/any(t:x eq 'x')", "BadRequest"),
        ("id in ()", "Request_UnsupportedQuery"),
        ("accountEnabled eq 'yes'", "BadRequest"),
        ("displayName eq true", "BadRequest"),
        ("startswith(accountEnabled,'t')", "BadRequest"),
        ("'x' eq displayName", "Request_UnsupportedQuery"),
    ] {
        assert_eq!(check(filter).unwrap_err().code, code, "{filter}");
    }
    let deep = format!("{}id eq '1'{}", "(".repeat(5000), ")".repeat(5000));
    assert_eq!(check(&deep).unwrap_err().code, "Request_UnsupportedQuery");
}

#[test]
fn some_filters_are_advanced() {
    for (filter, advanced) in [
        ("id eq '1' and startswith(displayName,'x')", false),
        ("displayName ne 'x'", true),
        ("not id eq '1'", true),
        ("endswith(mail,'x')", true),
        ("tags/$count eq 2", true),
        ("tags/any(t:t eq 'x')", false),
    ] {
        assert_eq!(Filter::parse::<Thing>(filter).unwrap().is_advanced, advanced, "{filter}");
    }
}

#[test]
fn other_workloads_have_contains() {
    let filter = Filter::parse::<Log>("contains(displayName,'NAN')").unwrap();
    assert_eq!(filter.accepts(&tenant(), &Log), Ok(true));
}

#[test]
fn an_equality_pins_a_property_only_where_it_must_hold() {
    let pinned = |filter: &str| {
        let filter = Filter::parse::<Thing>(filter).unwrap();
        filter.pinned("id").map(|values| values.join(" "))
    };
    assert_eq!(pinned("mail eq null and id eq '7'"), Some("7".to_owned()));
    assert_eq!(pinned("id in ('7','8')"), Some("7 8".to_owned()));
    assert_eq!(pinned("id eq '7' or id eq '8'"), None);
    assert_eq!(pinned("not id eq '7'"), None);
    assert_eq!(pinned("mail eq '7'"), None);
}
