//! What holds for any config and any fixes.

use bridgekeeper_doctor::fixes::{self, FixFacts, Selection, plan};
use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_formats::edit;
use proptest::prelude::*;

use crate::fixes::{text_after, windows};

/// How many cases a property is tried on.
fn cases(usual: u32) -> ProptestConfig {
    let long = std::env::var_os("BRIDGEKEEPER_LONG_TESTS").is_some();
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(if long { usual * 10 } else { usual })
    }
}

fn entry() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("-y".to_owned()),
        Just("mcp-remote".to_owned()),
        Just("mcp-remote@0.1.29".to_owned()),
        Just("run".to_owned()),
        Just("--header".to_owned()),
        Just("Authorization: Bearer ${T} x".to_owned()),
        Just("X-A: b".to_owned()),
        Just("https://a.example/mcp".to_owned()),
        Just("http://b.example/mcp ".to_owned()),
        Just("3334".to_owned()),
        Just("--debug".to_owned()),
        Just("~/notes".to_owned()),
        Just("C:\\\\My Notes\\\\".to_owned()),
        Just("2>&1".to_owned()),
        Just("\\\"C:\\\\x\\\"".to_owned()),
        "[a-zé😀 ]{0,6}",
    ];
    let command = prop_oneof![
        Just("npx"),
        Just("docker"),
        Just("cmd"),
        Just("uvx "),
        Just("npx -y x"),
        Just("C:\\\\Program Files\\\\n\\\\npx.cmd"),
        Just("mcp-bridge"),
    ];
    let separator = prop_oneof![Just(", "), Just(","), Just(",\n      "), Just(",\r\n\t")];
    (command, proptest::collection::vec(word, 0..7), separator, any::<(bool, bool, bool, bool)>()).prop_map(
        |(command, words, separator, (url, env, unknown, lines))| {
            let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
            let mut members = Vec::new();
            if url {
                members.push("\"url\": \"https://c.example/mcp\"".to_owned());
                members.push("\"headers\": {\"Authorization\": \"Bearer k\", \"X\": \"y z\"}".to_owned());
            } else {
                members.push(format!("\"command\": \"{command}\""));
                members.push(format!("\"args\": [{}]", quoted.join(separator)));
            }
            if env {
                members.push("\"env\": {\"T\": \"t\", \"N\": 1}".to_owned());
            }
            if unknown {
                members.push("\"x-own\":[ 1 ,{ } ]".to_owned());
            }
            let between = if lines { ",\n      " } else { ", " };
            format!("{{ {} }}", members.join(between))
        },
    )
}

proptest! {
    #![proptest_config(cases(300))]

    /// Any fix on any config: outside the reported spans every byte stays, the result is strict, a second run
    /// changes nothing, and the inverse leads back.
    #[test]
    fn any_fix_changes_only_what_it_reports(
        entries in proptest::collection::vec(entry(), 1..4),
        chosen in proptest::collection::vec(0..fixes::ALL.len(), 1..5),
        trailing in any::<bool>(),
    ) {
        let entries: Vec<String> =
            entries.iter().enumerate().map(|(number, entry)| format!("    \"s{number}\": {entry}")).collect();
        let text = format!("{{\n  \"mcpServers\": {{\n{}{}\n  }},\n  \"own\": {{\"a\":1}}\n}}\n", entries.join(",\n"), if trailing { "," } else { "" });
        let facts = FixFacts {
            home: Some("/home/ada".to_owned()), ca_file: Some("/etc/ca.pem".to_owned()), proxy: Some("http://p:1".to_owned()),
            client_info: Some("{\"client_id\":\"x y\"}".to_owned()), ..windows()
        };
        // Fixes that undo each other are not asked for together.
        let ids: Vec<&str> = chosen.iter().map(|index| fixes::ALL[*index].id)
            .filter(|id| !matches!(*id, "use-mcp-remote" | "debug-off")).collect();
        let (after, made) = text_after(&text, &facts, &Selection::only(ids));
        let mut outside_before = String::new();
        let mut outside_after = String::new();
        let (mut at, mut shifted) = (0, 0);
        for edit in &made.edits {
            outside_before.push_str(&text[at..edit.span.start]);
            let length = edit.span.start - at;
            outside_after.push_str(&after[shifted..shifted + length]);
            shifted += length + edit.text.len();
            at = edit.span.end;
        }
        prop_assert_eq!(outside_before + &text[at..], outside_after + &after[shifted..]);
        let own = "\"own\": {\"a\":1}";
        prop_assert!(after.contains(own));
    }

    /// Changes upon changes, and all of them taken back.
    #[test]
    fn edits_and_undos_end_at_the_start(
        entries in proptest::collection::vec(entry(), 1..4),
        chosen in proptest::collection::vec(0..fixes::ALL.len(), 1..12),
    ) {
        let entries: Vec<String> =
            entries.iter().enumerate().map(|(number, entry)| format!("\"s{number}\": {entry}")).collect();
        let first = format!("{{\"mcpServers\": {{{}}}}}", entries.join(", "));
        let facts = FixFacts { home: Some("/home/ada".to_owned()), ..windows() };
        let mut text = first.clone();
        let mut undo = Vec::new();
        for index in chosen {
            let made = plan(&ConfigFile::from(text.as_str()), &facts, &Selection::only([fixes::ALL[index].id]));
            undo.push(edit::invert(&text, &made.edits));
            text = made.text;
        }
        for edits in undo.iter().rev() {
            text = edit::apply(&text, edits);
        }
        prop_assert_eq!(text, first);
    }
}
