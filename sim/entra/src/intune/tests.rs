//! Who gets which setting.

use clockwork::Seed;
use serde_json::json;

use super::*;
use crate::{Account, Config, DeviceConfig, GroupConfig, PasswordState, UserConfig, fido::Fido2Policy};

const URI: &str = "./Device/Vendor/MSFT/PassportForWork/SecurityKey/UseSecurityKeyForSignin";
const WS: Uuid = Uuid::from_u128(1);
const PILOTS: Uuid = Uuid::from_u128(2);
const CAROL: &str = "carol@bank.example";

/// Carol, who is one of the pilots, and her machine.
fn tenant(intune: Licence, trust_type: TrustType) -> Tenant {
    let carol = UserConfig {
        upn: CAROL.into(),
        display_name: "Carol".into(),
        mail: None,
        password: "Heather-42".into(),
        password_state: PasswordState::Permanent,
        account: Account::Enabled,
        phone: None,
        roles: Vec::new(),
        intune,
    };
    let pilots =
        GroupConfig { id: PILOTS, display_name: "Pilots".into(), description: None, members: vec![CAROL.into()] };
    let machine = DeviceConfig {
        device_id: WS,
        display_name: "WS".into(),
        trust_type,
        public_key: vec![4; 65],
        owner: Some(CAROL.into()),
    };
    let config = Config {
        tenant_id: Uuid::from_u128(7),
        name: "Bank".into(),
        domains: vec!["bank.example".into()],
        created: Timestamp::UNIX_EPOCH,
        users: vec![carol],
        groups: vec![pilots],
        applications: Vec::new(),
        devices: vec![machine],
        device_configurations: Vec::new(),
        fido2_policy: Fido2Policy::default(),
        conditional_access: Vec::new(),
        attestation_roots: Vec::new(),
    };
    Tenant::new(config, &Seed::of(&["intune"])).expect("the configuration fits")
}

fn configuration(uri: &str, value: i64, targets: &[Value]) -> DeviceConfiguration {
    let document = json!({ "omaSettings": [{ "omaUri": uri, "value": value }] });
    DeviceConfiguration {
        document: document.as_object().cloned().unwrap_or_default(),
        assignments: targets.iter().map(|target| json!({ "target": target })).collect(),
    }
}

fn target(kind: &str) -> Value {
    json!({ "@odata.type": format!("#microsoft.graph.{kind}AssignmentTarget") })
}

fn group(kind: &str, id: Uuid) -> Value {
    json!({ "@odata.type": format!("#microsoft.graph.{kind}AssignmentTarget"), "groupId": id })
}

/// What Carol's machine gets of these configurations.
fn check(configurations: Vec<DeviceConfiguration>, expect: &[(&str, i64)]) {
    let mut tenant = tenant(Licence::Assigned, TrustType::AzureAd);
    for (number, configuration) in (0_u128..).zip(configurations) {
        tenant.device_configurations.insert(Uuid::from_u128(number), configuration);
    }
    let found = settings(&tenant, WS).expect("the machine is managed");
    let expect: BTreeMap<String, Value> = expect.iter().map(|(uri, value)| ((*uri).to_owned(), json!(value))).collect();
    assert_eq!(found, expect);
}

#[test]
fn a_configuration_reaches_whom_it_is_assigned_to() {
    let one = |targets: &[Value]| vec![configuration(URI, 1, targets)];
    check(one(&[]), &[]);
    check(one(&[target("allDevices")]), &[(URI, 1)]);
    check(one(&[target("allLicensedUsers")]), &[(URI, 1)]);
    check(one(&[group("group", PILOTS)]), &[(URI, 1)]);
    check(one(&[group("group", Uuid::from_u128(99))]), &[]);
}

#[test]
fn an_exclusion_wins() {
    let targets = [target("allDevices"), group("exclusionGroup", PILOTS)];
    check(vec![configuration(URI, 1, &targets)], &[]);
}

#[test]
fn a_group_of_the_device_counts_as_much_as_one_of_its_owner() {
    let mut tenant = tenant(Licence::Assigned, TrustType::ServerAd);
    let device = tenant.device(WS).expect("configured").id;
    tenant.remove_member(PILOTS, tenant.user_by_name(CAROL).expect("configured").id).expect("a member");
    tenant.add_member(PILOTS, device).expect("no member yet");
    let assigned = configuration(URI, 1, &[group("group", PILOTS)]);
    tenant.device_configurations.insert(Uuid::nil(), assigned);
    assert_eq!(settings(&tenant, WS).expect("managed").len(), 1);
}

#[test]
fn configurations_that_agree_are_one_and_those_that_do_not_are_none() {
    let all = [target("allDevices")];
    let other_spelling = URI.replace("./Device/", "./");
    check(vec![configuration(URI, 1, &all), configuration(&other_spelling, 1, &all)], &[(URI, 1)]);
    check(vec![configuration(URI, 1, &all), configuration(URI, 0, &all), configuration(URI, 1, &all)], &[]);
    check(vec![configuration(URI, 1, &all), configuration(URI, 0, &[])], &[(URI, 1)]);
}

#[test]
fn no_licence_and_no_join_mean_no_settings() {
    let refusal = |intune, trust_type| {
        let mut tenant = tenant(intune, trust_type);
        tenant.device_configurations.insert(Uuid::nil(), configuration(URI, 1, &[target("allDevices")]));
        settings(&tenant, WS).map_err(|refused| (refused.name(), refused.to_string()))
    };
    let unlicensed = ("MENROLL_E_USERLICENSE", "carol@bank.example has no Intune licence.".to_owned());
    assert_eq!(refusal(Licence::Missing, TrustType::AzureAd), Err(unlicensed));
    let registered = ("MENROLL_E_DEVICENOTSUPPORTED", "The device is not joined.".to_owned());
    assert_eq!(refusal(Licence::Assigned, TrustType::Workplace), Err(registered));
    assert!(refusal(Licence::Assigned, TrustType::ServerAd).is_ok());
}
