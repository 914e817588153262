//! Security: authentication methods, of which the FIDO2 security key is the guide's "Enable Security Keys in the
//! Entra/Azure Tenant".

use serde_json::{Value, json};

use super::area::Area;
use super::desk::{Desk, alerts, is_yes, typed, word, yes_or_no};
use super::{Outcome, conditional_access, not_found};
use crate::graph::GraphError;
use crate::oauth::Form;
use crate::pages::page::{Answer, Cell, InputKind, PageForm};

pub(super) const ROOT: &str = "/directory/security";
const METHODS: &str = "/directory/security/authentication-methods";
const FIDO2: &str = "/directory/security/authentication-methods/fido2";
const CONFIGURE: &str = "/directory/security/authentication-methods/fido2/configure";
/// The policy at Graph.
const POLICY: &str = "policies/authenticationMethodsPolicy/authenticationMethodConfigurations";
const KIND: &str = "#microsoft.graph.fido2AuthenticationMethodConfiguration";

const ALL_USERS: &str = "All users";
const SELECTED: &str = "Select groups";
const OPTIONAL: &str = "Optional";

pub(super) fn blade(desk: &mut Desk<'_>, rest: &[&str], form: Option<&Form>) -> Outcome {
    match (rest, form) {
        ([], None) => Ok(overview(desk)),
        (["conditional-access", rest @ ..], form) => conditional_access::blade(desk, rest, form),
        (["authentication-methods"], None) => methods(desk),
        (["authentication-methods", "fido2"], form) => edit(desk, form, FIDO2, target_form, target),
        (["authentication-methods", "fido2", "configure"], form) => {
            edit(desk, form, CONFIGURE, configure_form, settings)
        }
        _ => Ok(not_found(desk)),
    }
}

fn overview(desk: &Desk<'_>) -> Answer {
    desk.page(&Area::Security, "Security", &["Protect the accounts of your organization."])
        .with_link("Authentication methods", METHODS)
        .with_link("Conditional Access", conditional_access::ROOT)
        .into()
}

fn methods(desk: &mut Desk<'_>) -> Outcome {
    let all = desk.read(POLICY)?;
    let rows = all["value"].as_array().into_iter().flatten().map(|method| {
        let name = match method["id"].as_str().unwrap_or_default() {
            "Fido2" => Cell::link("FIDO2 security key", FIDO2),
            "Sms" => "SMS".into(),
            "TemporaryAccessPass" => "Temporary Access Pass".into(),
            other => other.into(),
        };
        (vec![name, targeted(method).into(), word(method["state"] == "enabled").into()], Vec::new())
    });
    let text = "Configure your users in the authentication methods policy to enable passwordless authentication.";
    let page = desk.page(&Area::Security, "Authentication methods", &[text]);
    Ok(page.with_table(&["Method", "Target", "Enabled"], rows.collect()).into())
}

fn targeted(method: &Value) -> &'static str {
    let targets = method["includeTargets"].as_array().map_or(&[][..], Vec::as_slice);
    match targets {
        [] => "Nobody",
        some if some.iter().any(|target| target["id"] == "all_users") => ALL_USERS,
        [_] => "1 group",
        _ => "Groups",
    }
}

/// A tab of the FIDO2 policy: shows it, or saves what was changed.
fn edit(
    desk: &mut Desk<'_>,
    form: Option<&Form>,
    path: &str,
    tab: fn(PageForm, &Value, Option<&Form>, &str) -> PageForm,
    change: fn(&mut Desk<'_>, &Form) -> Result<Value, GraphError>,
) -> Outcome {
    let policy = desk.read(&format!("{POLICY}/fido2"))?;
    let groups = group_names(desk, &policy);
    let mut refused = Vec::new();
    if let Some(form) = form {
        let saved = change(desk, form).and_then(|mut change| {
            change["@odata.type"] = KIND.into();
            desk.patch(&format!("{POLICY}/fido2"), &change)
        });
        match saved {
            Ok(()) => return Ok(Answer::redirect(path)),
            Err(error) => refused = alerts(&error),
        }
    }
    let text = "FIDO2 security keys are a phishing-resistant, standards-based passwordless authentication method \
                available from a variety of vendors.";
    let input = tab(desk.form(), &policy, form, &groups).button("Save");
    let page = desk.page(&Area::Security, "FIDO2 security key settings", &[text]).with_alerts(&refused);
    let page = page.with_command("Enable and Target", FIDO2).with_command("Configure", CONFIGURE);
    Ok(page.with_form(input).into())
}

/// The names of the groups that a policy includes, separated by commas.
fn group_names(desk: &mut Desk<'_>, policy: &Value) -> String {
    let targets = policy["includeTargets"].as_array().into_iter().flatten();
    let ids = targets.filter_map(|target| target["id"].as_str()).filter(|id| *id != "all_users");
    let named = ids.map(|id| {
        let group = desk.read(&format!("groups/{id}"));
        group.ok().and_then(|group| Some(group["displayName"].as_str()?.to_owned())).unwrap_or_else(|| id.to_owned())
    });
    named.collect::<Vec<_>>().join(", ")
}

fn target_form(input: PageForm, policy: &Value, form: Option<&Form>, groups: &str) -> PageForm {
    let target = if targeted(policy) == ALL_USERS { ALL_USERS } else { SELECTED };
    let enabled = word(policy["state"] == "enabled");
    input
        .input("enable", "Enable", yes_or_no(), typed(form, "enable", enabled))
        .input("include", "Target", InputKind::Choice(vec![ALL_USERS, SELECTED]), typed(form, "include", target))
        .input("groups", "Groups, separated by commas", InputKind::Text, typed(form, "groups", groups))
        .input("registration", "Registration", InputKind::Choice(vec![OPTIONAL]), OPTIONAL)
}

fn target(desk: &mut Desk<'_>, form: &Form) -> Result<Value, GraphError> {
    let ids = if form.field("include") == Some(ALL_USERS) {
        vec!["all_users".to_owned()]
    } else {
        let names = form.field("groups").unwrap_or_default().split(',').map(str::trim);
        let names = names.filter(|name| !name.is_empty());
        names.map(|name| desk.named("groups", "displayName", name)).collect::<Result<_, _>>()?
    };
    let targets = ids.iter().map(|id| json!({ "targetType": "group", "id": id, "isRegistrationRequired": false }));
    let state = if is_yes(form, "enable") { "enabled" } else { "disabled" };
    Ok(json!({ "state": state, "includeTargets": targets.collect::<Vec<_>>() }))
}

fn configure_form(input: PageForm, policy: &Value, form: Option<&Form>, _: &str) -> PageForm {
    let restrictions = &policy["keyRestrictions"];
    let models = restrictions["aaGuids"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let models = models.collect::<Vec<_>>().join(", ");
    let kind = if restrictions["enforcementType"] == "allow" { "Allow" } else { "Block" };
    let setting = |name: &str| word(policy[name] == true);
    let (self_service, attestation) = (setting("isSelfServiceRegistrationAllowed"), setting("isAttestationEnforced"));
    let restricted = word(restrictions["isEnforced"] == true);
    input
        .input("selfservice", "Allow self-service set up", yes_or_no(), typed(form, "selfservice", self_service))
        .input("attestation", "Enforce attestation", yes_or_no(), typed(form, "attestation", attestation))
        .input("restrict", "Enforce key restrictions", yes_or_no(), typed(form, "restrict", restricted))
        .input("kind", "Restrict specific keys", InputKind::Choice(vec!["Allow", "Block"]), typed(form, "kind", kind))
        .input("models", "AAGUIDs, separated by commas", InputKind::Text, typed(form, "models", &models))
}

fn settings(_: &mut Desk<'_>, form: &Form) -> Result<Value, GraphError> {
    let models = form.field("models").unwrap_or_default().split(',').map(str::trim);
    let models: Vec<&str> = models.filter(|model| !model.is_empty()).collect();
    Ok(json!({
        "isSelfServiceRegistrationAllowed": is_yes(form, "selfservice"),
        "isAttestationEnforced": is_yes(form, "attestation"),
        "keyRestrictions": {
            "isEnforced": is_yes(form, "restrict"),
            "enforcementType": if form.field("kind") == Some("Allow") { "allow" } else { "block" },
            "aaGuids": models,
        },
    }))
}
