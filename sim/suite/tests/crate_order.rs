//! Dependencies point down, never sideways: the order of the rooms in `ARCHITECTURE.md`, as cargo itself reads the
//! manifests, so that a renamed or inherited dependency counts like any other.

use std::{collections::BTreeMap, path::Path, process::Command};

use serde_json::{Value, json};

/// A room may depend on rooms of a lower level only.
const LEVELS: [(&str, usize); 13] = [
    ("clockwork", 0),
    ("wire", 0),
    ("ctap", 1),
    ("windows", 1),
    ("entra", 1),
    ("control-center", 1),
    ("phone", 2),
    ("transport", 2),
    ("lab", 3),
    ("sandbox", 4),
    ("suite", 4),
    ("cli", 5),
    ("docker", 6),
];

#[test]
fn every_room_depends_on_lower_rooms_only() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--no-deps", "--offline", "--format-version", "1", "--manifest-path"]).arg(manifest);
    let output = cargo.output().expect("cargo can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    let rooms = metadata["packages"].as_array().expect("the workspace has packages");
    assert!(rooms.len() > 5, "only {} rooms found", rooms.len());
    let complaints: Vec<String> = rooms.iter().flat_map(violations).collect();
    assert_eq!(complaints, Vec::<String>::new());
}

#[test]
fn a_sideways_an_upward_and_an_unknown_dependency_are_found() {
    let windows = json!({
        "manifest_path": "/house/sim/windows/Cargo.toml",
        "dependencies": [
            { "name": "serde", "kind": null },
            { "name": "sim-clockwork", "kind": null, "path": "/house/sim/clockwork" },
            { "name": "sim-ctap", "kind": null, "rename": "authenticator", "path": "/house/sim/ctap" },
            { "name": "sim-lab", "kind": "build", "target": "cfg(unix)", "path": "/house/sim/lab" },
            { "name": "sim-attic", "kind": null, "path": "/house/sim/attic" },
            { "name": "sim-phone", "kind": "dev", "path": "/house/sim/phone" },
        ],
    });
    let expected = [
        "windows (level 1) depends on ctap (level 1)",
        "windows (level 1) depends on lab (level 3)",
        "attic has no level in this test",
    ];
    assert_eq!(violations(&windows), expected);
    let attic = json!({ "manifest_path": "/house/sim/attic/Cargo.toml", "dependencies": [] });
    assert_eq!(violations(&attic), ["attic has no level in this test"]);
}

/// What is wrong with the dependencies of a package of `cargo metadata`; those of tests may look further.
fn violations(package: &Value) -> Vec<String> {
    let levels = BTreeMap::from(LEVELS);
    let room = package["manifest_path"]
        .as_str()
        .and_then(|path| folder(path.strip_suffix("Cargo.toml")?.trim_end_matches(['/', '\\'])));
    let room = room.expect("a package has a folder");
    let Some(own) = levels.get(room) else { return vec![format!("{room} has no level in this test")] };
    let complaint = |used: &str| match levels.get(used) {
        None => Some(format!("{used} has no level in this test")),
        Some(level) if level >= own => Some(format!("{room} (level {own}) depends on {used} (level {level})")),
        Some(_) => None,
    };
    let dependencies = package["dependencies"].as_array().expect("a package has a list of dependencies");
    let rooms = dependencies.iter().filter(|used| used["kind"] != "dev").filter_map(|used| used["path"].as_str());
    rooms.filter_map(folder).filter_map(complaint).collect()
}

fn folder(path: &str) -> Option<&str> {
    path.rsplit(['/', '\\']).next()
}
