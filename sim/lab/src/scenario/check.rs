//! What a file can say in the right form and mean nothing by: names that refer to nobody, two things of one name, values
//! that Entra or Control Center would not take. Each is refused here, where it can be said at which line.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::place::Segment::{self, Index, Key};
use super::{ApplicationKind, Integration, Join, RegisteredApplication, Scenario, System, User, throttling};
use crate::fault::Verdict;

/// A value that cannot stand, and why.
pub(super) struct Misfit {
    pub(super) path: Vec<Segment>,
    pub(super) problem: String,
}

pub(super) type Checked = Result<(), Misfit>;

/// The first misfit, in the order of the fields.
pub(super) fn check(scenario: &Scenario) -> Checked {
    calendar(scenario)?;
    tenant(scenario)?;
    scenario.users.iter().enumerate().try_for_each(|(index, user)| self::user(scenario, index, user))?;
    application(scenario)?;
    applications(scenario)?;
    service_account(scenario)?;
    control_center(scenario)?;
    integrations(scenario)?;
    devices(scenario)?;
    faults(scenario)
}

fn calendar(scenario: &Scenario) -> Checked {
    let year = scenario.start.strftime("%Y").to_string().parse().unwrap_or(i64::MIN);
    ensure((YEAR_MIN..=YEAR_MAX).contains(&year), &[Key("start")], || {
        format!("start: the lab's calendar goes from the year {YEAR_MIN} to the year {YEAR_MAX}")
    })
}

fn application(scenario: &Scenario) -> Checked {
    let days = scenario.application.secret_days;
    ensure((-SECRET_DAYS_MAX..=SECRET_DAYS_MAX).contains(&days), &[Key("application"), Key("secret_days")], || {
        format!("application.secret_days: expected {SECRET_DAYS_MAX} days at most, found {days}")
    })?;
    each(&scenario.application.permissions, &[Key("application"), Key("permissions")], is_permission, |name| {
        format!(
            "{name:?} is no delegated permission of Microsoft Graph, for example UserAuthenticationMethod.ReadWrite.All"
        )
    })
}

fn applications(scenario: &Scenario) -> Checked {
    let mut ids = BTreeSet::from([crate::graph::COMMAND_LINE_TOOLS]);
    for (index, application) in scenario.applications.iter().enumerate() {
        let at = |field| [Key("applications"), Index(index), Key(field)];
        named(&application.name, &at("name"))?;
        ensure(ids.insert(application.client_id), &at("client_id"), || {
            format!("{}: another application has this client id", application.client_id)
        })?;
        let keeps_no_secret = application.kind == ApplicationKind::Public
            && (application.secret.is_some() || !application.certificates.is_empty());
        ensure(!keeps_no_secret, &at("kind"), || {
            format!("{:?}: a public application can keep no secret and no certificate", application.name)
        })?;
        let days = application.secret_days;
        ensure((-SECRET_DAYS_MAX..=SECRET_DAYS_MAX).contains(&days), &at("secret_days"), || {
            format!("secret_days: expected {SECRET_DAYS_MAX} days at most, found {days}")
        })?;
        each(&application.exposes, &at("exposes"), is_exposable, |name| {
            format!("{name:?}: a permission of an application is one word of letters, digits, '.', '-' and '_'")
        })?;
        let is_known = |name: &str| is_permission(name) || is_exposed(scenario, name);
        each(&application.permissions, &at("permissions"), is_known, |name| {
            format!(
                "{name:?} is no permission of Microsoft Graph, for example User.Read.All, nor one that an application \
                 here exposes, for example api://CLIENT-ID/access_as_user"
            )
        })?;
        each(&application.application_permissions, &at("application_permissions"), is_permission, |name| {
            format!("{name:?} is no permission of Microsoft Graph, for example User.Read.All")
        })?;
    }
    Ok(())
}

fn tenant(scenario: &Scenario) -> Checked {
    let tenant = &scenario.tenant;
    named(&tenant.name, &[Key("tenant"), Key("name")])?;
    let path = [Key("tenant"), Key("domain")];
    ensure(is_domain(&tenant.domain), &path, || format!("{:?} is no domain name", tenant.domain))?;
    let delays = &tenant.replication;
    let delays = [
        ("read", delays.read),
        ("list", delays.list),
        ("membership", delays.membership),
        ("roles", delays.roles),
        ("policy", delays.policy),
    ];
    delays.into_iter().try_for_each(|(field, delay)| {
        let fits = !delay.is_negative() && delay <= REPLICATION_MAX;
        ensure(fits, &[Key("tenant"), Key("replication"), Key(field)], || {
            format!("tenant.replication.{field}: a change takes from 0s to 24h")
        })
    })?;
    tenant.throttling.as_ref().map_or(Ok(()), throttling::check)
}

fn user(scenario: &Scenario, index: usize, user: &User) -> Checked {
    let at = |field| [Key("users"), Index(index), Key(field)];
    named(&user.name, &at("name"))?;
    let mut letters = user.first_name().chars();
    let sayable =
        letters.next().is_some_and(|letter| letter.is_ascii_uppercase()) && letters.all(|l| l.is_ascii_lowercase());
    ensure(sayable && user.first_name().len() > 1, &at("name"), || {
        format!("{:?}: steps call people by the first word: a capital, then small letters from a to z", user.name)
    })?;
    let domain = scenario.tenant.domain.to_lowercase();
    let upn = user.upn.to_lowercase();
    let local = upn.strip_suffix(&format!("@{domain}"));
    ensure(local.is_some(), &at("upn"), || {
        format!("{:?}: the tenant's accounts end in @{}", user.upn, scenario.tenant.domain)
    })?;
    ensure(local.is_some_and(is_account_name), &at("upn"), || {
        format!("{:?} is no user principal name, for example carol.shaw@{domain}", user.upn)
    })?;
    password(&user.password, &at("password"))?;
    roles(&user.roles, &at("roles"))?;
    let before = &scenario.users[..index];
    ensure(before.iter().all(|other| other.first_name() != user.first_name()), &at("name"), || {
        format!("{:?}: another user has this first name; steps could not tell them apart", user.name)
    })?;
    let service_account = format!("{}@{domain}", scenario.service_account.user_name).to_lowercase();
    let taken = before.iter().any(|other| other.upn.to_lowercase() == upn) || service_account == upn;
    ensure(!taken, &at("upn"), || format!("{:?}: another account has this user principal name", user.upn))
}

fn service_account(scenario: &Scenario) -> Checked {
    let account = &scenario.service_account;
    let at = |field| [Key("service_account"), Key(field)];
    ensure(is_account_name(&account.user_name), &at("user_name"), || {
        format!("{:?} is no user name, for example hyprserviceaccount", account.user_name)
    })?;
    password(&account.password, &at("password"))?;
    roles(&account.roles, &at("roles"))
}

fn control_center(scenario: &Scenario) -> Checked {
    let hypr = &scenario.control_center;
    let at = |field| [Key("control_center"), Key(field)];
    ensure(is_domain(&hypr.host), &at("host"), || format!("{:?} is no host name", hypr.host))?;
    let microsoft = entra::http::HOSTS.contains(&hypr.host.to_lowercase().as_str());
    ensure(!microsoft, &at("host"), || format!("{:?} is a host of Microsoft's", hypr.host))?;
    let known = control_center::TenantFlag::ALL.map(control_center::TenantFlag::name);
    flags(&hypr.feature_flags, &known, &at("feature_flags"))?;
    password(&hypr.admin_password, &at("admin_password"))
}

fn integrations(scenario: &Scenario) -> Checked {
    let mut names = BTreeSet::new();
    for (place, it) in scenario.integrations() {
        integration(scenario, &place, it)?;
        ensure(names.insert(it.name.to_lowercase()), &[&place[..], &[Key("name")]].concat(), || {
            format!("{:?}: another integration has this name", it.name)
        })?;
    }
    Ok(())
}

fn integration(scenario: &Scenario, place: &[Segment], integration: &Integration) -> Checked {
    let at = |field| [place, &[Key(field)]].concat();
    if let Err(error) = control_center::ApplicationName::parse(&integration.name) {
        return Err(Misfit { path: at("name"), problem: format!("{:?}: {error}", integration.name) });
    }
    let known = control_center::ApplicationFlag::ALL.map(control_center::ApplicationFlag::name);
    flags(&integration.feature_flags, &known, &at("feature_flags"))?;
    for (index, domain) in integration.restrict_domains.iter().enumerate() {
        let path = [place, &[Key("restrict_domains"), Index(index)]].concat();
        ensure(is_domain(domain), &path, || format!("{domain:?} is no domain name"))?;
    }
    for (index, guest) in integration.invited.iter().enumerate() {
        known_user(scenario, guest, &[place, &[Key("invited"), Index(index)]].concat())?;
    }
    Ok(())
}

fn devices(scenario: &Scenario) -> Checked {
    let mut names = BTreeSet::new();
    for (index, machine) in scenario.workstations.iter().enumerate() {
        let at = |field| [Key("workstations"), Index(index), Key(field)];
        let is_joined_mac = machine.system == System::Macos && machine.joined != Join::None;
        ensure(!is_joined_mac, &at("joined"), || format!("{:?}: a Mac is joined to nothing here", machine.name))?;
        if let Some(own) = &machine.local_account {
            let at = |field| [Key("workstations"), Index(index), Key("local_account"), Key(field)];
            ensure(is_account_name(&own.user_name), &at("user_name"), || {
                format!("{:?} is no name of a local account, for example carol", own.user_name)
            })?;
            password(&own.password, &at("password"))?;
        }
        named(&machine.name, &at("name"))?;
        ensure(names.insert(machine.name.to_lowercase()), &at("name"), || {
            format!("{:?}: another workstation has this name", machine.name)
        })?;
        known_user(scenario, &machine.user, &at("user"))?;
        if let Some(name) = &machine.integration {
            ensure(scenario.integrations().any(|(_, it)| it.name == *name), &at("integration"), || {
                format!("{name:?}: no integration of this file has this name")
            })?;
        }
    }
    let mut names = BTreeSet::new();
    for (index, phone) in scenario.phones.iter().enumerate() {
        let at = |field| [Key("phones"), Index(index), Key(field)];
        named(&phone.name, &at("name"))?;
        ensure(names.insert(&phone.name), &at("name"), || format!("{:?}: another phone has this name", phone.name))?;
        known_user(scenario, &phone.owner, &at("owner"))?;
        for (rule, text) in phone.faults.iter().enumerate() {
            if let Err(error) = text.parse::<ctap::Rule>() {
                let path = [&at("faults")[..], &[Index(rule)]].concat();
                return Err(Misfit { path, problem: error.to_string() });
            }
        }
    }
    Ok(())
}

fn faults(scenario: &Scenario) -> Checked {
    for (index, rule) in scenario.faults.iter().enumerate() {
        let Verdict::Answer(status) = rule.verdict else { continue };
        ensure((200..=599).contains(&status), &[Key("faults"), Index(index), Key("verdict")], || {
            format!("faults[{index}].verdict: an answer has a status from 200 to 599, not {status}")
        })?;
    }
    Ok(())
}

pub(super) fn ensure(holds: bool, path: &[Segment], problem: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(Misfit { path: path.to_vec(), problem: problem() }) }
}

fn named(name: &str, path: &[Segment]) -> Checked {
    ensure(!name.is_empty(), path, || "a name cannot be empty".to_owned())?;
    ensure(name.trim() == name, path, || format!("{name:?}: a name neither begins nor ends with a space"))
}

fn known_user(scenario: &Scenario, name: &str, path: &[Segment]) -> Checked {
    ensure(scenario.user(name).is_some(), path, || {
        let known: Vec<&str> = scenario.users.iter().map(|user| user.name.as_str()).collect();
        format!("{name:?}: no such user; the users are: {}", known.join(", "))
    })
}

/// Entra's own rule; a shorter one would also be found by chance in the journal, where no password may stand.
fn password(password: &str, path: &[Segment]) -> Checked {
    ensure(password.chars().count() >= PASSWORD_LEN_MIN, path, || {
        format!("a password has at least {PASSWORD_LEN_MIN} characters")
    })
}

fn roles(names: &[String], path: &[Segment]) -> Checked {
    each(
        names,
        path,
        |name| entra::Role::by_display_name(name).is_some(),
        |name| {
            let mut known: Vec<&str> = entra::Role::all().map(entra::Role::display_name).collect();
            known.sort_unstable();
            format!("{name:?} is no directory role of this lab; the roles are: {}", known.join(", "))
        },
    )
}

fn flags(names: &[String], known: &[&str], path: &[Segment]) -> Checked {
    each(
        names,
        path,
        |name| known.contains(&name),
        |name| format!("{name:?} is no feature flag here; the flags are: {}", known.join(", ")),
    )
}

fn each(names: &[String], path: &[Segment], fits: impl Fn(&str) -> bool, problem: impl Fn(&str) -> String) -> Checked {
    match names.iter().enumerate().find(|(_, name)| !fits(name)) {
        None => Ok(()),
        Some((index, name)) => Err(Misfit { path: [path, &[Index(index)]].concat(), problem: problem(name) }),
    }
}

/// Graph's permissions are words with dots between them; OpenID Connect's are four.
fn is_permission(text: &str) -> bool {
    let is_word =
        |word: &str| !word.is_empty() && word.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
    matches!(text, "openid" | "profile" | "email" | "offline_access")
        || (text.contains('.') && text.split('.').all(is_word))
}

fn is_exposable(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric() || ".-_".contains(letter))
}

/// Whether `api://CLIENT-ID/NAME` is a permission that one of the file's applications exposes.
fn is_exposed(scenario: &Scenario, text: &str) -> bool {
    let Some((id, name)) = text.strip_prefix("api://").and_then(|rest| rest.split_once('/')) else { return false };
    let is_named = |known: &&RegisteredApplication| known.client_id.to_string() == id;
    let application = scenario.applications.iter().find(is_named);
    application.is_some_and(|application| application.exposes.iter().any(|exposed| exposed == name))
}

fn is_domain(text: &str) -> bool {
    control_center::parse_domains(text).is_ok_and(|domains| domains.iter().eq([&text.to_lowercase()]))
}

fn is_account_name(text: &str) -> bool {
    !text.is_empty() && !text.contains(|letter: char| letter == '@' || letter.is_whitespace() || letter.is_control())
}

/// Tokens count their seconds from 1970, and something must have been before the lab began.
const YEAR_MIN: i64 = 1971;
/// Far enough below the year 9999, where timestamps end, for everything that a lab adds to its start.
const YEAR_MAX: i64 = 8999;
/// A hundred years; Entra itself allows two.
const SECRET_DAYS_MAX: i64 = 36_500;
/// Longer than any lag that Microsoft has told of.
const REPLICATION_MAX: SignedDuration = SignedDuration::from_hours(24);
const PASSWORD_LEN_MIN: usize = 8;
