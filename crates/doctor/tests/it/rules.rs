//! What holds for every rule, whatever it finds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use bridgekeeper_doctor::log_scan::LogScan;
use bridgekeeper_doctor::rule::{Detect, Rule};
use bridgekeeper_doctor::{fixes, remedies, rules};

fn files_under(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_under(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn every_file_is_a_rule_in_the_list_and_named_like_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let mut files = Vec::new();
    files_under(&folder, &mut files);
    let named: BTreeSet<String> = files
        .iter()
        .filter(|file| file.file_name().is_some_and(|name| name != "mod.rs"))
        .filter(|file| std::fs::read_to_string(file).unwrap().contains("rule! {"))
        .map(|file| file.file_stem().unwrap().to_string_lossy().replace('_', "-"))
        .collect();
    let listed: BTreeSet<String> = rules::ALL.iter().map(|rule| kebab(rule.id)).collect();
    assert_eq!(named, listed);
}

/// `mcpServers-missing`, an id in Claude's own words, lies in `mcp_servers_missing.rs`.
fn kebab(id: &str) -> String {
    id.chars().fold(String::new(), |mut kebab, letter| {
        if letter.is_ascii_uppercase() {
            kebab.push('-');
        }
        kebab.push(letter.to_ascii_lowercase());
        kebab
    })
}

/// One id may stand for a log rule and a config rule: the same cause, seen from both sides.
#[test]
fn ids_are_unique_and_never_used_again() {
    let mut seen = std::collections::HashSet::new();
    for rule in rules::ALL.iter() {
        assert!(seen.insert((std::mem::discriminant(&rule.detect), rule.id)), "{} is listed twice", rule.id);
        assert!(!rules::RETIRED.contains(&rule.id), "{} is retired", rule.id);
        assert!(rule.id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'), "{}", rule.id);
    }
}

#[test]
fn every_rule_is_explained() {
    for rule in rules::ALL.iter() {
        let summary = rule.docs.trim_start().lines().next().unwrap_or_default();
        assert!(summary.len() > 12, "{}: no summary", rule.id);
        let at =
            |heading: &str| rule.docs.find(heading).unwrap_or_else(|| panic!("{}: no `{heading}`", rule.id));
        assert!(at("## Why it matters") < at("## What to do"), "{}", rule.id);
        assert!(at("## What to do") < at("## Examples"), "{}", rule.id);
        for word in ["simply", "just ", "please don't", "obviously", " we ", "! "] {
            let prose = &rule.docs[..at("## Examples")];
            assert!(
                !prose.contains(word) || word == "just " && prose.contains("just above"),
                "{}: `{word}`",
                rule.id
            );
        }
    }
}

#[test]
fn what_a_rule_hides_exists_and_never_hides_it_back() {
    let of_log = |rule: &Rule| matches!(rule.detect, Detect::Log { .. });
    for side in [true, false] {
        let by_id: BTreeMap<&str, &Rule> =
            rules::ALL.iter().filter(|rule| of_log(rule) == side).map(|rule| (rule.id, *rule)).collect();
        for rule in by_id.values() {
            walk(rule, &by_id, &mut Vec::new());
        }
    }
}

fn walk<'a>(rule: &'a Rule, by_id: &BTreeMap<&str, &'a Rule>, path: &mut Vec<&'a str>) {
    assert!(!path.contains(&rule.id), "hides goes round: {path:?} {}", rule.id);
    path.push(rule.id);
    for hidden in rule.hides {
        let hidden =
            by_id.get(hidden).unwrap_or_else(|| panic!("{} hides `{hidden}`, which is no rule", rule.id));
        walk(hidden, by_id, path);
    }
    path.pop();
}

#[test]
fn every_remedy_exists_once() {
    let mut ids = BTreeSet::new();
    for remedy in remedies::ALL {
        assert!(ids.insert(remedy.id), "{}", remedy.id);
        assert!(fixes::describe(remedy.id).is_none(), "`{}` is a fix and a remedy", remedy.id);
    }
    for rule in rules::ALL.iter().filter(|rule| matches!(rule.detect, Detect::Log { .. })) {
        let known =
            rule.fixes.iter().filter(|id| remedies::describe(id).is_some() || fixes::describe(id).is_some());
        assert_eq!(known.count(), rule.fixes.len(), "{}: {:?}", rule.id, rule.fixes);
        assert!(!rule.fixes.is_empty(), "{} leaves the person alone", rule.id);
    }
}

/// The fenced examples of a rule: (`finds` or `silent`, text).
fn examples(rule: &Rule) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in rule.docs.lines() {
        let line = line.strip_prefix(' ').unwrap_or(line);
        match &mut open {
            Some(_) if line.trim() == "```" => found.extend(open.take()),
            Some((_, text)) => {
                text.push_str(line);
                text.push('\n');
            }
            None => {
                open = line.trim().strip_prefix("```log,").map(|kind| (kind.to_owned(), String::new()));
            }
        }
    }
    assert!(open.is_none(), "{}: a fence is open", rule.id);
    found
}

#[test]
fn examples_are_found_by_their_rule_alone() {
    let mut wrong = Vec::new();
    for rule in rules::ALL.iter().filter(|rule| matches!(rule.detect, Detect::Log { .. })) {
        let examples = examples(rule);
        let count = |kind: &str| examples.iter().filter(|(known, _)| known == kind).count();
        assert!(count("finds") >= 2 && count("silent") >= 1, "{}: too few examples", rule.id);
        for (kind, text) in &examples {
            let mut scan = LogScan::new();
            scan.read("-", text.as_bytes()).unwrap();
            let diagnosis = scan.diagnosis();
            assert!(diagnosis.crashed.is_empty(), "{}: {:?}", rule.id, diagnosis.crashed);
            let ids: Vec<&str> = diagnosis.findings.iter().map(|finding| finding.id.as_str()).collect();
            let right = match kind.as_str() {
                "finds" => ids == [rule.id],
                "silent" => !ids.contains(&rule.id),
                other => panic!("{}: `{other}` is no kind of example", rule.id),
            };
            if !right {
                wrong.push(format!("{} {kind}: {ids:?}\n    {text}", rule.id));
            }
            for finding in &diagnosis.findings {
                for name in rule
                    .message
                    .split('{')
                    .skip(1)
                    .filter_map(|rest| rest.split_once('}'))
                    .map(|(name, _)| name)
                {
                    if finding.id == rule.id {
                        assert!(
                            finding.sentence.value(name).is_some(),
                            "{}: no value for {{{name}}}",
                            rule.id
                        );
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} examples:\n{}", wrong.len(), wrong.join("\n"));
}
