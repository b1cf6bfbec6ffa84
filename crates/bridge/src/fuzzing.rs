//! A door for the fuzz targets to what is private here. Compiled only for them.

use serde_json::Value;

use crate::envelope::{Envelope, split_batch};
use crate::lines::on_one_line;
use crate::modern::tools::Tools;
use crate::modern::{Call, splice};

/// A message keeps its value on one line, and what is put into it is all that changes.
///
/// # Panics
/// Where that does not hold.
pub fn message(bytes: &[u8]) {
    for message in split_batch(bytes).unwrap_or_default() {
        // What is no message is not carried.
        if Envelope::parse(message).is_ok() {
            one_message(message);
        }
    }
    let _ = Envelope::cancelled(bytes);
}

fn one_message(message: &[u8]) {
    // A number beyond every type, or depth beyond measure: carried as it is, and not to be compared.
    let Ok(value) = serde_json::from_slice::<Value>(message) else { return };
    let line = on_one_line(message.to_vec());
    assert!(!line.contains(&b'\n') && !line.contains(&b'\r'));
    assert_eq!(serde_json::from_slice::<Value>(&line).ok(), Some(value));
    if let Some(call) = Call::parse(&line) {
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
