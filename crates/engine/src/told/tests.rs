//! Every sentence that the code can say to the window is known in every language.

use std::fs;
use std::path::{Path, PathBuf};

use bridgekeeper_doctor::text::Language;

use super::*;
use crate::document::flags;
use crate::live::LANGUAGES;

/// Whose errors are shown in the window: all `#[error("…")]` below these folders.
const ERRORS: [&str; 6] =
    ["engine/src", "vault/src", "oauth/src", "net/src", "machine/src", "bridge/src/failure.rs"];
/// What speaks to the window in texts of its own: all sentences in these places.
const SPEAKERS: [&str; 30] = [
    "../src-tauri/src/commands/settings.rs",
    "../src-tauri/src/error.rs",
    "../src-tauri/src/places.rs",
    "../src-tauri/src/tray/act.rs",
    "claude/src/start/command_line.rs",
    "claude/src/start/mod.rs",
    "doctor/src/fixes",
    "engine/src/accounts/error.rs",
    "engine/src/accounts/import.rs",
    "engine/src/add/extension.rs",
    "engine/src/add/mod.rs",
    "engine/src/add/offered.rs",
    "engine/src/bundle/tracker.rs",
    "engine/src/computer",
    "engine/src/doctor.rs",
    "engine/src/document/edits.rs",
    "engine/src/edits.rs",
    "engine/src/error.rs",
    "engine/src/firewall.rs",
    "engine/src/fix.rs",
    "engine/src/guardian/restore.rs",
    "engine/src/history.rs",
    "engine/src/live",
    "engine/src/live.rs",
    "engine/src/policy/mod.rs",
    "engine/src/reset",
    "engine/src/trial/mod.rs",
    "engine/src/trial/talk.rs",
    "engine/src/view/thing.rs",
    "probe/src",
];

/// Texts there that nobody reads in the window, or that are the same in every language.
const NOT_SAID: [&str; 27] = [
    "Check Point",
    "Cisco Umbrella",
    "Claude Code",
    "Claude Desktop",
    "Claude Desktop, claude_desktop_config.json",
    "Gemini CLI",
    "Method not found",
    "Palo Alto Networks",
    "Skyhigh (McAfee) Web Gateway",
    "Symantec Blue Coat",
    "TLS 1.2",
    "TLS 1.3",
    "application/json, text/event-stream",
    "blue coat",
    "check point",
    "cisco umbrella",
    "eset ssl filter",
    "mcafee web gateway",
    "palo alto",
    "serde hands a reference in",
    "what the tray was asked for was not done",
    "where there is nothing to do, there is nothing to say",
    "{\n  \"mcpServers\": {}\n}\n",
    "{bytes} B",
    "{hours} h",
    "{minutes} min",
    "{} in {host}",
];

#[test]
fn every_sentence_of_the_code_is_known_in_every_language() {
    let mut wanted: Vec<String> = Vec::new();
    for place in ERRORS {
        each_source(&crates().join(place), &mut |text| wanted.extend(errors_in(text)));
    }
    for place in SPEAKERS {
        each_source(&crates().join(place), &mut |text| wanted.extend(sentences_in(text)));
    }
    wanted.extend(flags().iter().map(|flag| flag.help.replace('{', "{{").replace('}', "}}")));
    // The page of a finding, which `pages.de.md` has
    let is_page = |sentence: &String| sentence.contains("\n## ");
    wanted.retain(|sentence| {
        has_words(sentence) && !is_page(sentence) && !NOT_SAID.contains(&sentence.as_str())
    });
    wanted.sort();
    wanted.dedup();
    assert!(wanted.len() > 250, "only {} sentences were found", wanted.len());
    for (code, file) in FILES {
        let words: BTreeMap<String, String> = serde_json::from_str(file).unwrap();
        let language = Language::of_tag(code).with(&LANGUAGES);
        let is_known = |sentence: &str| words.contains_key(sentence) || language.words(sentence) != sentence;
        let missing: Vec<_> = wanted.iter().filter(|sentence| !is_known(sentence)).collect();
        assert!(missing.is_empty(), "{code} lacks {}: {missing:#?}", missing.len());
    }
}

#[test]
fn every_gap_is_kept() {
    for known in KNOWN.values().flatten() {
        let mut told: Vec<&str> = parts(&known.words)
            .into_iter()
            .filter_map(|part| match part {
                Part::Gap(name) => Some(name),
                Part::Text(_) => None,
            })
            .collect();
        let mut gaps: Vec<&str> = known.gaps.iter().map(String::as_str).collect();
        told.sort_unstable();
        gaps.sort_unstable();
        assert_eq!(told, gaps, "{}", known.words);
    }
}

#[test]
fn a_text_is_recognised_with_what_stands_in_its_gaps() {
    let told = |english: &str| told_in("de", english);
    assert_eq!(told("there is no server `notes`"), "es gibt keinen Server `notes`");
    assert_eq!(told("could not read /a b/c.json: no answer"), "/a b/c.json ist nicht lesbar: keine Antwort",);
    assert_eq!(
        told("There is no change to take back."),
        "Es gibt keine Änderung, die sich zurücknehmen ließe."
    );
    assert_eq!(
        told("there is nothing to read; somebody else's words"),
        "es gibt nichts zu lesen; somebody else's words",
    );
    assert_eq!(told("No such file or directory (os error 2)"), "No such file or directory (os error 2)");
    assert_eq!(told(""), "");
    assert_eq!(told_in("en", "there is nothing to read"), "there is nothing to read");
}

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The code of every file of a place, without its tests.
fn each_source(place: &Path, see: &mut dyn FnMut(&str)) {
    if place.is_dir() {
        for entry in fs::read_dir(place).unwrap() {
            each_source(&entry.unwrap().path(), see);
        }
        return;
    }
    let name = place.file_name().unwrap().to_string_lossy();
    if name.ends_with(".rs")
        && !name.ends_with("tests.rs")
        && !place.components().any(|part| part.as_os_str() == "tests")
    {
        let text = fs::read_to_string(place).unwrap();
        see(text.split("#[cfg(test)]\nmod tests {").next().unwrap());
    }
}

/// What stands in `#[error("…")]`.
fn errors_in(code: &str) -> Vec<String> {
    let behind = code.split("#[error(").skip(1).map(str::trim_start);
    behind.filter_map(|attribute| Some(literal(attribute.strip_prefix('"')?)?.0)).collect()
}

/// Every literal outside comments that reads like words of ours.
fn sentences_in(code: &str) -> Vec<String> {
    let mut sentences = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find(['"', '/', '\'']) {
        let found = &rest[at..];
        rest = if let Some(inside) = found.strip_prefix('"') {
            let raw = rest[..at].ends_with(['r', '#']);
            let Some((text, behind)) = literal(inside) else { break };
            if !raw && text.starts_with(|first: char| first.is_alphabetic() || "`{“".contains(first)) {
                sentences.push(text);
            }
            behind
        } else if found.starts_with("//") {
            found.split_once('\n').map_or("", |(_, behind)| behind)
        } else if let Some(behind) = found.strip_prefix("'\"'") {
            behind
        } else {
            &found[1..]
        };
    }
    sentences
}

/// A literal up to its end, and what stands behind it.
fn literal(inside: &str) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut characters = inside.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((text, &inside[at + 1..])),
            '\\' => match characters.next()?.1 {
                // A line that goes on
                '\n' => {
                    let left = characters.as_str().trim_start();
                    let skipped = characters.as_str().len() - left.len();
                    if skipped > 0 {
                        characters.nth(characters.as_str()[..skipped].chars().count() - 1);
                    }
                }
                'n' => text.push('\n'),
                other => text.push(other),
            },
            other => text.push(other),
        }
    }
    None
}

/// More than gaps and one word.
fn has_words(sentence: &str) -> bool {
    let text: String = parts(sentence)
        .into_iter()
        .map(|part| match part {
            Part::Text(text) => text,
            Part::Gap(_) => "…",
        })
        .collect();
    let letters = parts(sentence)
        .iter()
        .any(|part| matches!(part, Part::Text(text) if text.contains(char::is_alphabetic)));
    letters && text.trim().contains(' ')
}
