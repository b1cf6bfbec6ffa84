use proptest::prelude::*;

use super::*;

fn kinds(text: &str) -> Vec<SyntaxErrorKind> {
    parse(text).errors.iter().map(|error| error.kind).collect()
}

/// The repaired text, which must be strict for us and for serde.
fn repaired(text: &str) -> String {
    let repaired = repair(text);
    assert_eq!(repaired.left, [], "{}", repaired.text);
    assert!(oracle(&repaired.text), "{}", repaired.text);
    assert_eq!(crate::edit::apply(text, &repaired.edits), repaired.text);
    assert_eq!(repair(&repaired.text).edits, [], "a second run must change nothing");
    repaired.text
}

use SyntaxErrorKind as Kind;

#[test]
fn strict_json_has_no_errors() {
    for text in [
        "{}",
        " {\"a\": [1, -2.5e+3, true, null, \"x\\u00e9\\n\"], \"b\": {}}\n",
        "[]",
        "\"text\"",
        "0",
        "{\"a\":1,\"a\":2}",
        r#"{"path": "C:\\Users\\ada"}"#,
        r#"{"quote": "say \"hi\", ok"}"#,
    ] {
        assert_eq!(kinds(text), [], "{text}");
    }
}

#[test]
fn comments_go_with_their_lines() {
    let text = "{\n  // my servers\n  \"a\": 1, /* one */ \"b\": 2 # two\n}\n";
    assert_eq!(kinds(text), [Kind::Comment; 3]);
    assert_eq!(repaired(text), "{\n  \"a\": 1,  \"b\": 2\n}\n");
}

#[test]
fn commas_too_many_and_too_few() {
    assert_eq!(repaired("{\"a\": [1, 2,],}"), "{\"a\": [1, 2]}");
    assert_eq!(repaired("{\"a\": 1,, \"b\": [,2]}"), "{\"a\": 1, \"b\": [2]}");
    assert_eq!(repaired("{\"a\": \"x\"\n \"b\": [\"y\" \"z\"]}"), "{\"a\": \"x\",\n \"b\": [\"y\", \"z\"]}");
    assert_eq!(kinds("{\"a\": 1 \"b\": 2}"), [Kind::MissingComma]);
    assert_eq!(repaired("{\"a\": 1; \"b\"： 2， \"c\" = 3}"), "{\"a\": 1, \"b\": 2, \"c\" : 3}");
}

#[test]
fn a_missing_colon() {
    assert_eq!(kinds("{\"a\" 1}"), [Kind::MissingColon]);
    assert_eq!(repaired("{\"command\" \"npx\", \"args\": []}"), "{\"command\": \"npx\", \"args\": []}");
}

#[test]
fn windows_paths_with_single_backslashes() {
    let text = r#"{"a": "C:\Users\new\bin", "b": "C:\\Users\me", "c": "\\server\share"}"#;
    assert_eq!(kinds(text), [Kind::SingleBackslash; 3]);
    assert_eq!(
        repaired(text),
        r#"{"a": "C:\\Users\\new\\bin", "b": "C:\\Users\\me", "c": "\\\\server\\share"}"#
    );
    let parsed = parse(text);
    let object = parsed.root.as_ref().and_then(Node::as_object).unwrap();
    assert_eq!(object.get("a").unwrap().value.as_str(), Some(r"C:\Users\new\bin"));
}

#[test]
fn a_path_that_only_looks_valid_is_noted() {
    let text = r#"{"a": "C:\new\table", "b": "line\nbreak", "c": "--dir=D:\bin"}"#;
    let parsed = parse(text);
    assert!(parsed.is_strict());
    assert_eq!(parsed.notes.len(), 2);
    assert_eq!(repaired(text), r#"{"a": "C:\\new\\table", "b": "line\nbreak", "c": "--dir=D:\\bin"}"#);
}

#[test]
fn a_path_that_ends_in_a_backslash() {
    let text = "{\"a\": [\"C:\\Users\\me\\\"],\n\"b\": 1}";
    assert_eq!(repaired(text), "{\"a\": [\"C:\\\\Users\\\\me\\\\\"],\n\"b\": 1}");
}

#[test]
fn quotes_of_other_kinds() {
    let text = "{“command”: “npx”, 'args': ['-y', 'it''s'], ‘env’: {}}";
    assert!(kinds(text).contains(&Kind::SmartQuotes));
    assert_eq!(repaired("{“command”: “npx”, 'args': ['-y']}"), "{\"command\": \"npx\", \"args\": [\"-y\"]}");
    assert_eq!(repaired("{\"command”: \"npx”}"), "{\"command\": \"npx\"}");
    assert_eq!(repaired("{'a': 'say \"hi\"'}"), "{\"a\": \"say \\\"hi\\\"\"}");
}

#[test]
fn quotes_that_are_missing() {
    assert_eq!(repaired("{command: npx, args: [\"-y\"]}"), "{\"command\": \"npx\", \"args\": [\"-y\"]}");
    assert_eq!(repaired("{command\": \"npx\"}"), "{\"command\": \"npx\"}");
    assert_eq!(repaired("{\"command\": npx\"}"), "{\"command\": \"npx\"}");
    assert_eq!(
        repaired("{\n  \"command\": \"npx,\n  \"args\": [\"-y\", \"x]\n}"),
        "{\n  \"command\": \"npx\",\n  \"args\": [\"-y\", \"x\"]\n}"
    );
    assert_eq!(
        repaired("{\n  \"command\": \"npx\n  \"args\": []\n}"),
        "{\n  \"command\": \"npx\",\n  \"args\": []\n}"
    );
}

#[test]
fn quotes_inside_a_string() {
    assert_eq!(
        repaired("{\"args\": [\"--header\", \"Authorization: \"Bearer x\"\"]}"),
        "{\"args\": [\"--header\", \"Authorization: \\\"Bearer x\\\"\"]}"
    );
    assert_eq!(
        repaired("{\n\"x\": \"{\"client_id\":\"a\",\"b\":\"c\"}\"\n}"),
        "{\n\"x\": \"{\\\"client_id\\\":\\\"a\\\",\\\"b\\\":\\\"c\\\"}\"\n}"
    );
}

#[test]
fn outer_braces_that_are_missing() {
    assert_eq!(repaired("\"a\": {\"b\": 1}"), "{\n\"a\": {\"b\": 1}\n}");
    assert_eq!(repaired("\"a\": {\n  \"b\": 1\n}\n}\n"), "{\n\"a\": {\n  \"b\": 1\n}\n}\n");
    assert_eq!(kinds("\"a\": {},"), [Kind::MissingOuterBraces, Kind::TrailingComma]);
}

#[test]
fn closers_that_are_missing() {
    assert_eq!(kinds("{\"a\": {\"b\": [1"), [Kind::Unclosed; 3]);
    assert_eq!(repaired("{\"a\": {\"b\": [1"), "{\"a\": {\"b\": [1]}}");
    assert_eq!(repaired("{\"a\": [\"x\", \"env\": {}}"), "{\"a\": [\"x\"], \"env\": {}}");
    assert_eq!(repaired("{\"a\": [\"x\", {\"y\": 1}"), "{\"a\": [\"x\", {\"y\": 1}]}");
}

#[test]
fn an_entry_without_its_brace_ends_where_the_next_one_begins() {
    let text = "{\n  \"mcpServers\": {\n    \"a\": {\n      \"command\": \"x\",\n    \"b\": {\n      \"command\": \"y\"\n    }\n  }\n}\n";
    let fixed = repaired(text);
    let value: serde_json::Value = serde_json::from_str(&fixed).unwrap();
    assert_eq!(value["mcpServers"]["b"]["command"], "y");
    assert_eq!(value["mcpServers"]["a"], serde_json::json!({"command": "x"}));
}

#[test]
fn closers_that_are_superfluous_or_wrong() {
    assert_eq!(repaired("{\"a\": 1}}\n}"), "{\"a\": 1}\n");
    assert_eq!(repaired("{\"a\": [1}}"), "{\"a\": [1]}");
    assert_eq!(repaired("{\"a\": {\"b\": 1]}"), "{\"a\": {\"b\": 1}}");
    assert_eq!(repaired("{\"args\": {\"-y\", \"x\"}}"), "{\"args\": [\"-y\", \"x\"]}");
    assert_eq!(repaired("{\"env\": [\"A\": \"x\"]}"), "{\"env\": {\"A\": \"x\"}}");
}

#[test]
fn an_entry_after_a_brace_too_many_joins_the_others() {
    for text in [
        "{\"mcpServers\": {\"a\": {\"command\": \"x\"}}}, \"b\": {\"command\": \"y\"}}}",
        "{\"mcpServers\": {\"a\": {\"command\": \"x\"}}, \"b\": {\"command\": \"y\"}}}",
        "{\"mcpServers\": {\"a\": {\"command\": \"x\"}}},\n\"b\": {\"command\": \"y\"}",
    ] {
        let value: serde_json::Value = serde_json::from_str(&repaired(text)).unwrap();
        let expected = serde_json::json!({"mcpServers": {"a": {"command": "x"}, "b": {"command": "y"}}});
        assert_eq!(value, expected, "{text}");
    }
}

#[test]
fn two_objects_become_one() {
    let text = "{\"mcpServers\": {\"a\": {\"command\": \"x\"}}}\n{\"mcpServers\": {\"b\": {\"command\": \"y\"}, \"a\": {\"command\": \"z\"}}, \"more\": true}\n";
    assert_eq!(kinds(text), [Kind::SecondObject]);
    let value: serde_json::Value = serde_json::from_str(&repaired(text)).unwrap();
    let expected = serde_json::json!({
        "mcpServers": {"a": {"command": "x"}, "b": {"command": "y"}, "a-2": {"command": "z"}},
        "more": true,
    });
    assert_eq!(value, expected);
}

#[test]
fn what_stands_around_the_object_goes() {
    assert_eq!(repaired("```json\n{\"a\": 1}\n```\n"), "{\"a\": 1}\n");
    assert_eq!(repaired("Here is my config:\n{\"a\": 1} ok?"), "{\"a\": 1}");
    assert_eq!(kinds("{} x"), [Kind::TextOutside]);
}

#[test]
fn dots_of_an_example() {
    assert_eq!(repaired("{\"a\": 1, ...}"), "{\"a\": 1}");
    assert_eq!(repaired("{\n  ...\n  \"a\": [1, …, 2]\n}"), "{\n  \"a\": [1,  2]\n}");
    assert_eq!(repaired("{\n  ...,\n  \"a\": 1\n}"), "{\n  \"a\": 1\n}");
}

#[test]
fn characters_that_do_not_belong() {
    assert_eq!(repaired("\u{feff}{\"a\":\u{a0}1}"), "{\"a\": 1}");
    assert_eq!(repaired("{\"a\": \"x\ty\nz\"}"), "{\"a\": \"x\\ty\\nz\"}");
    assert_eq!(repaired("{\"a\": 1}\0\0"), "{\"a\": 1}");
    assert_eq!(kinds("\0\0\0"), [Kind::NulBytes, Kind::Empty]);
}

#[test]
fn words_and_numbers_of_other_languages() {
    assert_eq!(repaired("{\"a\": True, \"b\": None, \"c\": NaN}"), "{\"a\": true, \"b\": null, \"c\": null}");
    assert_eq!(repaired("[0x10, 007, .5, 1., +3]"), "[16, 7, 0.5, 1, 3]");
}

#[test]
fn an_empty_file_is_named() {
    assert_eq!(kinds(" \n"), [Kind::Empty]);
    assert_eq!(repaired(""), "{}\n");
}

#[test]
fn what_cannot_be_guessed_is_left_and_named() {
    let repaired = repair("{\"a\": , \"b\": 1}");
    assert_eq!(repaired.left.iter().map(|error| error.kind).collect::<Vec<_>>(), [Kind::MissingValue]);
    assert_eq!(repaired.edits, []);
}

#[test]
fn deep_nesting_is_refused_and_not_followed() {
    let deep = "[".repeat(200_000);
    assert!(kinds(&deep).contains(&Kind::TooDeep));
    let fits = format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
    assert_eq!(kinds(&fits), []);
    let objects = "{\"a\":".repeat(200_000);
    assert!(kinds(&objects).contains(&Kind::TooDeep));
}

/// Reads without keeping: like `JSON.parse`, it minds neither the size of a number nor half a surrogate pair.
fn oracle(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

fn json_text() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        "-?(0|[1-9][0-9]{0,4})(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?",
        "\"([a-zA-Z:/ .,{}\\[\\]#”é-]|\\\\[\"\\\\/bfnrt]|\\\\u[0-9a-f]{4}){0,12}\"",
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let space = "[ \n\t]{0,2}";
        let key = "\"[a-z\\\\\"]{0,0}[a-zA-Z]{0,6}\"";
        prop_oneof![
            (proptest::collection::vec((inner.clone(), space), 0..4)).prop_map(|items| {
                let items: Vec<String> =
                    items.into_iter().map(|(item, space)| format!("{space}{item}")).collect();
                format!("[{}]", items.join(","))
            }),
            (proptest::collection::vec((key, space, inner), 0..4)).prop_map(|members| {
                let members: Vec<String> = members
                    .into_iter()
                    .map(|(key, space, value)| format!("{key}{space}:{value}{space}"))
                    .collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

/// A text with a few characters taken out, doubled or replaced.
fn damaged(text: &str, damage: &[(usize, u8, char)]) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    for (at, how, c) in damage {
        if characters.is_empty() {
            break;
        }
        let at = at % characters.len();
        match how % 3 {
            0 => {
                characters.remove(at);
            }
            1 => characters.insert(at, *c),
            _ => characters[at] = *c,
        }
    }
    characters.into_iter().collect()
}

const TOKENS: &str = "[\\[\\]{}:,\"'\\\\a-z0-9 \n#/.“”\u{a0}\0é-]";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::test_cases(2_000)))]

    #[test]
    fn strict_means_that_the_oracle_accepts(text in json_text()) {
        prop_assert!(oracle(&text));
        prop_assert_eq!(kinds(&text), []);
    }

    #[test]
    fn damage_is_judged_as_the_oracle_does(
        text in json_text(),
        damage in proptest::collection::vec((any::<usize>(), any::<u8>(), prop::char::any()), 1..4),
    ) {
        let text = damaged(&text, &damage);
        prop_assert_eq!(parse(&text).is_strict(), oracle(&text), "{}", text);
    }

    #[test]
    fn soup_is_judged_as_the_oracle_does(text in proptest::collection::vec(TOKENS, 0..40)) {
        let text = text.concat();
        prop_assert_eq!(parse(&text).is_strict(), oracle(&text), "{}", text);
    }

    #[test]
    fn a_repair_ends_strict_or_says_what_is_left(
        text in json_text(),
        damage in proptest::collection::vec((any::<usize>(), any::<u8>(), TOKENS), 0..4),
    ) {
        let damage: Vec<_> = damage.into_iter().map(|(at, how, c)| (at, how, c.chars().next().unwrap_or(' '))).collect();
        let text = damaged(&text, &damage);
        let repaired = repair(&text);
        prop_assert_eq!(&crate::edit::apply(&text, &repaired.edits), &repaired.text);
        prop_assert_eq!(repaired.left.is_empty(), oracle(&repaired.text));
        if repaired.left.is_empty() {
            prop_assert_eq!(repair(&repaired.text).edits, []);
        }
    }

    #[test]
    fn spans_lie_inside_the_text(text in proptest::collection::vec(TOKENS, 0..60)) {
        let text = text.concat();
        let parsed = parse(&text);
        for error in &parsed.errors {
            prop_assert!(text.get(error.span.clone()).is_some());
            for edit in &error.repair {
                prop_assert!(text.get(edit.span.clone()).is_some());
            }
        }
    }
}
