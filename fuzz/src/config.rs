//! What people and programs write into files: Claude's config, logs, command lines, and secrets in any of them.

use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_formats::edit::{apply, invert};
use bridgekeeper_formats::json::{self, repair};
use bridgekeeper_formats::log::{LineReader, parse_line};
use bridgekeeper_formats::secrets;
use bridgekeeper_mcp_remote::{CommandLine, HashScheme, Invocation, NpxEntry, Record, StoredFile};

/// The scanner agrees with a strict parser; a repair is what its edits say, can be taken back, and leaves nothing to
/// repair.
pub(crate) fn config(bytes: &[u8]) {
    let file = ConfigFile::read(bytes);
    let text = file.text();
    for error in file.syntax_errors() {
        file.position(error.span.start);
        file.length(&error.span);
    }
    let strict = is_strict(text);
    let parsed = json::parse(text);
    if let Some(strict) = strict {
        assert_eq!(parsed.is_strict(), strict, "{text:?}: {:?}", parsed.errors);
    }
    let repaired = repair(text);
    assert_eq!(apply(text, &repaired.edits), repaired.text);
    assert_eq!(apply(&repaired.text, &invert(text, &repaired.edits)), text);
    if repaired.left.is_empty() {
        assert_ne!(is_strict(&repaired.text), Some(false), "{text:?} became {:?}", repaired.text);
        assert_eq!(repair(&repaired.text).text, repaired.text, "a second repair finds more in {text:?}");
    }
}

/// What another parser says; `None` where it gives up because of the depth.
pub(crate) fn is_strict(text: &str) -> Option<bool> {
    match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Ok(_) => Some(true),
        Err(error) if error.to_string().starts_with("recursion limit") => None,
        Err(_) => Some(false),
    }
}

/// Every line comes out, in order, and a reader that takes up at any of its positions reads the same rest.
pub(crate) fn log(bytes: &[u8]) {
    let mut reader = LineReader::new(bytes);
    let mut count = 0_usize;
    let mut middle = None;
    while let Some(line) = reader.next_line().expect("memory can be read") {
        let text = line.text();
        let entry = parse_line(&text);
        let _ = entry.event();
        count += 1;
        if count == 2 {
            middle = Some(reader.position());
        }
    }
    let Some(position) = middle else { return };
    let Some(rest) = usize::try_from(position.offset).ok().and_then(|offset| bytes.get(offset..)) else {
        panic!("the position {position:?} lies outside");
    };
    let mut again = LineReader::resume(rest, position);
    let mut rest = 2;
    while again.next_line().expect("memory can be read").is_some() {
        rest += 1;
    }
    assert!(rest >= count, "{rest} lines by two readers, {count} by one");
}

/// One argument per line; the first may be a command.
pub(crate) fn command_line(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let words: Vec<&str> = text.lines().collect();
    let line = CommandLine::parse(&words);
    for scheme in [HashScheme::Current, HashScheme::UrlAlone] {
        let _ = line.server_hash(scheme);
    }
    let _ = line.effective_callback_port();
    if let Some((command, arguments)) = words.split_first()
        && let Some(invocation) = Invocation::recognise(command, arguments)
    {
        let _ = invocation.server_url();
    }
}

/// A masked text has nothing more to mask.
pub(crate) fn mask(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let masked = secrets::mask(&text);
    assert_eq!(secrets::mask(&masked), masked, "{text:?}");
    if let Some((name, value)) = text.split_once('\n') {
        let masked = secrets::mask_value(name, value);
        assert_eq!(secrets::mask_value(name, &masked), masked, "{name:?}: {value:?}");
    }
}

/// The name of a file and what is in it: neither breaks what reads them.
pub(crate) fn stored_file(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (name, inside) = text.split_once('\n').unwrap_or((&text, ""));
    if let Some(file) = StoredFile::parse(name) {
        let _ = file.is_secret();
    }
    let _ = Record::parse(inside);
    if let Some(entry) = NpxEntry::parse(inside) {
        let _ = entry.holds("mcp-remote");
    }
}
