//! A door for the fuzz targets to what is private here. Compiled only for them.

use bridgekeeper_net::header::{HeaderMap, HeaderValue, SET_COOKIE};
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::cookies::Cookies;
use crate::envelope::{Envelope, NotAMessage, split_batch};
use crate::lines::{Line, Lines, on_one_line};
use crate::modern::tools::Tools;
use crate::modern::{self, splice};
use crate::options::{Call, Options};
use crate::remains::Remains;
use crate::scan::{Outline, Scan};

/// A message keeps its value on one line, and what is put into it is all that changes.
///
/// # Panics
/// Where that does not hold.
pub fn message(bytes: &[u8]) {
    looked_at(bytes);
    for message in split_batch(bytes).unwrap_or_default() {
        // What is no message is not carried.
        if Envelope::parse(message).is_ok() {
            one_message(message);
        }
    }
    remains(bytes);
    let _ = Envelope::cancelled(bytes);
}

/// What is left of a message that is not carried names the same request, and is the same byte by byte.
fn remains(bytes: &[u8]) {
    let whole = Remains::of(bytes);
    let mut remains = Remains::default();
    bytes.chunks(1).for_each(|byte| remains.read(byte));
    assert_eq!(remains.end(), whole);
    let Ok(Envelope::Request { id, .. }) = Envelope::parse(bytes) else { return };
    if id.raw().len() <= 1000 && !id.raw().starts_with(['{', '[']) {
        let [left] = whole.as_slice() else { panic!("{whole:?}") };
        assert_eq!(Envelope::parse(left).ok(), Some(Envelope::Request { id, method: "".into() }));
    }
}

/// Byte by byte it is the same as at once, and JSON is what `serde_json` takes for it.
fn looked_at(bytes: &[u8]) {
    let whole = Outline::of(bytes);
    let mut scan = Scan::default();
    let read = (0..=bytes.len()).try_for_each(|length| scan.read(&bytes[..length]));
    assert_eq!(read.and_then(|()| scan.end(bytes)).ok(), whole.as_ref().ok().cloned());
    let is_json = std::str::from_utf8(bytes).is_ok() && serde_json::from_slice::<IgnoredAny>(bytes).is_ok();
    match whole {
        Ok(_) => assert!(is_json),
        // Nothing is said about the rest of it.
        Err(NotAMessage::NotJsonRpc) => {}
        Err(_) => assert!(!is_json),
    }
}

fn one_message(message: &[u8]) {
    // A number beyond every type, or depth beyond measure: carried as it is, and not to be compared.
    let Ok(value) = serde_json::from_slice::<Value>(message) else { return };
    let line = on_one_line(message.to_vec());
    assert!(!line.contains(&b'\n') && !line.contains(&b'\r'));
    assert_eq!(serde_json::from_slice::<Value>(&line).ok(), Some(value));
    if let Some(call) = modern::Call::parse(&line) {
        let _ = call.headers(&Tools::default());
    }
    let Ok(text) = std::str::from_utf8(&line) else { return };
    let (changed, _) = Tools::default().learn(text);
    let spliced = [
        splice::add_meta(text, r#""added":1"#),
        splice::add_params(text, r#""added":1"#),
        splice::with_id(text, "77"),
        splice::tools_list(text, "77"),
    ];
    for result in spliced.into_iter().chain([changed]).flatten() {
        assert!(serde_json::from_str::<Value>(&result).is_ok(), "{text} became {result}");
    }
}

/// What the host writes comes out as the same lines, whether it came whole or cut anywhere, and holds no line's end.
///
/// # Panics
/// Where that does not hold.
pub fn lines(bytes: &[u8]) {
    let whole = read_lines(bytes, usize::MAX);
    assert_eq!(whole, read_lines(bytes, 1));
    assert_eq!(whole, read_lines(bytes, bytes.len() / 2 + 1));
    for line in whole {
        assert!(matches!(line, Line::Text(text) if !text.is_empty() && !text.contains(&b'\n')));
    }
}

/// Reads no more than so many bytes at once.
fn read_lines(mut bytes: &[u8], at_once: usize) -> Vec<Line> {
    let mut lines = Lines::new();
    let mut all = Vec::new();
    loop {
        let (mut piece, rest) = bytes.split_at(bytes.len().min(at_once));
        bytes = rest;
        let read = lines.fill(&mut piece).expect("memory can be read");
        all.extend(std::iter::from_fn(|| lines.next_line()));
        if read.bytes == 0 {
            all.extend(lines.last_line());
            return all;
        }
    }
}

/// Arguments, one on each line: they are understood or refused, and a refusal repeats no part of a URL that may be
/// secret. None of them names a file.
///
/// # Panics
/// Where that does not hold.
pub fn options(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let args: Vec<String> =
        text.lines().filter(|line| !line.contains(['@', '/', '\\'])).map(str::to_owned).collect();
    for url in ["https://user:sekret@a.example/mcp?key=sekret", "ftp://user:sekret@a.example/?key=sekret"] {
        let mut args = args.clone();
        args.insert(0, url.to_owned());
        match Options::parse(&args, |_| None) {
            Ok(Call::Run(options, warnings)) => {
                assert!(!options.shown_url().contains("sekret"));
                assert!(!warnings.concat().contains("sekret"), "{warnings:?}");
            }
            Ok(Call::Help | Call::Version) => {}
            Err(error) => assert!(!error.to_string().contains("sekret"), "{error}"),
        }
    }
}

/// `Set-Cookie` headers, one on each line: what is sent back is one header with as many pairs.
///
/// # Panics
/// Where that does not hold.
pub fn cookies(bytes: &[u8]) {
    let mut head = HeaderMap::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            head.append(SET_COOKIE, value);
        }
    }
    let mut cookies = Cookies::default();
    cookies.learn(&head);
    let mut sent = HeaderMap::new();
    cookies.add_to(&mut sent);
    assert!(sent.len() <= 1);
    for value in sent.values() {
        assert!(value.to_str().is_ok_and(|text| text.contains('=')), "{value:?}");
        assert!(value.is_sensitive());
    }
}
