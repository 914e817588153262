//! What must hold after every scenario, whatever its steps were.

use std::collections::BTreeMap;

use lab::Lab;

/// The invariants that do not hold, a sentence each.
pub(crate) fn broken(lab: &mut Lab, saved: &BTreeMap<String, String>) -> Vec<String> {
    leaked_secrets(lab, saved).into_iter().chain(broken_pages(lab)).collect()
}

/// No password and no client secret of the scenario, nor one that was made in it and saved, stands in the journal.
fn leaked_secrets(lab: &Lab, saved: &BTreeMap<String, String>) -> Vec<String> {
    let scenario = lab.scenario();
    let registration = lab.registration();
    let mut secrets: Vec<(&str, &str)> =
        scenario.users.iter().map(|user| (user.name.as_str(), user.password.as_str())).collect();
    secrets.push(("the service account", &registration.service_account_password));
    secrets.push(("the application", &registration.client_secret));
    secrets.push(("Control Center's administrator", &scenario.control_center.admin_password));
    let made =
        saved.iter().filter(|(field, _)| ["Client Secret", "Service Account Password"].contains(&field.as_str()));
    secrets.extend(made.map(|(field, value)| (field.as_str(), value.as_str())));
    let journal: Vec<String> =
        lab.journal().entries().iter().map(|entry| lab::journal::to_json(entry).to_string()).collect();
    let leaked = secrets.into_iter().filter_map(|(whose, secret)| {
        let line = journal.iter().find(|line| line.contains(secret))?;
        Some(format!("the secret of {whose} stands in the journal: {}", line.replace(secret, lab::journal::MASK)))
    });
    leaked.collect()
}

/// No page of a simulator breaks the rules by which browsers read it.
fn broken_pages(lab: &Lab) -> Vec<String> {
    let lines = lab.journal().entries().iter().map(lab::journal::to_json);
    let broken = lines.filter(|line| line["name"] == "BrokenPage");
    broken.map(|line| format!("a page cannot be read: {}", line["text"].as_str().unwrap_or_default())).collect()
}
