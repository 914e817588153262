//! Every route once, and the shape of its answer against `shapes.json`, which is written from Microsoft's reference: the
//! names of properties and their JSON types, no property missing and none beside them.

use std::collections::BTreeSet;

use crate::common::*;
use serde_json::{Map, Value, json};

/// What an answer must look like.
#[derive(Clone, Copy)]
enum Shape {
    /// One object of a type.
    One(&'static str),
    /// A collection of objects of a type.
    Many(&'static str),
    /// A collection of objects that say their type.
    Typed,
    /// One object that says its type.
    OneTyped,
    /// A collection of strings.
    Ids,
    /// `{ "value": true }`.
    Flag,
    /// A number in plain text.
    Count,
    /// No body.
    Nothing,
    /// An error with this code.
    Error(&'static str),
}

use Shape::{Count, Error, Flag, Ids, Many, Nothing, One, OneTyped, Typed};

/// A tenant, with what the calls before have made by name.
struct World {
    lab: Lab,
    token: String,
    made: Map<String, Value>,
    called: BTreeSet<String>,
    shapes: Value,
}

impl World {
    fn new() -> Self {
        let mut config = config();
        config.fido2_policy.attestation = entra::fido::AttestationEnforcement::NotEnforced;
        let lab = Lab::of(config);
        let token = lab.sign_in_with_everything("admin");
        let mut made = Map::new();
        for (name, of) in [("carol", "carol"), ("mallory", "mallory"), ("careful", "careful"), ("admin", "admin")] {
            made.insert(name.into(), json!(lab.user_id(of)));
        }
        made.insert("group".into(), json!(MFA_GROUP));
        made.insert("app".into(), json!(APP));
        made.insert("device".into(), json!(DEVICE));
        let shapes = serde_json::from_str(include_str!("shapes.json")).expect("the fixture is JSON");
        Self { lab, token, made, called: BTreeSet::new(), shapes }
    }

    fn named(&self, text: &str) -> String {
        let put = |text: String, (name, value): (&String, &Value)| {
            text.replace(&format!("<{name}>"), value.as_str().unwrap_or_default())
        };
        self.made.iter().fold(text.to_owned(), put)
    }

    /// Calls a route: `route` as the permission map spells it, `path` with what stands for its braces.
    fn call(&mut self, route: &str, path: &str, body: Value, status: u16, shape: Shape) -> Value {
        self.called.insert(route.to_owned());
        let (verb, _) = route.split_once(' ').expect("verb and path");
        let path = format!("v1.0/{}", self.named(path));
        let body: Value = serde_json::from_str(&self.named(&body.to_string())).expect("still JSON");
        let answer = if matches!(shape, Count) {
            self.lab.eventual(&path, &self.token)
        } else {
            self.lab.graph(verb, &path, &self.token, body)
        };
        assert_eq!(answer.status, status, "{verb} {path}: {}", answer.body);
        self.check(&format!("{verb} {path}"), &answer.body, shape);
        answer.body
    }

    /// The same, and keeps a property of the answer under a name.
    fn make(&mut self, name: &str, of: &str, route: &str, path: &str, body: Value, shape: Shape) {
        let status = if route.starts_with("POST") && !path.ends_with("addPassword") { 201 } else { 200 };
        let answer = self.call(route, path, body, status, shape);
        self.made.insert(name.into(), answer[of].clone());
    }

    fn check(&self, what: &str, body: &Value, shape: Shape) {
        let objects = || body["value"].as_array().unwrap_or_else(|| panic!("{what}: no collection in {body}"));
        match shape {
            One(kind) => self.check_object(what, body, kind),
            Many(kind) => objects().iter().for_each(|object| self.check_object(what, object, kind)),
            OneTyped => self.check_object(what, body, kind_of(what, body)),
            Typed => objects().iter().for_each(|object| self.check_object(what, object, kind_of(what, object))),
            Ids => assert!(objects().iter().all(Value::is_string), "{what}: {body}"),
            Flag => assert!(body["value"].is_boolean(), "{what}: {body}"),
            Count => assert!(body.is_u64(), "{what}: {body}"),
            Nothing => assert_eq!(body, "", "{what}"),
            Error(code) => {
                assert_eq!(body["error"]["code"], code, "{what}: {body}");
                assert!(body["error"]["message"].is_string() && body["error"]["innerError"]["request-id"].is_string());
            }
        }
        let has_context = matches!(shape, One(_) | Many(_) | Typed | OneTyped | Ids | Flag);
        assert!(!has_context || body["@odata.context"].is_string(), "{what}: no context in {body}");
    }

    fn check_object(&self, what: &str, object: &Value, kind: &str) {
        let shape = self.shapes[kind].as_object().unwrap_or_else(|| panic!("{what}: no shape is called {kind}"));
        let object = object.as_object().unwrap_or_else(|| panic!("{what}: {object} is no {kind}"));
        for (name, value) in object.iter().filter(|(name, _)| !name.contains("@odata.")) {
            let wanted = shape.get(name).unwrap_or_else(|| panic!("{what}: {kind} has no property {name}"));
            self.check_value(&format!("{what}: {kind}.{name}"), value, wanted.as_str().expect("types are texts"));
        }
        let missing: Vec<&String> = shape.keys().filter(|name| !object.contains_key(*name)).collect();
        assert!(missing.is_empty(), "{what}: {kind} lacks {missing:?}");
    }

    fn check_value(&self, what: &str, value: &Value, wanted: &str) {
        if let Some(wanted) = wanted.strip_suffix('?') {
            if !value.is_null() {
                self.check_value(what, value, wanted);
            }
            return;
        }
        if let Some(wanted) = wanted.strip_prefix('[') {
            let items = value.as_array().unwrap_or_else(|| panic!("{what}: {value} is no list"));
            items.iter().for_each(|item| self.check_value(what, item, wanted.trim_end_matches(']')));
            return;
        }
        match wanted {
            "s" => assert!(value.is_string(), "{what}: {value} is no text"),
            "b" => assert!(value.is_boolean(), "{what}: {value} is no flag"),
            "n" => assert!(value.is_number(), "{what}: {value} is no number"),
            "any" => assert!(!value.is_null(), "{what} is null"),
            kind => self.check_object(what, value, kind),
        }
    }
}

fn kind_of<'a>(what: &str, object: &'a Value) -> &'a str {
    let kind = object["@odata.type"].as_str().unwrap_or_else(|| panic!("{what}: {object} does not say its type"));
    kind.strip_prefix("#microsoft.graph.").expect("a type of Graph")
}

fn reference(name: &str) -> Value {
    json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/<{name}>") })
}

const NONE: Value = Value::Null;

#[test]
fn every_route_answers_in_the_shape_of_the_reference() {
    let mut world = World::new();
    users(&mut world);
    methods(&mut world);
    groups(&mut world);
    roles(&mut world);
    applications(&mut world);
    policies(&mut world);
    devices_and_logs(&mut world);
    recycle_bin(&mut world);
    let map = permission_map();
    let routes: BTreeSet<String> = map["routes"].as_object().expect("an object").keys().cloned().collect();
    let idle: Vec<&String> = routes.difference(&world.called).collect();
    assert!(idle.is_empty(), "not called: {idle:#?}");
    let strange: Vec<&String> = world.called.difference(&routes).collect();
    assert!(strange.is_empty(), "no routes: {strange:#?}");
}

#[test]
fn the_parity_document_names_every_route() {
    let document = include_str!("../../../../docs/graph-parity.md");
    for route in permission_map()["routes"].as_object().expect("an object").keys() {
        let (verb, path) = route.split_once(' ').expect("verb and path");
        let plain = ["roleTemplateId", "appId", "deviceId"]
            .iter()
            .fold(path.to_owned(), |path, alternate| path.replace(&format!("|{alternate}}}"), "}"));
        let shown = plain.replace("/{=challengeTimeoutInMinutes}", "(challengeTimeoutInMinutes={minutes})");
        let row = document.lines().find(|line| line.starts_with(&format!("| `{shown}` |")));
        assert!(row.is_some_and(|row| row.contains(verb)), "docs/graph-parity.md has no row for {route}");
    }
}

fn users(world: &mut World) {
    world.call("GET users", "users", NONE, 200, Many("user"));
    world.call("GET users/$count", "users/$count", NONE, 200, Count);
    world.call("GET users/delta", "users/delta", NONE, 200, Many("user"));
    let body = json!({ "accountEnabled": true, "displayName": "D", "mailNickname": "dave",
        "userPrincipalName": upn("dave"), "passwordProfile": { "password": PASSWORD } });
    world.make("dave", "id", "POST users", "users", body, One("user"));
    world.call("GET users/{user}", "users/<dave>", NONE, 200, One("user"));
    world.call("PATCH users/{user}", "users/<dave>", json!({ "jobTitle": "x" }), 204, Nothing);
    world.call("GET me", "me", NONE, 200, One("user"));
    for (of, at) in [("me", "me"), ("users/{user}", "users('<careful>')")] {
        for relation in ["memberOf", "transitiveMemberOf"] {
            world.call(&format!("GET {of}/{relation}"), &format!("{at}/{relation}"), NONE, 200, Typed);
            world.call(&format!("GET {of}/{relation}/$count"), &format!("{at}/{relation}/$count"), NONE, 200, Count);
            let cast = "microsoft.graph.group";
            world.call(
                &format!("GET {of}/{relation}/{cast}"),
                &format!("{at}/{relation}/{cast}"),
                NONE,
                200,
                Many("group"),
            );
        }
        member_checks(world, of, at, true);
    }
    world.call("POST users/{user}/revokeSignInSessions", "users/<dave>/revokeSignInSessions", NONE, 200, Flag);
    world.call(
        "GET users/{user}/oauth2PermissionGrants",
        "users/<dave>/oauth2PermissionGrants",
        NONE,
        200,
        Many("oAuth2PermissionGrant"),
    );
    // Ends the caller's own sessions, from the next second on.
    world.call("POST me/revokeSignInSessions", "me/revokeSignInSessions", NONE, 200, Flag);
}

fn member_checks(world: &mut World, of: &str, at: &str, with_objects: bool) {
    let only = json!({ "securityEnabledOnly": false });
    world.call(&format!("POST {of}/getMemberGroups"), &format!("{at}/getMemberGroups"), only.clone(), 200, Ids);
    let asked = json!({ "groupIds": ["<group>"] });
    world.call(&format!("POST {of}/checkMemberGroups"), &format!("{at}/checkMemberGroups"), asked, 200, Ids);
    if with_objects {
        world.call(&format!("POST {of}/getMemberObjects"), &format!("{at}/getMemberObjects"), only, 200, Ids);
    }
}

fn methods(world: &mut World) {
    const PASSWORD_METHOD: &str = "28c10230-6103-485e-b985-444c60001490";
    const MOBILE: &str = "3179e48a-750b-4051-897c-87b9720928f7";
    world.made.insert("password".into(), PASSWORD_METHOD.into());
    world.made.insert("mobile".into(), MOBILE.into());
    let of = "users/{user}/authentication";
    let at = "users/<carol>/authentication";
    let body = json!({ "phoneType": "mobile", "phoneNumber": "+1 5551234567" });
    world.call(
        &format!("POST {of}/phoneMethods"),
        &format!("{at}/phoneMethods"),
        body,
        201,
        One("phoneAuthenticationMethod"),
    );
    let changed = json!({ "phoneNumber": "+1 5557654321" });
    world.call(
        &format!("PATCH {of}/phoneMethods/{{method}}"),
        &format!("{at}/phoneMethods/<mobile>"),
        changed.clone(),
        200,
        One("phoneAuthenticationMethod"),
    );
    let passes = "temporaryAccessPassMethods";
    world.make(
        "pass",
        "id",
        &format!("POST {of}/{passes}"),
        &format!("{at}/{passes}"),
        json!({}),
        One("temporaryAccessPassAuthenticationMethod"),
    );
    let options = "fido2Methods/creationOptions";
    let made = world.call(
        &format!("GET {of}/{options}"),
        &format!("{at}/{options}"),
        NONE,
        200,
        One("webauthnCredentialCreationOptions"),
    );
    let route = format!("GET {of}/{options}/{{=challengeTimeoutInMinutes}}");
    world.call(&route, &format!("{at}/{options}(challengeTimeoutInMinutes=9)"), NONE, 400, Error("BadRequest"));
    let credential = crate::keys::public_key_credential(made["publicKey"]["challenge"].as_str().expect("a challenge"));
    let key = json!({ "displayName": "Key", "publicKeyCredential": credential });
    world.make(
        "key",
        "id",
        &format!("POST {of}/fido2Methods"),
        &format!("{at}/fido2Methods"),
        key.clone(),
        One("fido2AuthenticationMethod"),
    );
    let renamed = json!({ "displayName": "Mine" });
    world.call(
        &format!("PATCH {of}/fido2Methods/{{method}}"),
        &format!("{at}/fido2Methods/<key>"),
        renamed.clone(),
        204,
        Nothing,
    );
    read_methods(world, of, at);
    for path in ["methods", "passwordMethods"] {
        let route = format!("POST {of}/{path}/{{method}}/resetPassword");
        let at = format!("users/<dave>/authentication/{path}/<password>/resetPassword");
        world.call(&route, &at, NONE, 202, One("passwordResetResponse"));
    }
    world.call(
        &format!("DELETE {of}/fido2Methods/{{method}}"),
        &format!("{at}/fido2Methods/<key>"),
        NONE,
        204,
        Nothing,
    );
    world.call(&format!("DELETE {of}/{passes}/{{method}}"), &format!("{at}/{passes}/<pass>"), NONE, 204, Nothing);
    world.call(
        &format!("DELETE {of}/phoneMethods/{{method}}"),
        &format!("{at}/phoneMethods/<mobile>"),
        NONE,
        204,
        Nothing,
    );
    own_methods(world, &key, &renamed, &changed);
}

fn read_methods(world: &mut World, of: &str, at: &str) {
    world.call(&format!("GET {of}/methods"), &format!("{at}/methods"), NONE, 200, Typed);
    world.call(&format!("GET {of}/methods/{{method}}"), &format!("{at}/methods/<password>"), NONE, 200, OneTyped);
    for (path, kind, id) in [
        ("passwordMethods", "passwordAuthenticationMethod", "password"),
        ("phoneMethods", "phoneAuthenticationMethod", "mobile"),
        ("temporaryAccessPassMethods", "temporaryAccessPassAuthenticationMethod", "pass"),
        ("fido2Methods", "fido2AuthenticationMethod", "key"),
    ] {
        world.call(&format!("GET {of}/{path}"), &format!("{at}/{path}"), NONE, 200, Many(kind));
        let route = format!("GET {of}/{path}/{{method}}");
        let is_there = of != "me/authentication" || path == "passwordMethods";
        let (status, shape) = if is_there { (200, One(kind)) } else { (404, Error("resourceNotFound")) };
        world.call(&route, &format!("{at}/{path}/<{id}>"), NONE, status, shape);
    }
}

/// A sign-in by password alone reads one's own methods, and changes none.
fn own_methods(world: &mut World, key: &Value, renamed: &Value, changed: &Value) {
    let me = "me/authentication";
    read_methods(world, me, me);
    let phone = json!({ "phoneType": "mobile", "phoneNumber": "+1 5551234567" });
    for (route, path, body) in [
        ("POST me/authentication/phoneMethods", "phoneMethods", &phone),
        ("PATCH me/authentication/phoneMethods/{method}", "phoneMethods/<mobile>", changed),
        ("DELETE me/authentication/phoneMethods/{method}", "phoneMethods/<mobile>", &NONE),
        ("DELETE me/authentication/temporaryAccessPassMethods/{method}", "temporaryAccessPassMethods/<pass>", &NONE),
        ("GET me/authentication/fido2Methods/creationOptions", "fido2Methods/creationOptions", &NONE),
        (
            "GET me/authentication/fido2Methods/creationOptions/{=challengeTimeoutInMinutes}",
            "fido2Methods/creationOptions(challengeTimeoutInMinutes=9)",
            &NONE,
        ),
        ("POST me/authentication/fido2Methods", "fido2Methods", key),
        ("PATCH me/authentication/fido2Methods/{method}", "fido2Methods/<key>", renamed),
        ("DELETE me/authentication/fido2Methods/{method}", "fido2Methods/<key>", &NONE),
    ] {
        world.call(route, &format!("{me}/{path}"), body.clone(), 403, Error("accessDenied"));
    }
}

fn groups(world: &mut World) {
    world.call("GET groups", "groups", NONE, 200, Many("group"));
    world.call("GET groups/$count", "groups/$count", NONE, 200, Count);
    let body = json!({ "displayName": "A", "mailNickname": "a", "mailEnabled": false, "securityEnabled": true });
    world.make("new", "id", "POST groups", "groups", body, One("group"));
    world.call("GET groups/{group}", "groups/<new>", NONE, 200, One("group"));
    world.call("PATCH groups/{group}", "groups/<new>", json!({ "description": "x" }), 204, Nothing);
    world.call("POST groups/{group}/members/$ref", "groups/<new>/members/$ref", reference("carol"), 204, Nothing);
    world.call("POST groups/{group}/members/$ref", "groups/<new>/members/$ref", reference("group"), 204, Nothing);
    for relation in ["members", "transitiveMembers"] {
        world.call(&format!("GET groups/{{group}}/{relation}"), &format!("groups/<new>/{relation}"), NONE, 200, Typed);
        for (cast, shape) in
            [("$count", Count), ("microsoft.graph.user", Many("user")), ("microsoft.graph.group", Many("group"))]
        {
            let route = format!("GET groups/{{group}}/{relation}/{cast}");
            world.call(&route, &format!("groups/<new>/{relation}/{cast}"), NONE, 200, shape);
        }
    }
    for relation in ["memberOf", "transitiveMemberOf"] {
        world.call(
            &format!("GET groups/{{group}}/{relation}"),
            &format!("groups/<group>/{relation}"),
            NONE,
            200,
            Typed,
        );
    }
    member_checks(world, "groups/{group}", "groups/<group>", false);
    world.call("POST groups/{group}/owners/$ref", "groups/<new>/owners/$ref", reference("carol"), 204, Nothing);
    for (tail, shape) in [("", Typed), ("/$count", Count), ("/microsoft.graph.user", Many("user"))] {
        world.call(
            &format!("GET groups/{{group}}/owners{tail}"),
            &format!("groups/<new>/owners{tail}"),
            NONE,
            200,
            shape,
        );
    }
    world.call("DELETE groups/{group}/owners/{owner}/$ref", "groups/<new>/owners/<carol>/$ref", NONE, 204, Nothing);
    let delta = world.lab.graph("GET", "v1.0/groups/delta?$select=displayName", &world.token, NONE);
    assert_eq!(delta.status, 200, "{}", delta.body);
    world.called.insert("GET groups/delta".into());
    world.call("DELETE groups/{group}/members/{member}/$ref", "groups/<new>/members/<group>/$ref", NONE, 204, Nothing);
    world.call("DELETE groups/{group}/members/{member}", "groups/<new>/members/<carol>", NONE, 204, Nothing);
    world.call("DELETE groups/{group}", "groups/<new>", NONE, 204, Nothing);
    let ids = json!({ "ids": ["<careful>", "<group>"], "types": ["user", "group"] });
    world.call("POST directoryObjects/getByIds", "directoryObjects/getByIds", ids, 200, Typed);
    world.call("GET directoryObjects/{object}", "directoryObjects/<group>", NONE, 200, OneTyped);
    member_checks(world, "directoryObjects/{object}", "directoryObjects/<careful>", true);
    world.call("DELETE directoryObjects/{object}", "directoryObjects/<mallory>", NONE, 204, Nothing);
}

fn roles(world: &mut World) {
    const READERS: &str = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b";
    world.made.insert("readers".into(), READERS.into());
    world.call("GET directoryRoles", "directoryRoles", NONE, 200, Many("directoryRole"));
    let template = json!({ "roleTemplateId": READERS });
    world.make("role", "id", "POST directoryRoles", "directoryRoles", template, One("directoryRole"));
    let (of, at) = ("directoryRoles/{role|roleTemplateId}", "directoryRoles(roleTemplateId='<readers>')");
    world.call(&format!("GET {of}"), at, NONE, 200, One("directoryRole"));
    world.call(
        &format!("POST {of}/members/$ref"),
        "directoryRoles/<role>/members/$ref",
        reference("careful"),
        204,
        Nothing,
    );
    world.call(&format!("GET {of}/members"), &format!("{at}/members"), NONE, 200, Typed);
    world.call(
        &format!("DELETE {of}/members/{{member}}/$ref"),
        &format!("{at}/members/<careful>/$ref"),
        NONE,
        204,
        Nothing,
    );
    world.call("GET directoryRoleTemplates", "directoryRoleTemplates", NONE, 200, Many("directoryRoleTemplate"));
    world.call(
        "GET directoryRoleTemplates/{template}",
        "directoryRoleTemplates/<readers>",
        NONE,
        200,
        One("directoryRoleTemplate"),
    );
    let definitions = "roleManagement/directory/roleDefinitions";
    world.call(&format!("GET {definitions}"), definitions, NONE, 200, Many("unifiedRoleDefinition"));
    world.call(
        &format!("GET {definitions}/{{definition}}"),
        &format!("{definitions}/<readers>"),
        NONE,
        200,
        One("unifiedRoleDefinition"),
    );
    let assignments = "roleManagement/directory/roleAssignments";
    let body = json!({ "@odata.type": "#microsoft.graph.unifiedRoleAssignment", "roleDefinitionId": READERS,
        "principalId": "<careful>", "directoryScopeId": "/" });
    world.make("assignment", "id", &format!("POST {assignments}"), assignments, body, One("unifiedRoleAssignment"));
    world.call(&format!("GET {assignments}"), assignments, NONE, 200, Many("unifiedRoleAssignment"));
    let (of, at) = (format!("{assignments}/{{assignment}}"), format!("{assignments}/<assignment>"));
    world.call(&format!("GET {of}"), &at, NONE, 200, One("unifiedRoleAssignment"));
    world.call(&format!("DELETE {of}"), &at, NONE, 204, Nothing);
}

fn applications(world: &mut World) {
    world.call("GET applications", "applications", NONE, 200, Many("application"));
    world.call("GET applications/$count", "applications/$count", NONE, 200, Count);
    let asked = json!([{ "resourceAppId": "00000003-0000-0000-c000-000000000000",
        "resourceAccess": [{ "id": "0e263e50-5827-48a4-b97c-d940288653c7", "type": "Scope" }] }]);
    let body = json!({ "displayName": "Fresh", "signInAudience": "AzureADMyOrg", "requiredResourceAccess": asked });
    world.make("fresh", "appId", "POST applications", "applications", body, One("application"));
    let (of, at) = ("applications/{application|appId}", "applications(appId='<fresh>')");
    world.call(&format!("GET {of}"), at, NONE, 200, One("application"));
    world.call(&format!("PATCH {of}"), at, json!({ "notes": "x" }), 204, Nothing);
    world.make(
        "secret",
        "keyId",
        &format!("POST {of}/addPassword"),
        &format!("{at}/addPassword"),
        json!({}),
        One("passwordCredential"),
    );
    world.call(
        &format!("POST {of}/removePassword"),
        &format!("{at}/removePassword"),
        json!({ "keyId": "<secret>" }),
        204,
        Nothing,
    );
    world.call(&format!("POST {of}/owners/$ref"), &format!("{at}/owners/$ref"), reference("careful"), 204, Nothing);
    world.call(&format!("GET {of}/owners"), &format!("{at}/owners"), NONE, 200, Typed);
    world.call(
        &format!("DELETE {of}/owners/{{owner}}/$ref"),
        &format!("{at}/owners/<careful>/$ref"),
        NONE,
        204,
        Nothing,
    );
    principals(world);
    world.call(&format!("DELETE {of}"), at, NONE, 204, Nothing);
}

fn principals(world: &mut World) {
    world.call("GET servicePrincipals", "servicePrincipals", NONE, 200, Many("servicePrincipal"));
    world.call("GET servicePrincipals/$count", "servicePrincipals/$count", NONE, 200, Count);
    world.make(
        "principal",
        "id",
        "POST servicePrincipals",
        "servicePrincipals",
        json!({ "appId": "<fresh>" }),
        One("servicePrincipal"),
    );
    let of = "servicePrincipals/{principal|appId}";
    let graph_path = "servicePrincipals(appId='00000003-0000-0000-c000-000000000000')";
    world.make("graph", "id", &format!("GET {of}"), graph_path, NONE, One("servicePrincipal"));
    let grant = json!({ "clientId": "<principal>", "consentType": "AllPrincipals", "principalId": null, "resourceId": "<graph>", "scope": "User.Read" });
    let grants = "oauth2PermissionGrants";
    world.make("grant", "id", &format!("POST {grants}"), grants, grant, One("oAuth2PermissionGrant"));
    world.call(&format!("GET {grants}"), grants, NONE, 200, Many("oAuth2PermissionGrant"));
    world.call(
        &format!("GET {grants}/{{grant}}"),
        "oauth2PermissionGrants/<grant>",
        NONE,
        200,
        One("oAuth2PermissionGrant"),
    );
    world.call(
        &format!("GET {of}/{grants}"),
        "servicePrincipals/<principal>/oauth2PermissionGrants",
        NONE,
        200,
        Many("oAuth2PermissionGrant"),
    );
    world.call(
        &format!("PATCH {grants}/{{grant}}"),
        "oauth2PermissionGrants/<grant>",
        json!({ "scope": "User.Read openid" }),
        204,
        Nothing,
    );
    world.call(&format!("DELETE {grants}/{{grant}}"), "oauth2PermissionGrants/<grant>", NONE, 204, Nothing);
    let role = json!({ "principalId": "<principal>", "resourceId": "<graph>", "appRoleId": "df021288-bdef-4463-88db-98f22de89214" });
    for (relation, at) in [("appRoleAssignments", "<principal>"), ("appRoleAssignedTo", "<graph>")] {
        let (of, at) = (format!("{of}/{relation}"), format!("servicePrincipals/{at}/{relation}"));
        world.make("role", "id", &format!("POST {of}"), &at, role.clone(), One("appRoleAssignment"));
        world.call(&format!("GET {of}"), &at, NONE, 200, Many("appRoleAssignment"));
        world.call(&format!("DELETE {of}/{{assignment}}"), &format!("{at}/<role>"), NONE, 204, Nothing);
    }
    world.call(
        &format!("PATCH {of}"),
        "servicePrincipals/<principal>",
        json!({ "accountEnabled": true }),
        204,
        Nothing,
    );
    world.call(&format!("DELETE {of}"), "servicePrincipals/<principal>", NONE, 204, Nothing);
}

fn policies(world: &mut World) {
    let policy = "policies/authenticationMethodsPolicy";
    world.call(&format!("GET {policy}"), policy, NONE, 200, One("authenticationMethodsPolicy"));
    let configurations = format!("{policy}/authenticationMethodConfigurations");
    world.call(
        &format!("GET {configurations}/{{configuration}}"),
        &format!("{configurations}('Sms')"),
        NONE,
        200,
        OneTyped,
    );
    let fido2 = format!("{configurations}/fido2");
    world.call(&format!("GET {fido2}"), &fido2, NONE, 200, OneTyped);
    let body = json!({ "@odata.type": "#microsoft.graph.fido2AuthenticationMethodConfiguration", "state": "disabled" });
    world.call(&format!("PATCH {fido2}"), &fido2, body, 204, Nothing);
    world.call(&format!("DELETE {fido2}"), &fido2, NONE, 204, Nothing);
    let all = world.lab.graph("GET", &format!("v1.0/{configurations}"), &world.token, NONE);
    assert_eq!(all.values("id"), ["Fido2", "Sms", "TemporaryAccessPass"]);
    world.called.insert(format!("GET {configurations}"));
    let policies = "identity/conditionalAccess/policies";
    world.call(&format!("GET {policies}"), policies, NONE, 200, Many("conditionalAccessPolicy"));
    let body = json!({ "displayName": "MFA", "state": "disabled",
        "conditions": { "applications": { "includeApplications": ["All"] }, "users": { "includeUsers": ["All"] } },
        "grantControls": { "operator": "OR", "builtInControls": ["mfa"] } });
    world.make("policy", "id", &format!("POST {policies}"), policies, body, One("conditionalAccessPolicy"));
    let (of, at) = (format!("{policies}/{{policy}}"), format!("{policies}/<policy>"));
    world.call(&format!("GET {of}"), &at, NONE, 200, One("conditionalAccessPolicy"));
    world.call(&format!("PATCH {of}"), &at, json!({ "displayName": "Two factors" }), 204, Nothing);
    world.call(&format!("DELETE {of}"), &at, NONE, 204, Nothing);
}

fn devices_and_logs(world: &mut World) {
    world.call("GET devices", "devices", NONE, 200, Many("device"));
    world.call("GET devices/$count", "devices/$count", NONE, 200, Count);
    let (of, at) = ("devices/{device|deviceId}", "devices(deviceId='<device>')");
    world.call(&format!("GET {of}"), at, NONE, 200, One("device"));
    world.call(&format!("PATCH {of}"), at, json!({ "accountEnabled": false }), 204, Nothing);
    world.call(&format!("DELETE {of}"), at, NONE, 204, Nothing);
    let configurations = "deviceManagement/deviceConfigurations";
    let body = json!({ "@odata.type": "#microsoft.graph.windows10CustomConfiguration", "displayName": "Keys", "omaSettings": [] });
    world.make(
        "configuration",
        "id",
        &format!("POST {configurations}"),
        configurations,
        body,
        One("deviceConfiguration"),
    );
    world.call(&format!("GET {configurations}"), configurations, NONE, 200, Many("deviceConfiguration"));
    let (of, at) = (format!("{configurations}/{{configuration}}"), format!("{configurations}/<configuration>"));
    world.call(&format!("GET {of}"), &at, NONE, 200, One("deviceConfiguration"));
    world.call(&format!("PATCH {of}"), &at, json!({ "description": "x" }), 200, One("deviceConfiguration"));
    let target =
        json!({ "assignments": [{ "target": { "@odata.type": "#microsoft.graph.allDevicesAssignmentTarget" } }] });
    world.call(
        &format!("POST {of}/assign"),
        &format!("{at}/assign"),
        target,
        200,
        Many("deviceConfigurationAssignment"),
    );
    world.call(
        &format!("GET {of}/assignments"),
        &format!("{at}/assignments"),
        NONE,
        200,
        Many("deviceConfigurationAssignment"),
    );
    world.call(&format!("DELETE {of}"), &at, NONE, 204, Nothing);
    for (log, kind) in [("signIns", "signIn"), ("directoryAudits", "directoryAudit")] {
        let path = format!("auditLogs/{log}");
        let entries = world.call(&format!("GET {path}"), &path, NONE, 200, Many(kind));
        world.made.insert("entry".into(), entries["value"][0]["id"].clone());
        world.call(&format!("GET {path}/{{entry}}"), &format!("{path}/<entry>"), NONE, 200, One(kind));
    }
    world.call("GET organization", "organization", NONE, 200, Many("organization"));
    world.call("GET organization/{organization}", &format!("organization/{TENANT}"), NONE, 200, One("organization"));
}

fn recycle_bin(world: &mut World) {
    world.call("DELETE users/{user}", "users/<dave>", NONE, 204, Nothing);
    let users = "directory/deletedItems/microsoft.graph.user";
    world.call(&format!("GET {users}"), users, NONE, 200, Many("user"));
    world.call(&format!("GET {users}/$count"), &format!("{users}/$count"), NONE, 200, Count);
    let (of, at) = ("directory/deletedItems/{deleted}", "directory/deletedItems/<dave>");
    world.call(&format!("GET {of}"), at, NONE, 200, OneTyped);
    world.call(&format!("POST {of}/restore"), &format!("{at}/restore"), NONE, 200, OneTyped);
    world.call("DELETE users/{user}", "users/<dave>", NONE, 204, Nothing);
    world.call(&format!("DELETE {of}"), at, NONE, 204, Nothing);
}
