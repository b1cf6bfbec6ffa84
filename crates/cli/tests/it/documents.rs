//! Every command that the documents show is run, on a broken home of its own, and what they list is compared.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bridgekeeper_model::Os;
use serde_json::Value;

use crate::console::Console;

/// Commands that want a person, a keyring, a Claude that runs or npm's registry; of these the words alone are checked.
const WITHOUT_RUNNING: [&str; 6] =
    ["sign-in NAME", "sign-out NAME", "import ", "restart-claude", "secrets list", "try NAME"];
/// Stand for something of the reader's own.
const PLACEHOLDERS: [&str; 3] = ["NAME", "URL", "FILE"];

#[test]
fn every_command_of_the_documents_can_be_carried_out() {
    let mut ran = 0;
    for document in documents() {
        // A page is read from top to bottom, so what one command left the next one finds.
        let console = Console::broken(Os::Linux);
        sign_in_of_mcp_remote(&console);
        for command in commands(&std::fs::read_to_string(&document).unwrap()) {
            let Some(call) = command.strip_prefix("bridgekeeper ") else {
                assert!(is_of_a_developer(&command), "{}: `{command}` is run by no test", document.display());
                continue;
            };
            let unrun = WITHOUT_RUNNING.iter().any(|start| call.starts_with(start));
            let words = words(call, &console);
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let asked = if unrun { [words.as_slice(), &["--help"]].concat() } else { words };
            let outcome = console.run(&asked);
            let name = document.file_name().unwrap().display();
            assert!([0, 1].contains(&outcome.status), "{name}: `{command}` came to {outcome:#?}");
            ran += 1;
        }
    }
    assert!(ran > 20, "only {ran} commands were found");
}

#[test]
fn every_call_has_its_row_in_the_list_of_calls() {
    let page = std::fs::read_to_string(top().join("docs/console.md")).unwrap();
    let help = Console::empty(Os::Linux).run(&["--help"]).stdout;
    let (_, calls) = help.split_once("Commands:\n").unwrap();
    let calls: Vec<&str> = calls
        .lines()
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(calls.len() > 20, "{calls:?}");
    for call in calls {
        let named = [format!("`bridgekeeper {call}`"), format!("`bridgekeeper {call} "), format!("`{call}`")];
        let is_told =
            page.lines().any(|row| row.starts_with("| `") && named.iter().any(|name| row.contains(name)));
        assert!(is_told, "docs/console.md does not list `{call}`");
    }
}

#[test]
fn every_field_of_doctor_is_documented_and_every_documented_field_is_real() {
    let page = std::fs::read_to_string(top().join("docs/doctor-json.md")).unwrap();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let documented: BTreeSet<String> = rows.map(|(field, _)| field.to_owned()).collect();
    let mut real = BTreeSet::new();
    fields("", &Console::broken(Os::Linux).json(&["doctor"]), &mut real);
    fields("", &Console::broken(Os::Windows).json(&["doctor"]), &mut real);
    fields("", &managed().json(&["doctor"]), &mut real);
    let undocumented: Vec<_> = real.difference(&documented).collect();
    assert!(undocumented.is_empty(), "docs/doctor-json.md lacks {undocumented:?}");
    // These appear only where a file cannot be read, and where something is installed, which these homes cannot show.
    let elsewhere = ["configs[].error", "installs[].kind", "installs[].version", "installs[].path"];
    let invented: Vec<_> =
        documented.difference(&real).filter(|field| !elsewhere.contains(&field.as_str())).collect();
    assert!(invented.is_empty(), "docs/doctor-json.md has {invented:?}, which `doctor` does not print");
}

/// A home for which everything is set that an organisation can set, with a slip of the pen.
fn managed() -> Console {
    let console = Console::broken(Os::Linux);
    let policy = r#"{"Organisation": "Contoso IT", "UpdatesOff": true, "AllowedServers": ["npx *"],
        "ReportAddress": "mcp-help@contoso.example", "Update": false}"#;
    console.home.file(".bridgekeeper/policy.json", policy).unwrap();
    console
}

#[test]
fn what_an_organisation_has_set_is_shown_and_reports_go_where_it_says() {
    let console = managed();
    let told = console.run(&["doctor"]);
    for words in ["Set by Contoso IT", "updates are off", "npx *", "server-not-allowed", "`Update`"] {
        assert!(told.stdout.contains(words), "{words}: {}", told.stdout);
    }
    let file = console.home.root().with_file_name("report.md").display().to_string();
    let report = console.json(&["report", "--out", &file]);
    assert_eq!(report["tracker"]["whose"], "organisation");
    assert_eq!(report["tracker"]["address"], "mailto:mcp-help@contoso.example");
}

/// Something to reset: what mcp-remote keeps for `team-notes`, named by the MD5 of its address.
fn sign_in_of_mcp_remote(console: &Console) {
    let tokens = ".mcp-auth/mcp-remote-0.1.29/b4aee0803c2e4b1a40d2dd3e135b5703_tokens.json";
    console.home.file(tokens, "{}").unwrap();
}

/// The paths of all values, with `[]` for any place in a list. What a sign rests on is documented once, as evidence.
fn fields(path: &str, value: &Value, found: &mut BTreeSet<String>) {
    if path.ends_with("indicators.signed_in.evidence")
        || path.ends_with("indicators.tools_listed.evidence")
        || path.ends_with("indicators.no_sign_in_crash.evidence")
    {
        found.insert(path.to_owned());
        return;
    }
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                fields(&path, value, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| fields(&format!("{path}[]"), item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            found.insert(path.to_owned());
        }
    }
}

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn documents() -> Vec<PathBuf> {
    let docs = std::fs::read_dir(top().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let mut documents: Vec<PathBuf> =
        docs.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect();
    documents.extend(["README.md", "CONTRIBUTING.md"].map(|name| top().join(name)));
    documents.sort();
    documents
}

/// The lines of every block that is marked as shell, without their comments.
fn commands(document: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut in_shell = false;
    for line in document.lines().map(str::trim) {
        match line.strip_prefix("```") {
            Some(language) => in_shell = language == "sh" && !in_shell,
            None if in_shell && !line.is_empty() => {
                let command = line.split_once(" #").map_or(line, |(command, _)| command);
                commands.push(command.trim().to_owned());
            }
            None => {}
        }
    }
    commands
}

/// The words of a call, quotes taken off and placeholders filled in.
fn words(call: &str, console: &Console) -> Vec<String> {
    let mut words = Vec::new();
    for (number, part) in call.split('\'').enumerate() {
        if number % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(|word| filled_in(word, console)));
        }
    }
    words
}

fn filled_in(word: &str, console: &Console) -> String {
    match PLACEHOLDERS.iter().position(|placeholder| *placeholder == word) {
        Some(0) => "team-notes".to_owned(),
        // Nobody listens there, so nothing leaves this machine
        Some(1) => "http://127.0.0.1:9/mcp".to_owned(),
        Some(_) => console.config(),
        None => word.to_owned(),
    }
}

/// The developer's words have tests of their own beside them.
fn is_of_a_developer(command: &str) -> bool {
    ["cargo xtask ", "cargo build ", "cargo test "].iter().any(|start| command.starts_with(start))
}
