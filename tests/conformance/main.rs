//! `mcp-bridge` in the official conformance suite (`@modelcontextprotocol/conformance`), every scenario for clients,
//! behind a host of either age.
//!
//! A test program of its own, because the suite measures times: nothing else runs beside it. What cannot pass
//! yet stands in `profile.json` under `later`, and the test fails when one of them passes, so that the list stays true.
#![cfg(test)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;

use bridgekeeper_tests::{fixture, node, program, workspace};
use serde::Deserialize;
use serde_json::Value;

const SUITE: &str = "npm/node_modules/@modelcontextprotocol/conformance";
const REVISIONS: [&str; 2] = ["2025-11-25", "2026-07-28"];
/// How clients signed in before servers published anything about it. No revision requires it; many a server still is
/// like that.
const FALLBACKS: [&str; 2] =
    ["auth/2025-03-26-oauth-metadata-backcompat", "auth/2025-03-26-oauth-endpoint-fallback"];
const HOSTS: [&str; 2] = ["legacy", "modern"];

/// How long the suite lets one scenario run, in milliseconds.
const PATIENCE_MS: &str = "45000";

/// How many scenarios are played at once per processor. One with a sign-in waits most of its time, because no bridge
/// opens a browser in its first three seconds.
const AT_ONCE: usize = 4;

/// One scenario at one revision behind one host.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Run {
    revision: &'static str,
    host: &'static str,
    scenario: String,
    extension: bool,
}

#[derive(Debug)]
struct Outcome {
    passed: bool,
    /// Names of the checks that failed, or the end of what the suite printed.
    why: String,
}

/// The same file as the host reads, as far as it is about the outcome.
#[derive(Deserialize)]
struct Profile {
    later: Vec<String>,
}

#[test]
fn every_scenario_passes_but_those_known_to_come_later() {
    let profile: Profile =
        serde_json::from_slice(&std::fs::read(profile()).expect("profile.json")).expect("a profile");
    let runs = plan();
    for name in &profile.later {
        assert!(runs.iter().any(|run| run.scenario == *name), "`later` names {name}, which is no scenario");
    }
    let outcomes = play(runs);
    let is_due = |run: &Run| !profile.later.contains(&run.scenario);
    // Not `println`: the table is wanted after a good run as well.
    std::io::stdout().write_all(table(&outcomes, is_due).as_bytes()).expect("a terminal");
    let failed: Vec<_> = outcomes.iter().filter(|(run, outcome)| is_due(run) && !outcome.passed).collect();
    assert!(failed.is_empty(), "these do not pass: {failed:#?}");
    let early: Vec<_> = outcomes.iter().filter(|(run, outcome)| !is_due(run) && outcome.passed).collect();
    assert!(early.is_empty(), "these pass, so take them out of `later` in profile.json: {early:#?}");
}

/// What the suite requires of clients at each revision, and what it has beside that. A modern host
/// signs in to servers of its own age.
fn plan() -> Vec<Run> {
    let mut runs = Vec::new();
    for revision in REVISIONS {
        let file = fixture(SUITE).join("requirements").join(format!("{revision}.yaml"));
        let Scenarios { required, beside } = scenarios(&std::fs::read_to_string(file).expect("requirements"));
        assert!(required.len() >= 18, "the suite requires {required:?} at {revision}");
        let scenarios = required.into_iter().map(|name| (name, false)).chain(beside);
        for (scenario, extension) in scenarios {
            // Extensions are the same at every revision.
            if extension && revision != REVISIONS[REVISIONS.len() - 1] {
                continue;
            }
            for host in HOSTS {
                if host == HOSTS[0] || revision == REVISIONS[1] || !scenario.starts_with("auth/") {
                    runs.push(Run { revision, host, scenario: scenario.clone(), extension });
                }
            }
        }
    }
    runs.extend(FALLBACKS.map(|scenario| Run {
        revision: "2025-03-26",
        host: HOSTS[0],
        scenario: scenario.to_owned(),
        extension: false,
    }));
    runs
}

#[derive(Debug, Default)]
struct Scenarios {
    required: Vec<String>,
    /// Not required; `true` for an extension of the protocol.
    beside: Vec<(String, bool)>,
}

/// The clients' part of a file of requirements: lists of scenarios by section, each by itself or with its reason.
fn scenarios(yaml: &str) -> Scenarios {
    let mut found = Scenarios::default();
    let mut section = "";
    let mut named = "";
    let mut is_for_clients = false;
    for line in yaml.lines() {
        if let Some(name) = line.strip_suffix(':').filter(|name| !name.starts_with([' ', '#'])) {
            section = name;
        } else if section == "client"
            && let Some(name) = line.strip_prefix("  - ")
        {
            found.required.push(name.to_owned());
        } else if section == "not_scored" {
            if let Some(name) = line.strip_prefix("  - scenario: ") {
                named = name;
            } else if let Some(leg) = line.strip_prefix("    leg: ") {
                is_for_clients = leg == "client";
            } else if let Some(reason) = line.strip_prefix("    reason: ").filter(|_| is_for_clients) {
                found.beside.push((named.to_owned(), reason == "extension"));
            }
        }
    }
    found
}

/// Plays them all, several at once; alone the one that measures to the tenth of a second.
fn play(runs: Vec<Run>) -> BTreeMap<Run, Outcome> {
    let results = tempfile::tempdir().expect("a folder for results");
    let outcomes = Mutex::new(BTreeMap::new());
    let (alone, together): (Vec<Run>, Vec<Run>) =
        runs.into_iter().partition(|run| run.scenario == "sse-retry");
    let queue = Mutex::new(together);
    let work = || {
        loop {
            let Some(run) = queue.lock().expect("no worker panicked").pop() else { return };
            let outcome = play_one(&run, results.path());
            outcomes.lock().expect("no worker panicked").insert(run, outcome);
        }
    };
    thread::scope(|scope| {
        for _ in 0..AT_ONCE * thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(work);
        }
    });
    let mut outcomes = outcomes.into_inner().expect("no worker panicked");
    for run in alone {
        let outcome = play_one(&run, results.path());
        outcomes.insert(run, outcome);
    }
    outcomes
}

fn play_one(run: &Run, results: &Path) -> Outcome {
    let folder = results.join(run.revision).join(run.host).join(&run.scenario);
    let mut suite = Command::new(node());
    suite
        .arg(fixture(SUITE).join("dist/index.js"))
        .args(["client", "--timeout", PATIENCE_MS, "--scenario", &run.scenario])
        .args(["--spec-version", run.revision])
        .arg("--command")
        .arg(program("conformance-host"))
        .arg("--output-dir")
        .arg(&folder)
        .env("CONFORMANCE_HOST", run.host)
        .env("CONFORMANCE_BRIDGE", program("mcp-bridge"))
        .env("CONFORMANCE_PROFILE", profile())
        .stdin(Stdio::null());
    if run.extension {
        suite.arg("--force");
    }
    let output = suite.output().expect("the suite starts");
    let mut failed = Vec::new();
    failed_checks(&folder, &mut failed);
    if failed.is_empty() {
        let printed = [output.stdout, output.stderr].concat();
        failed = String::from_utf8_lossy(&printed).lines().rev().take(20).map(str::to_owned).collect();
        failed.reverse();
    }
    Outcome { passed: output.status.success(), why: failed.join(" ") }
}

/// Every `checks.json` below a folder, read for what failed.
fn failed_checks(folder: &Path, failed: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            failed_checks(&path, failed);
        } else if path.ends_with("checks.json") {
            let checks: Vec<Value> =
                serde_json::from_slice(&std::fs::read(path).expect("checks")).expect("checks as JSON");
            let failures = checks.iter().filter(|check| check["status"] == "FAILURE");
            failed.extend(failures.map(|check| check["id"].as_str().unwrap_or_default().to_owned()));
            failed.dedup();
        }
    }
}

fn table(outcomes: &BTreeMap<Run, Outcome>, is_due: impl Fn(&Run) -> bool) -> String {
    let mut table = format!("\n{:<11} {:<7} {:<42} result\n", "revision", "host", "scenario");
    let mut sums: BTreeMap<_, (usize, usize)> = BTreeMap::new();
    for (run, outcome) in outcomes {
        let result = match (outcome.passed, is_due(run)) {
            (true, true) => "passes".to_owned(),
            (false, false) => "comes later".to_owned(),
            (true, false) => "passes, and stands in `later`".to_owned(),
            (false, true) => format!("FAILS: {}", outcome.why),
        };
        let _ = writeln!(table, "{:<11} {:<7} {:<42} {result}", run.revision, run.host, run.scenario);
        let part = if run.scenario.starts_with("auth/") { "with sign-in" } else { "without sign-in" };
        let (passed, all) = sums.entry((run.revision, run.host, part)).or_default();
        *passed += usize::from(outcome.passed);
        *all += 1;
    }
    for ((revision, host, part), (passed, all)) in sums {
        let _ = writeln!(table, "{revision}, {host} host, {part}: {passed} of {all}");
    }
    table
}

fn profile() -> PathBuf {
    workspace().join("tests/conformance/profile.json")
}
