//! The keys in Entra are those on the phones, or somebody says why not: nothing is orphaned silently.

use std::collections::BTreeSet;

use lab::Lab;
use lab::entra::Event as EntraEvent;
use lab::journal::Event;
use lab::phone::{Account, Event as PhoneEvent, Phase, Phone, Standing};

/// Keys of HYPR's model that one side has and the other has not, without an icon or an event that explains it.
pub(super) fn broken(lab: &Lab) -> Vec<String> {
    let mut problems = without_phone(lab);
    problems.extend(without_entra(lab));
    problems
}

/// Entra keeps a key that no phone holds.
fn without_phone(lab: &Lab) -> Vec<String> {
    let held: BTreeSet<Vec<u8>> =
        phones(lab).flat_map(|phone| phone.credentials().map(|credential| credential.id.clone())).collect();
    let tenant = lab.tenant();
    let mut problems = Vec::new();
    for user in tenant.users() {
        for key in tenant.passkeys().of_user(user.id) {
            let is_hyprs = key.aaguid.to_string() == HYPR_AAGUID;
            let is_known = held.contains(&key.credential_id)
                || is_doomed(lab, &key.credential_id)
                || is_being_removed(lab, &user.upn)
                || was_reinstalled(lab);
            if is_hyprs && !is_known {
                let name = &key.display_name;
                problems.push(format!("Entra keeps the key {name:?} of {}, and no phone holds it", user.upn));
            }
        }
    }
    problems
}

/// A phone holds a key as if it worked, and Entra has none.
fn without_entra(lab: &Lab) -> Vec<String> {
    let tenant = lab.tenant();
    let mut problems = Vec::new();
    for phone in phones(lab) {
        for account in phone.accounts().filter(|account| is_fine(account)) {
            let name = Some(account.id.username.as_str());
            let keys = phone.credentials().filter(|key| account.owns(&key.rp_id, key.user_name.as_deref()));
            let is_registered = keys.into_iter().any(|key| tenant.passkeys().find(&key.id).is_some());
            if !is_registered && !was_deleted_in_entra(lab, name) {
                let (phone, upn) = (&phone.config().name, &account.id.username);
                problems.push(format!("{phone} shows {upn} as paired with Azure, and Entra has no key of it"));
            }
        }
    }
    problems
}

/// The phone shows no warning beside the account.
fn is_fine(account: &Account) -> bool {
    account.standing == Standing::Paired && account.phase == Phase::PairedWithAzure
}

/// User Management shows the icon "Key still in Entra", or will when its next attempt fails.
fn is_doomed(lab: &Lab, credential_id: &[u8]) -> bool {
    let id = lab::wire::Base64Url(credential_id.to_vec()).to_string();
    lab.control_center().with_core(|core| {
        let users = core.integrations().flat_map(|integration| integration.users.values());
        users.into_iter().flat_map(|user| &user.doomed_keys).any(|key| key.credential_id == id)
    })
}

/// A phone shows "Removal not finished" beside the account.
fn is_being_removed(lab: &Lab, upn: &str) -> bool {
    let mut accounts = phones(lab).flat_map(Phone::accounts);
    accounts.any(|it| matches!(it.standing, Standing::Removing(_)) && it.id.username.eq_ignore_ascii_case(upn))
}

/// The app took its keys along, and has nobody told.
fn was_reinstalled(lab: &Lab) -> bool {
    events(lab).any(|event| matches!(event, Event::Phone(PhoneEvent::AppReinstalled)))
}

/// Entra has a record of who took the key away, or the account; HYPR hears of it when User Management is opened.
fn was_deleted_in_entra(lab: &Lab, upn: Option<&str>) -> bool {
    let upn = upn.unwrap_or_default().to_lowercase();
    events(lab).any(|event| match event {
        Event::Entra(EntraEvent::KeyDeleted { user, .. }) => user.to_lowercase() == upn,
        Event::Entra(EntraEvent::DirectoryChanged { what, .. }) => {
            what.to_lowercase() == format!("deleted the user {upn}")
        }
        _ => false,
    })
}

fn phones(lab: &Lab) -> impl Iterator<Item = &Phone> {
    lab.scenario().phones.iter().filter_map(|phone| lab.phone(&phone.name))
}

fn events(lab: &Lab) -> impl Iterator<Item = &Event> {
    lab.journal().entries().iter().map(|entry| &entry.event)
}

/// The model of the HYPR Mobile App.
const HYPR_AAGUID: &str = "0076631b-d4a0-427f-5773-0ec71c9e0279";
