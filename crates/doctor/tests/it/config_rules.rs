//! What holds for every rule of the config file: it is documented, its examples are true, and it is listed once.

use std::collections::HashSet;

use bridgekeeper_doctor::config_check::check_by;
use bridgekeeper_doctor::rule::{ConfigFacts, Rule};
use bridgekeeper_doctor::{fixes, remedies, rules};
use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_model::Os;

/// A fenced block of a rule's documentation.
struct Example {
    finds: bool,
    os: Option<Os>,
    text: String,
}

/// The examples of a rule. Characters that do not belong into sources stand there as signs: `␉` is a tab, `␀` a NUL
/// byte, `⍽` a no-break space.
fn examples(rule: &Rule) -> Vec<Example> {
    let mut examples = Vec::new();
    let mut open: Option<Example> = None;
    for line in rule.docs.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)) {
        match &mut open {
            None => {
                if let Some(words) = line.strip_prefix("```json,") {
                    let mut words = words.split(',');
                    let finds = words.next() == Some("finds");
                    let os = words.next().and_then(|os| os.parse().ok());
                    open = Some(Example { finds, os, text: String::new() });
                }
            }
            Some(example) if line == "```" => {
                let text = example.text.trim_end_matches('\n');
                example.text = text
                    .replace('␉', "\t")
                    .replace('␀', "\0")
                    .replace('⍽', "\u{a0}")
                    .replace("⟦BOM⟧", "\u{feff}")
                    .replace("⟦ZWSP⟧", "\u{200b}");
                examples.extend(open.take());
            }
            Some(example) => {
                example.text.push_str(line);
                example.text.push('\n');
            }
        }
    }
    examples
}

#[test]
fn every_example_is_true() {
    for rule in rules::config::ALL {
        let examples = examples(rule);
        let finding = examples.iter().filter(|example| example.finds).count();
        // Bytes that are no UTF-8 cannot stand in a source; that rule has unit tests.
        assert!(finding >= 2 || rule.id == "not-utf8", "{} has {finding} examples that it finds", rule.id);
        assert!(finding < examples.len(), "{} has no example that it leaves alone", rule.id);
        for example in examples {
            let file = ConfigFile::from(example.text.as_str());
            let found = check_by(rule, &ConfigFacts { file: &file, os: example.os });
            assert_eq!(!found.is_empty(), example.finds, "{}:\n{}\n{found:#?}", rule.id, example.text);
            for one in found {
                assert!(
                    !one.finding.message.contains(['{', '}']) || example.text.contains(['{', '}']),
                    "{}",
                    rule.id
                );
                let unfilled = ["{server}", "{line}", "{found}", "{path}", "{arg}"];
                assert!(
                    !unfilled.iter().any(|name| one.finding.message.contains(name)),
                    "{}",
                    one.finding.message
                );
                assert!(one.finding.message.ends_with('.'), "{}: {}", rule.id, one.finding.message);
                assert!(one.line >= 1 && one.column >= 1);
            }
        }
    }
}

#[test]
fn every_rule_is_documented_and_listed_once() {
    let mut ids = HashSet::new();
    for rule in rules::config::ALL {
        assert!(ids.insert(rule.id), "{} is listed twice", rule.id);
        for heading in ["## Why it matters", "## What to do", "## Examples"] {
            assert!(rule.docs.contains(heading), "{} has no {heading}", rule.id);
        }
        for fix in rule.fixes {
            assert!(
                fixes::describe(fix).or_else(|| remedies::describe(fix)).is_some(),
                "{}: no fix {fix}",
                rule.id
            );
        }
    }
}
