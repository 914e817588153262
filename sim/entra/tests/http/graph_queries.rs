//! OData over the directory (entra.md §2.1): what users know of filters, order, search, expansion, counts and pages.

use crate::common::*;
use serde_json::{Value, json};

const NONE: Value = Value::Null;

fn names(answer: &Answer) -> Vec<String> {
    answer.values("userPrincipalName").iter().map(|name| name.split('@').next().unwrap().to_owned()).collect()
}

#[test]
fn a_filter_finds_whom_it_names() {
    let lab = Lab::new();
    let token = lab.sign_in("service");
    let id = lab.user_id("carol");
    for (filter, expect) in [
        (format!("id eq '{id}'"), vec!["carol"]),
        (format!("id in ('{id}','{}')", uuid::Uuid::nil()), vec!["carol"]),
        (format!("userPrincipalName eq '{}'", upn("CAROL").to_uppercase()), vec!["carol"]),
        ("startswith(displayName,'CAR')".to_owned(), vec!["careful", "carol"]),
        ("startswith(userPrincipalName,'CAR')".to_owned(), vec!["careful", "carol"]),
        ("displayName eq 'CAROL example'".to_owned(), vec!["carol"]),
        ("startswith(displayName,'car') and accountEnabled eq false".to_owned(), vec![]),
        ("(displayName eq 'fresh Example' or accountEnabled eq false)".to_owned(), vec!["disabled", "fresh"]),
        ("createdDateTime ge 2026-03-03T00:00:00Z".to_owned(), vec![]),
    ] {
        let answer = lab.graph("GET", &format!("v1.0/users?$filter={filter}").replace(' ', "%20"), &token, NONE);
        assert_eq!(answer.status, 200, "{filter}: {}", answer.body);
        let mut found = names(&answer);
        found.sort();
        assert_eq!(found, expect, "{filter}");
    }
}

#[test]
fn a_search_by_the_beginning_of_a_name_knows_who_is_called_so_now() {
    let lab = Lab::new();
    let token = lab.sign_in_with_everything("admin");
    let check = |start: &str, expect: &[&str]| {
        let found = lab.graph("GET", &format!("v1.0/users?$filter=startswith(displayName,'{start}')"), &token, NONE);
        assert_eq!(names(&found), expect, "{start}: {}", found.body);
    };
    let carol = format!("v1.0/users/{}", lab.user_id("carol"));
    assert_eq!(lab.graph("PATCH", &carol, &token, json!({ "displayName": "Zoe" })).status, 204);
    check("carol", &[]);
    check("zo", &["carol"]);
    assert_eq!(lab.graph("DELETE", &carol, &token, NONE).status, 204);
    check("zo", &[]);
    let deleted = carol.replace("users", "directory/deletedItems");
    assert_eq!(lab.graph("POST", &format!("{deleted}/restore"), &token, NONE).status, 200);
    check("zo", &["carol"]);
}

#[test]
fn advanced_queries_take_their_header_and_a_count() {
    let lab = Lab::new();
    let token = lab.sign_in("service");
    for query in [
        "$filter=accountEnabled%20ne%20true&$count=true",
        "$filter=not(accountEnabled%20eq%20true)&$count=true",
        "$filter=endsWith(userPrincipalName,'example')&$count=true",
        "$filter=accountEnabled%20eq%20false&$orderby=displayName&$count=true",
        "$search=%22displayName:disabled%22",
        "$count=true",
    ] {
        let refused = lab.graph("GET", &format!("v1.0/users?{query}"), &token, NONE);
        assert_eq!(refused.graph_error(), (400, "Request_UnsupportedQuery"), "{query}");
        assert_eq!(lab.eventual(&format!("v1.0/users?{query}"), &token).status, 200, "{query}");
    }
    let uncounted = lab.eventual("v1.0/users?$filter=accountEnabled%20ne%20true", &token);
    assert_eq!(uncounted.graph_error(), (400, "Request_UnsupportedQuery"));
}

#[test]
fn a_count_is_plain_text_and_goes_by_the_filter() {
    let lab = Lab::new();
    let token = lab.sign_in("service");
    let count = |path: &str| {
        let answer = lab.eventual(path, &token);
        assert_eq!(answer.headers["content-type"], "text/plain", "{path}");
        answer.body
    };
    assert_eq!(count("v1.0/users/$count"), 9);
    assert_eq!(count("v1.0/users/$count?$filter=accountEnabled%20eq%20false"), 1);
    assert_eq!(count(&format!("v1.0/groups/{MFA_GROUP}/members/$count")), 1);
    let refused = lab.graph("GET", "v1.0/users/$count", &token, NONE);
    assert_eq!(refused.graph_error(), (400, "Request_UnsupportedQuery"));
}

#[test]
fn pages_in_an_order_of_their_own_hold_everybody_once() {
    let lab = Lab::new();
    let token = lab.sign_in("service");
    for (query, first) in [("$orderby=displayName", "admin"), ("$orderby=displayName%20desc", "writer")] {
        let mut found = Vec::new();
        let mut next = Some(format!("v1.0/users?{query}&$top=4"));
        while let Some(path) = next {
            let page = lab.graph("GET", &path, &token, NONE);
            assert!(page.body["value"].as_array().unwrap().len() <= 4);
            found.extend(names(&page));
            next = page.link("@odata.nextLink");
        }
        let mut sorted = found.clone();
        sorted.sort();
        if query.ends_with("desc") {
            sorted.reverse();
        }
        assert_eq!((found.len(), &found[0]), (9, &first.to_owned()));
        assert_eq!(found, sorted, "{query}");
    }
    let counted = lab.eventual("v1.0/users?$count=true&$top=2", &token);
    assert_eq!(counted.body["@odata.count"], 9);
    let second = lab.eventual(&counted.link("@odata.nextLink").unwrap(), &token);
    assert_eq!(second.body.get("@odata.count"), None);
    let forged = lab.graph("GET", "v1.0/users?$skiptoken=eyJ4", &token, NONE);
    assert_eq!(forged.graph_error(), (400, "BadRequest"));
}

#[test]
fn a_search_looks_for_words_and_for_beginnings() {
    let lab = Lab::new();
    let token = lab.sign_in("service");
    for (search, expect) in [
        ("%22displayName:exam%22%20AND%20%22displayName:carol%22", vec!["carol"]),
        ("%22displayName:carol%22%20OR%20%22userPrincipalName:mallory%22", vec!["carol", "mallory"]),
        ("%22userPrincipalName:arol%22", vec![]),
    ] {
        let mut found = names(&lab.eventual(&format!("v1.0/users?$search={search}"), &token));
        found.sort();
        assert_eq!(found, expect, "{search}");
    }
    for search in ["displayName:x", "%22x%22", "%22shoeSize:x%22", "%22displayName:x%22%20NEAR%20%22displayName:y%22"] {
        let answer = lab.eventual(&format!("v1.0/users?$search={search}"), &token);
        assert_eq!(answer.graph_error(), (400, "BadRequest"), "{search}");
    }
}

#[test]
fn who_is_in_a_group_is_found_by_a_lambda_and_shown_by_an_expansion() {
    let lab = Lab::new();
    let token = lab.sign_in("service");
    let path = format!("v1.0/users?$count=true&$filter=memberOf/any(g:g/id%20eq%20'{MFA_GROUP}')");
    assert_eq!(names(&lab.eventual(&path, &token)), ["careful"]);
    let path = format!("v1.0/groups/{MFA_GROUP}?$select=id&$expand=members($select=userPrincipalName)");
    let expanded = lab.graph("GET", &path, &token, NONE);
    assert_eq!(expanded.body["members"][0]["userPrincipalName"], upn("careful"));
    assert_eq!(expanded.body["members"][0].get("displayName"), None);
    for expand in ["shoes", "members($expand=memberOf)", "members($select=shoeSize)"] {
        let answer = lab.graph("GET", &format!("v1.0/groups/{MFA_GROUP}?$expand={expand}"), &token, NONE);
        assert_eq!(answer.status, 400, "{expand}");
    }
}

#[test]
fn an_unknown_property_is_refused_even_where_nothing_would_be_found() {
    let lab = Lab::new();
    let token = lab.sign_in_with_everything("admin");
    for path in [
        "v1.0/deviceManagement/deviceConfigurations?$filter=shoeSize%20eq%201",
        "v1.0/users?$filter=id%20eq%20'x'%20and%20shoeSize%20eq%201",
        "v1.0/users?$select=shoeSize&$filter=id%20eq%20'x'",
    ] {
        assert_eq!(lab.graph("GET", path, &token, NONE).graph_error(), (400, "BadRequest"), "{path}");
    }
}

#[test]
fn a_page_of_many_users_is_as_long_as_it_was_asked_for() {
    let mut config = config();
    config.users.extend((0..1200).map(|number| user(&format!("u{number:04}"), &[])));
    let lab = Lab::of(config);
    let token = lab.sign_in("service");
    let check = |query: &str, expect: (usize, usize)| {
        let (mut found, mut pages) = (std::collections::BTreeSet::new(), 0);
        let mut next = Some(format!("v1.0/users?$top=500&$select=id&{query}"));
        while let Some(path) = next {
            let page = lab.graph("GET", &path, &token, NONE);
            found.extend(page.values("id"));
            pages += 1;
            next = page.link("@odata.nextLink");
        }
        assert_eq!((found.len(), pages), expect, "{query}");
    };
    check("", (1209, 3));
    check("$filter=startswith(displayName,'u')", (1200, 3));
    check("$filter=startswith(userPrincipalName,'u00')", (100, 1));
}
