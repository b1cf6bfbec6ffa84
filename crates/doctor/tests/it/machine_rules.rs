//! What holds for every rule of the machine: it is documented, its examples are true, and it is listed once.

use std::collections::HashSet;

use bridgekeeper_doctor::machine_check::check_by;
use bridgekeeper_doctor::rule::{MachineView, Rule};
use bridgekeeper_doctor::{fixes, remedies, rules};
use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_model::Os;
use bridgekeeper_model::machine::MachineFacts;

/// A fenced block of a rule's documentation: facts, whose rules hold, and an entry `docs` of the config.
struct Example {
    finds: bool,
    os: Os,
    config: String,
    facts: String,
}

fn examples(rule: &Rule) -> Vec<Example> {
    let mut examples = Vec::new();
    let mut open: Option<Example> = None;
    for line in rule.docs.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)) {
        match &mut open {
            None => {
                let Some(words) = line.strip_prefix("```facts,") else { continue };
                let mut words = words.splitn(3, ',');
                let finds = words.next() == Some("finds");
                let os = words.next().and_then(|os| os.parse().ok()).expect("an example names a system");
                let entry = words.next().unwrap_or("{}");
                let config = format!("{{\"mcpServers\": {{\"docs\": {entry}}}}}");
                open = Some(Example { finds, os, config, facts: String::new() });
            }
            Some(_) if line == "```" => examples.extend(open.take()),
            Some(example) => example.facts.push_str(line),
        }
    }
    examples
}

#[test]
fn every_example_is_true() {
    for rule in rules::machine::ALL {
        let examples = examples(rule);
        let finding = examples.iter().filter(|example| example.finds).count();
        assert!(finding >= 2 && finding < examples.len(), "{}: too few examples", rule.id);
        for example in examples {
            let facts: MachineFacts = serde_json::from_str(&example.facts)
                .unwrap_or_else(|error| panic!("{}: {error}\n{}", rule.id, example.facts));
            let config = ConfigFile::from(example.config.as_str());
            assert!(config.parses(), "{}: {}", rule.id, example.config);
            let found =
                check_by(rule, &MachineView { machine: &facts, config: Some(&config), os: example.os });
            assert_eq!(!found.is_empty(), example.finds, "{}:\n{}\n{found:#?}", rule.id, example.facts);
            for one in found {
                assert!(!one.finding.message.contains(['{', '}']), "{}", one.finding.message);
                assert!(one.finding.message.ends_with('.'), "{}", one.finding.message);
                let classes = one.log_class.into_iter().chain(rule.hides.iter().copied());
                for class in classes {
                    assert!(rules::LOG.iter().any(|log| log.id == class), "{}: no class {class}", rule.id);
                }
            }
        }
    }
}

#[test]
fn every_rule_is_listed_once_and_its_fixes_exist() {
    let mut ids = HashSet::new();
    for rule in rules::machine::ALL {
        assert!(ids.insert(rule.id), "{} is listed twice", rule.id);
        for fix in rule.fixes {
            let known = fixes::describe(fix).or_else(|| remedies::describe(fix));
            assert!(known.is_some(), "{}: no fix {fix}", rule.id);
        }
    }
}

#[test]
fn a_computer_without_facts_has_no_troubles() {
    let view = MachineView { machine: &MachineFacts::default(), config: None, os: Os::Windows };
    assert_eq!(bridgekeeper_doctor::machine_check::check_machine(&view), []);
}
