//! The image, and a run that Docker Swarm splits over its nodes.

mod engine;

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use engine::{IMAGE, command, docker};

#[test]
fn the_image_is_one_binary_that_runs_as_nobody_on_a_read_only_root() {
    if !engine::ready() {
        return;
    }
    let size: u64 = docker(&["image", "inspect", "--format", "{{.Size}}", IMAGE]).parse().expect("a number");
    assert!(size < IMAGE_BYTES_MAX, "{size} bytes");
    let user = docker(&["image", "inspect", "--format", "{{.Config.User}}", IMAGE]);
    assert_eq!(user, "65532:65532");
    let feature = "features/disabled/restricted_domains.feature:5";
    let said = docker(&[
        "run",
        "--rm",
        "--read-only",
        "--tmpfs",
        "/reports:mode=1777",
        "--network",
        "none",
        IMAGE,
        "run",
        feature,
        "--report-dir",
        "/reports/one",
    ]);
    assert!(said.contains("\n1 passed, 0 failed\n"), "{said}");
}

#[test]
fn a_swarm_job_runs_every_shard_and_their_reports_make_one_run() {
    if !engine::ready() {
        return;
    }
    let swarm = Swarm::join();
    swarm.deploy();
    swarm.finish();
    let reports = swarm.collect(Path::new(env!("CARGO_TARGET_TMPDIR")));
    let folders =
        fs::read_dir(&reports).expect("they were collected").map(|entry| entry.expect("it can be read").path());
    let folders: Vec<String> = folders.map(|folder| folder.display().to_string()).collect();
    assert_eq!(folders.len(), SHARDS.parse().expect("a number"), "{folders:?}");
    let merged = reports.with_extension("merged").display().to_string();
    let mount = format!("{}:{}", env!("CARGO_TARGET_TMPDIR"), env!("CARGO_TARGET_TMPDIR"));
    let merge = ["run", "--rm", "--user", "0", "--volume", &mount, IMAGE, "report", "merge", "--report-dir", &merged];
    let said = docker(&[&merge[..], &folders.iter().map(String::as_str).collect::<Vec<_>>()].concat());
    let closing = said.lines().find(|line| line.contains(" passed, ")).unwrap_or_default();
    assert!(closing.ends_with(" passed, 0 failed") && !closing.starts_with("0 "), "{said}");
}

/// A swarm of this one node, and a stack on it; both are gone when the test is over.
struct Swarm {
    /// Whether the node was in no swarm before.
    began: bool,
}

impl Swarm {
    fn join() -> Self {
        let state = docker(&["info", "--format", "{{.Swarm.LocalNodeState}}"]);
        let began = state == "inactive";
        if began {
            docker(&["swarm", "init", "--advertise-addr", "127.0.0.1"]);
        }
        Self { began }
    }

    fn deploy(&self) {
        let mut deploy =
            command(&["stack", "deploy", "--resolve-image", "never", "--compose-file", "docker/stack.yaml", STACK]);
        let output = deploy.envs([("SHARDS", SHARDS), ("IMAGE", IMAGE)]).output().expect("docker is installed");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Waits until every task has ended.
    fn finish(&self) {
        let wanted = format!("({SHARDS}/{SHARDS} completed)");
        for _ in 0..SECONDS_MAX {
            let replicas =
                docker(&["service", "ls", "--filter", &format!("name={STACK}_shard"), "--format", "{{.Replicas}}"]);
            if replicas.ends_with(&wanted) {
                return;
            }
            pause();
        }
        let tasks = docker(&["service", "ps", "--no-trunc", &format!("{STACK}_shard")]);
        panic!("the shards have not ended:\n{tasks}\n{}", docker(&["service", "logs", &format!("{STACK}_shard")]));
    }

    /// Copies the reports out of the stack's volume.
    fn collect(&self, into: &Path) -> PathBuf {
        let reports = into.join("swarm-reports");
        let _ = fs::remove_dir_all(&reports);
        let volume = format!("{STACK}_reports:/reports");
        let container = docker(&["create", "--volume", &volume, IMAGE]);
        docker(&["cp", &format!("{container}:/reports"), &reports.display().to_string()]);
        docker(&["rm", &container]);
        reports
    }
}

impl Drop for Swarm {
    fn drop(&mut self) {
        let quietly = |arguments: &[&str]| drop(command(arguments).output());
        quietly(&["stack", "rm", STACK]);
        // The containers of tasks that have ended stay, and the volume is in use as long as they do.
        let label = format!("label=com.docker.stack.namespace={STACK}");
        let left = command(&["ps", "--all", "--quiet", "--filter", &label]).output();
        let left = left.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
        left.lines().for_each(|container| quietly(&["rm", "--force", container]));
        quietly(&["volume", "rm", &format!("{STACK}_reports")]);
        if self.began {
            quietly(&["swarm", "leave", "--force"]);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "an engine tells of its tasks by being asked")]
fn pause() {
    thread::sleep(Duration::from_secs(1));
}

const STACK: &str = "passkey-lab-test";
const SHARDS: &str = "3";
const SECONDS_MAX: u32 = 300;
const IMAGE_BYTES_MAX: u64 = 64 << 20;
