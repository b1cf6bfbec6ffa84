//! Properties of the text that a window holds, and of what its forms do to it.

use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_formats::json;
use proptest::prelude::*;

use super::edits::edited;
use super::view::{EntryKind, FormEdit, ServerForm};
use super::{LineEnds, StandIns, hunks, merge, servers};

const CONFIG: &str = "{\r\n\t\"theme\" : \"dark\",\r\n\t\"mcpServers\" : {\r\n\
    \t\t\"notes\" : { \"command\":\"uvx\", \"args\":[ \"notes-mcp\",\"--depth\" , \"3\" ],\"env\":{\"API_KEY\":\"k29f3aa81cd0\"} },\r\n\
    \t\t\"coda\" : {\r\n\t\t\t\"command\" : \"npx\",\r\n\
    \t\t\t\"args\" : [\"-y\", \"mcp-remote\", \"https://coda.example/mcp\", \"3334\", \"--header\", \"Authorization: Bearer b7f0c9d2e1aa4455\", \"--transport\", \"http-only\", \"--debug\"]\r\n\t\t}\r\n\
    \t},\r\n\t\"unknown\" : [1,  2]\r\n}\r\n";

fn form(text: &str, server: &str) -> ServerForm {
    let forms = servers(&ConfigFile::from(text), |_| false);
    forms.into_iter().find(|form| form.name == server).unwrap()
}

fn made(text: &str, edit: &FormEdit) -> String {
    let after = edited(&ConfigFile::from(text), edit).unwrap();
    assert!(json::parse(&after).is_strict(), "{edit:?}\n{after}");
    after
}

fn server(name: &str) -> String {
    name.to_owned()
}

#[test]
fn secrets_are_not_shown_and_come_back_to_the_byte() {
    let mut stand_ins = StandIns::default();
    let shown = stand_ins.put(CONFIG);
    assert!(!shown.contains("k29f3aa81cd0") && !shown.contains("b7f0c9d2e1aa4455"), "{shown}");
    assert_eq!(stand_ins.take(&shown), CONFIG);
    assert_eq!(stand_ins.put(CONFIG), shown, "the same secret has the same stand-in");
    assert!(stand_ins.secret(1).unwrap().expose().len() > 5);
    assert!(stand_ins.secret(0).is_none() && stand_ins.secret(99).is_none());
}

#[test]
fn a_text_that_reads_like_a_stand_in_keeps_it() {
    let mut stand_ins = StandIns::default();
    let text = CONFIG.replace("\"dark\"", "\"⟪••••1⟫ ⟪••••7⟫\"");
    let shown = stand_ins.put(&text);
    assert_eq!(stand_ins.take(&shown), text);
}

#[test]
fn a_secret_is_revealed_as_it_was_meant() {
    let mut stand_ins = StandIns::default();
    let text = r#"{"mcpServers": {"a": {"command": "x", "env": {"DB_PASSWORD": "pa\"ss\\wörd\u00e9"}}}}"#;
    let shown = stand_ins.put(text);
    assert!(json::parse(&shown).is_strict(), "{shown}");
    assert_eq!(stand_ins.secret(1).unwrap().expose(), "pa\"ss\\wördé");
}

#[test]
fn places_of_the_true_text_are_found_in_the_shown_one() {
    let mut stand_ins = StandIns::default();
    let shown = stand_ins.put(CONFIG);
    for word in ["\"theme\"", "\"coda\"", "\"--debug\"", "[1,  2]"] {
        let at = CONFIG.find(word).unwrap();
        let span = stand_ins.shown_span(&shown, &(at..at + word.len()));
        assert_eq!(&shown[span], word);
    }
    let at = CONFIG.find("\"k29f3aa81cd0\"").unwrap();
    let span = stand_ins.shown_span(&shown, &(at..at + 14));
    assert!(shown[span.clone()].starts_with("\"⟪") && shown[span].ends_with("⟫\""));
}

#[test]
fn new_lines_end_as_most_do_and_the_others_stay() {
    let (plain, ends) = LineEnds::taken_from("a\r\nb\nc\r\n");
    assert_eq!(ends.put_into(&plain, &plain.replace("c\n", "new\nc\n")), "a\r\nb\nnew\r\nc\r\n");
}

#[test]
fn an_entry_is_read_as_a_form() {
    let coda = form(CONFIG, "coda");
    assert_eq!(coda.kind, EntryKind::McpRemote);
    assert_eq!(coda.url.as_ref().unwrap().value, "https://coda.example/mcp");
    assert_eq!(coda.port.as_ref().unwrap().value, "3334");
    assert_eq!(coda.headers[0].name, "Authorization");
    assert_eq!(coda.headers[0].value.value, "Bearer b7f0c9d2e1aa4455");
    let flags: Vec<_> = coda
        .flags
        .iter()
        .map(|flag| (flag.name.as_str(), flag.value.as_ref().map(|value| &*value.value)))
        .collect();
    assert_eq!(flags, [("--transport", Some("http-only")), ("--debug", None)]);
    let notes = form(CONFIG, "notes");
    assert_eq!((notes.kind, notes.editable), (EntryKind::Local, true));
    assert_eq!(notes.arguments.len(), 3);
}

#[test]
fn every_form_changes_its_own_part_alone() {
    let (coda, notes) = (|| server("coda"), || server("notes"));
    let cases = [
        (FormEdit::Command { server: notes(), value: "uv".into() }, "\"uvx\"", "\"uv\""),
        (FormEdit::Argument { server: notes(), index: 2, value: "4".into() }, "\"3\"", "\"4\""),
        (
            FormEdit::Variable { server: notes(), name: "API_KEY".into(), value: "x".into() },
            "\"k29f3aa81cd0\"",
            "\"x\"",
        ),
        (
            FormEdit::RenameVariable { server: notes(), name: "API_KEY".into(), to: "KEY".into() },
            "\"API_KEY\"",
            "\"KEY\"",
        ),
        (FormEdit::RenameServer { server: notes(), name: "memo".into() }, "\"notes\"", "\"memo\""),
        (FormEdit::Port { server: coda(), value: Some(4000) }, "\"3334\"", "\"4000\""),
        (FormEdit::Port { server: coda(), value: None }, "\"3334\", ", ""),
        (
            FormEdit::Url { server: coda(), value: "https://b.example".into() },
            "https://coda.example/mcp",
            "https://b.example",
        ),
        (
            FormEdit::Header { server: coda(), index: 0, name: "X-Key".into(), value: "v".into() },
            "Authorization: Bearer b7f0c9d2e1aa4455",
            "X-Key: v",
        ),
        (
            FormEdit::RemoveHeader { server: coda(), index: 0 },
            "\"--header\", \"Authorization: Bearer b7f0c9d2e1aa4455\", ",
            "",
        ),
        (
            FormEdit::Header { server: coda(), index: 9, name: "X-Key".into(), value: "v".into() },
            "\"3334\"",
            "\"3334\", \"--header\", \"X-Key:v\"",
        ),
        (
            FormEdit::Flag {
                server: coda(),
                name: "--transport".into(),
                argument: Some(6),
                value: Some("sse-only".into()),
            },
            "http-only",
            "sse-only",
        ),
        (
            FormEdit::Flag { server: coda(), name: "--silent".into(), argument: None, value: None },
            "\"3334\"",
            "\"3334\", \"--silent\"",
        ),
        (FormEdit::RemoveFlag { server: coda(), argument: 6 }, "\"--transport\", \"http-only\", ", ""),
        (FormEdit::RemoveFlag { server: coda(), argument: 8 }, ", \"--debug\"", ""),
        (FormEdit::MoveArgument { server: notes(), index: 1 }, "\"--depth\" , \"3\"", "\"3\" , \"--depth\""),
    ];
    for (edit, from, to) in cases {
        assert_eq!(made(CONFIG, &edit), CONFIG.replacen(from, to, 1), "{edit:?}");
    }
}

#[test]
fn parts_are_added_and_taken_out_again_to_the_byte() {
    let added =
        made(CONFIG, &FormEdit::Variable { server: server("notes"), name: "B".into(), value: "1".into() });
    assert!(added.contains("\"B\""), "{added}");
    let back = made(&added, &FormEdit::RemoveVariable { server: server("notes"), name: "B".into() });
    assert_eq!(back, CONFIG);
    let added =
        made(CONFIG, &FormEdit::AddArgument { server: server("notes"), index: 3, value: "-v".into() });
    assert_eq!(form(&added, "notes").arguments.len(), 4);
    assert_eq!(made(&added, &FormEdit::RemoveArgument { server: server("notes"), index: 3 }), CONFIG);
    let added = made(CONFIG, &FormEdit::AddServer { name: "new".into(), command: "node".into() });
    assert_eq!(form(&added, "new").command.unwrap().value, "node");
    assert_eq!(made(&added, &FormEdit::RemoveServer { server: server("new") }), CONFIG);
    let empty = made("{}", &FormEdit::AddServer { name: "new".into(), command: "node".into() });
    assert_eq!(form(&empty, "new").arguments.len(), 0);
}

#[test]
fn what_says_the_same_is_left_as_it_is_written() {
    let text = r#"{"mcpServers": {"a": {"command": "n\u006fde"}}}"#;
    assert_eq!(made(text, &FormEdit::Command { server: server("a"), value: "node".into() }), text);
}

#[test]
fn an_entry_with_a_mistake_is_shown_and_not_edited_and_its_neighbours_are() {
    let broken = CONFIG.replace("\"args\":[ \"notes-mcp\",", "\"args\":[ \"notes-mcp\" ");
    assert!(!form(&broken, "notes").editable && form(&broken, "coda").editable);
    assert_eq!(form(&broken, "notes").command.unwrap().value, "uvx");
    let file = ConfigFile::from(broken.as_str());
    let change = |name: &str| FormEdit::Command { server: server(name), value: "bunx".into() };
    assert!(edited(&file, &change("notes")).is_err());
    assert_eq!(edited(&file, &change("coda")).unwrap(), broken.replace("\"npx\"", "\"bunx\""));
    assert!(edited(&file, &change("nobody")).is_err());
}

#[test]
fn changes_of_different_places_go_together() {
    let theirs = CONFIG.replace("\"dark\"", "\"light\"");
    let mine = CONFIG.replace("\"--debug\"", "\"--silent\"");
    let merged = merge(CONFIG, &theirs, &mine);
    assert_eq!(merged.conflicts, []);
    assert_eq!(merged.text, theirs.replace("\"--debug\"", "\"--silent\""));
}

#[test]
fn a_file_that_claude_laid_out_anew_takes_our_change() {
    let base = "{\"mcpServers\": {\"a\": {\"command\": \"npx\", \"args\": [\"x\", \"1\"]}}}";
    let theirs = "{\n  \"mcpServers\": {\n    \"a\": {\n      \"command\": \"npx\",\n      \"args\": [\n        \"x\",\n        \"1\"\n      ]\n    }\n  },\n  \"scale\": 2\n}";
    let merged = merge(base, theirs, &base.replace("\"1\"", "\"2\""));
    assert_eq!(merged.conflicts, []);
    assert_eq!(merged.text, theirs.replace("\"1\"", "\"2\""));
}

#[test]
fn what_both_changed_is_told_and_nothing_is_lost() {
    let merged = merge(CONFIG, &CONFIG.replace("\"uvx\"", "\"uv\""), &CONFIG.replace("\"uvx\"", "\"pipx\""));
    let [conflict] = merged.conflicts.as_slice() else { panic!("{merged:?}") };
    assert!(merged.text[conflict.span.clone()].contains("\"pipx\"") && conflict.theirs.contains("\"uv\""));
    let taken = format!(
        "{}{}{}",
        &merged.text[..conflict.span.start],
        conflict.theirs,
        &merged.text[conflict.span.end..]
    );
    assert_eq!(taken, CONFIG.replace("\"uvx\"", "\"uv\""));
}

fn configs() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        "[a-zA-Z0-9 ./:=_-]{0,24}",
        Just("Bearer b7f0c9d2e1aa4455aa".to_owned()),
        Just("sk-ant-api03-AbCdEf0123456789AbCdEf0123456789".to_owned()),
        Just("ghp_0123456789abcdefABCDEF0123456789abcd".to_owned()),
        Just("ä\\\"\\n😀".to_owned()),
        Just("⟪••••2⟫".to_owned()),
    ];
    let key =
        prop_oneof![Just("API_KEY"), Just("TOKEN"), Just("PATH"), Just("command"), Just("Authorization")];
    let space = prop_oneof![Just(""), Just(" "), Just("\n  "), Just("\r\n\t"), Just("// c\n")];
    proptest::collection::vec((key, value, space), 0..8).prop_map(|members| {
        let members: Vec<String> = members
            .into_iter()
            .map(|(key, value, space)| format!("{space}\"{key}\":{space}\"{value}\""))
            .collect();
        format!("{{\"mcpServers\": {{\"a\": {{\"env\": {{{}}}}}}}}}", members.join(","))
    })
}

proptest! {
    #[test]
    fn every_text_comes_back_to_the_byte(text in prop_oneof![configs(), "\\PC{0,200}"]) {
        let mut stand_ins = StandIns::default();
        let shown = stand_ins.put(&text);
        prop_assert_eq!(stand_ins.take(&shown), text);
    }

    #[test]
    fn a_shown_text_reads_as_json_where_the_true_one_does(text in configs()) {
        let shown = StandIns::default().put(&text);
        prop_assert_eq!(json::parse(&shown).is_strict(), json::parse(&text).is_strict());
        prop_assert!(!shown.contains("b7f0c9d2e1aa4455aa") && !shown.contains("ghp_01234567"));
    }

    #[test]
    fn line_ends_come_back_to_the_byte(text in "([a-c]{0,2}(\n|\r\n|\r)){0,8}[a-c]{0,2}") {
        let (plain, ends) = LineEnds::taken_from(&text);
        prop_assert!(!plain.contains('\r'));
        prop_assert_eq!(ends.put_into(&plain, &plain), text);
    }

    #[test]
    fn hunks_make_one_text_of_another(before in "([a-c]{0,2}\n|ä){0,8}", after in "([a-c]{0,2}\n|ä){0,8}") {
        let edits = hunks(&before, &after);
        prop_assert_eq!(bridgekeeper_formats::edit::apply(&before, &edits), after);
    }

    #[test]
    fn an_argument_that_is_set_changes_nothing_else(
        args in proptest::collection::vec("[ -~äß😀]{0,12}", 1..5),
        which in any::<prop::sample::Index>(),
        value in "[ -~ä😀\n]{0,12}",
        space in prop_oneof![Just(""), Just("  "), Just("\n\t"), Just("\r\n")],
    ) {
        let written: Vec<String> = args.iter().map(|arg| json::quote(arg)).collect();
        let before = format!("{{{space}\"mcpServers\":{{\"a\":{{\"command\"{space}: \"x\",\"args\":[{space}");
        let after = format!("{space}]}}}},\"z\":{space}[1, 2]}}");
        let text = |args: &[String]| format!("{before}{}{after}", args.join(&format!("{space},")));
        let index = which.index(args.len());
        let change = FormEdit::Argument { server: "a".into(), index: u32::try_from(index).unwrap(), value: value.clone() };
        let mut expected = written.clone();
        expected[index] = json::quote(&value);
        let original = text(&written);
        prop_assert_eq!(edited(&ConfigFile::from(original.as_str()), &change).unwrap(), text(&expected));
    }

    #[test]
    fn one_side_alone_is_taken_as_it_is(base in configs(), other in configs()) {
        prop_assert_eq!(&merge(&base, &other, &base).text, &other);
        prop_assert_eq!(&merge(&base, &base, &other).text, &other);
        prop_assert_eq!(merge(&base, &other, &other).text, other);
    }
}
