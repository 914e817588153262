//! No secret stands in the journal: no password and no client secret of the scenario, no install token, and no private
//! key of a phone.

use std::collections::BTreeMap;

use lab::Lab;
use serde_json::Value;

/// The secrets that stand in the journal, each with the first line that holds it.
pub(super) fn leaked(lab: &Lab, saved: &BTreeMap<String, String>, journal: &[Value]) -> Vec<String> {
    let journal: Vec<String> = journal.iter().map(Value::to_string).collect();
    let leaked = secrets(lab).into_iter().chain(made(saved)).filter_map(|(whose, secret)| {
        let line = journal.iter().find(|line| line.contains(&secret))?;
        Some(format!("the secret of {whose} stands in the journal: {}", line.replace(&secret, lab::journal::MASK)))
    });
    leaked.collect()
}

/// The secrets that were made in the scenario itself.
fn made(saved: &BTreeMap<String, String>) -> impl Iterator<Item = (String, String)> {
    let is_secret = |field: &str| ["Client Secret", "Service Account Password"].contains(&field);
    saved.iter().filter(move |(field, _)| is_secret(field)).map(|(field, value)| (field.clone(), value.clone()))
}

/// Whose secret, and what it is. Passcodes and codes of text messages are left out: six digits stand by
/// chance in many a number.
fn secrets(lab: &Lab) -> Vec<(String, String)> {
    let scenario = lab.scenario();
    let registration = lab.registration();
    let people = scenario.users.iter().map(|user| (user.name.clone(), user.password.clone()));
    let mut secrets: Vec<(String, String)> = people.collect();
    let machines = scenario.workstations.iter();
    secrets.extend(machines.filter_map(|it| Some((it.name.clone(), it.local_account.as_ref()?.password.clone()))));
    secrets.push(("the service account".into(), registration.service_account_password.clone()));
    secrets.push(("the application".into(), registration.client_secret.clone()));
    secrets.push(("Control Center's administrator".into(), scenario.control_center.admin_password.clone()));
    secrets.extend(install_tokens(lab));
    secrets.extend(scenario.phones.iter().filter_map(|phone| lab.phone(&phone.name)).flat_map(private_keys));
    secrets
}

fn install_tokens(lab: &Lab) -> Vec<(String, String)> {
    lab.control_center().with_core(|core| {
        let names: Vec<String> = core.integrations().map(|integration| integration.rp_app_id().to_owned()).collect();
        let token = |name: String| {
            let hypr_json: Value = serde_json::from_str(&core.hypr_json(&name)?).ok()?;
            Some((format!("the clients of {name}"), hypr_json["installToken"].as_str()?.to_owned()))
        };
        names.into_iter().filter_map(token).collect()
    })
}

/// Each private key in the two ways in which bytes stand in the journal: hexadecimal and base64url.
fn private_keys(phone: &lab::phone::Phone) -> Vec<(String, String)> {
    let name = &phone.config().name;
    let keys = phone.export_credentials().into_iter().map(|credential| credential.private_key);
    keys.flat_map(|key| {
        let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        [hex, lab::wire::Base64Url(key).to_string()].map(|text| (name.clone(), text))
    })
    .collect()
}
