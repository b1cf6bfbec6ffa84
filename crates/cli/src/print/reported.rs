use std::fmt::Write as _;

use bridgekeeper_engine::bundle::Written;

use super::size;
use super::style::{COMMAND, DIM, GOOD, TITLE, painted};

/// Where the report is, who takes it, what to paste.
pub(crate) fn reported(written: &Written) -> String {
    let file = painted(TITLE, &written.file.display().to_string());
    let bytes = size(written.bytes as u64);
    let mut text = format!(
        "{} Wrote {file} ({bytes}). Read it before you send it; nothing was sent.\n",
        painted(GOOD, "✓")
    );
    let tracker = &written.tracker;
    // Writing to a String cannot fail, here and below.
    let _ = writeln!(text, "\n{}", tracker.why);
    if let Some(address) = &tracker.address {
        let _ = writeln!(text, "Report it to {}: {}", tracker.name, painted(COMMAND, address.as_str()));
    }
    let _ = writeln!(text, "\n{}\n{}", painted(TITLE, "Title to paste"), written.title);
    let _ = write!(text, "\n{}\n{}", painted(TITLE, "Text to paste"), written.body);
    let _ = writeln!(text, "\n{}", painted(DIM, "Attach the file to it."));
    text
}
