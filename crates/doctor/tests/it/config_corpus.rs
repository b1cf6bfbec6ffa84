//! Configs that people posted, against the rules and fixes for config files.

use std::collections::BTreeSet;
use std::path::Path;

use bridgekeeper_doctor::config_check::check_config;
use bridgekeeper_doctor::fixes::{FixFacts, Selection, plan};
use bridgekeeper_doctor::rule::ConfigFacts;
use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_formats::edit;
use bridgekeeper_model::{Os, Severity};

struct Sample {
    id: String,
    os: Option<Os>,
    text: String,
    parses: bool,
    problems: Vec<String>,
}

/// The items whose label the text itself shows; why not, where the corpus is not there.
fn corpus() -> Result<Vec<Sample>, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/configs.jsonl");
    let lines = std::fs::read_to_string(&path)
        .map_err(|error| format!("skipped: there is no corpus at {}: {error}", path.display()))?;
    let samples =
        lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("a line of JSON"));
    let decidable = samples.filter(|value| value["needs_context"] != true);
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    Ok(decidable
        .map(|value| Sample {
            id: text(&value["id"]),
            os: text(&value["os"]).parse().ok(),
            text: text(&value["text"]),
            parses: value["parses"] == true,
            problems: value["problems"].as_array().into_iter().flatten().map(text).collect(),
        })
        .collect())
}

/// Severities that a label may be found with; `None` where the vocabulary sets none, or no reader of the file can
/// know the problem. Two of them stand for a severity that hangs on a condition.
fn expected(problem: &str) -> Option<&'static [Severity]> {
    use Severity::{Error, Info, Warning};
    let severities: &[Severity] = match problem {
        "missing-outer-braces"
        | "unclosed-brace"
        | "unbalanced-braces"
        | "trailing-comma"
        | "missing-comma"
        | "single-backslash"
        | "comment-line"
        | "excerpt-marker"
        | "missing-mcpServers-key"
        | "missing-command"
        | "wrong-type-value"
        | "command-includes-args"
        | "docker-run-without-i"
        | "space-in-url"
        | "remote-url-entry"
        | "args-with-space"
        | "placeholder-not-replaced" => &[Error],
        "relative-path"
        | "relative-command"
        | "cwd-not-honoured"
        | "trailing-space-in-path"
        | "npx-absolute-path-without-path-env"
        | "stderr-merged-into-stdout"
        | "curl-as-bridge"
        | "git-url-as-package"
        | "tls-verify-disabled"
        | "over-escaped-json-arg"
        | "missing-args" => &[Warning],
        // A warning only for other machines, and only on Windows.
        "http-url" | "json-in-args" => &[Warning, Info],
        "secret-in-args"
        | "secret-in-config"
        | "unknown-keys"
        | "command-not-on-path"
        | "path-with-spaces"
        | "shell-wrapper"
        | "lan-address"
        | "private-ip-https"
        | "tabs"
        | "json-in-env"
        | "builtin-node-hides-global-packages"
        | "directory-trailing-backslash-ok"
        | "mcpServers-missing" => &[Info],
        // `fragment`, `wrong-command`, `wsl-path` and their like have no severity; `wrong-file` shows in no file.
        _ => return None,
    };
    Some(severities)
}

#[test]
fn labelled_problems_are_found_and_healthy_files_are_left_in_peace() {
    let samples = match corpus() {
        Ok(samples) => samples,
        Err(skipped) => return println!("{skipped}"),
    };
    let (mut wanted, mut exact, mut conditional) = (0, 0, 0);
    let (mut unset, mut unset_found) = (0, 0);
    let mut missed = Vec::new();
    let mut alarms = Vec::new();
    for sample in &samples {
        let file = ConfigFile::from(sample.text.as_str());
        assert_eq!(file.parses(), sample.parses, "{}", sample.id);
        let findings = check_config(&ConfigFacts { file: &file, os: sample.os });
        for problem in sample.problems.iter().filter(|problem| *problem != "ok") {
            let found: BTreeSet<Severity> = findings
                .iter()
                .filter(|one| one.finding.id == *problem)
                .map(|one| one.finding.severity)
                .collect();
            let Some(expected) = expected(problem) else {
                unset += 1;
                unset_found += usize::from(!found.is_empty());
                continue;
            };
            wanted += 1;
            match expected {
                _ if !expected.iter().any(|severity| found.contains(severity)) => {
                    missed.push(format!("{}: {problem}, found as {found:?}", sample.id));
                }
                [_] => exact += 1,
                _ => conditional += 1,
            }
        }
        if sample.problems == ["ok"] {
            let grave = findings.iter().filter(|found| found.finding.severity < Severity::Info);
            alarms.extend(grave.map(|found| format!("{}: {}", sample.id, found.finding.message)));
        }
    }
    println!(
        "labels with a set severity: {wanted}; found with it: {exact}; found with one that hangs on a condition: \
         {conditional}; missed: {missed:?}; labels without a set severity: {unset_found} of {unset} found; \
         false alarms: {alarms:?}"
    );
    assert!(alarms.is_empty());
    assert!((exact + conditional) * 100 >= wanted * 95);
}

#[test]
fn whole_files_become_strict_and_a_second_run_changes_nothing() {
    let samples = match corpus() {
        Ok(samples) => samples,
        Err(skipped) => return println!("{skipped}"),
    };
    let (mut strict, mut whole) = (0, 0);
    for sample in &samples {
        let file = ConfigFile::from(sample.text.as_str());
        let facts =
            FixFacts { os: sample.os, bridge: Some("/opt/mcp-bridge".to_owned()), ..FixFacts::default() };
        let repair = plan(&file, &facts, &Selection::only(["repair-json"]));
        let is_strict = serde_json::from_str::<serde_json::Value>(&repair.text).is_ok();
        if !sample.problems.iter().any(|problem| problem == "fragment") {
            whole += 1;
            let after = ConfigFile::from(repair.text.as_str());
            strict += usize::from(is_strict && after.parses());
            if !is_strict {
                println!("{}: {:?}", sample.id, repair.skipped);
            }
        }
        let all = plan(&file, &facts, &Selection::automatic());
        assert_eq!(edit::apply(&sample.text, &all.edits), all.text, "{}", sample.id);
        let back = edit::invert(&sample.text, &all.edits);
        assert_eq!(edit::apply(&all.text, &back), sample.text, "{}", sample.id);
        let again = plan(&ConfigFile::from(all.text.as_str()), &facts, &Selection::automatic());
        assert_eq!((again.edits.len(), again.applied.len()), (0, 0), "{}: {:#?}", sample.id, again.applied);
    }
    println!("whole files made strict JSON: {strict} of {whole}");
    assert!(strict * 100 >= whole * 95);
}
