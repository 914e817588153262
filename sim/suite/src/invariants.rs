//! What must hold after every scenario, whatever its steps were.

use lab::Lab;

/// The invariants that do not hold, a sentence each.
pub(crate) fn broken(lab: &mut Lab) -> Vec<String> {
    leaked_secrets(lab).into_iter().chain(broken_pages(lab)).collect()
}

/// No password and no client secret of the scenario stands in the journal.
fn leaked_secrets(lab: &Lab) -> Vec<String> {
    let scenario = lab.scenario();
    let registration = lab.registration();
    let mut secrets: Vec<(&str, &str)> =
        scenario.users.iter().map(|user| (user.name.as_str(), user.password.as_str())).collect();
    let machines = scenario.workstations.iter();
    secrets.extend(machines.filter_map(|it| Some((it.name.as_str(), it.local_account.as_ref()?.password.as_str()))));
    secrets.push(("the service account", &registration.service_account_password));
    secrets.push(("the application", &registration.client_secret));
    secrets.push(("Control Center's administrator", &scenario.control_center.admin_password));
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
