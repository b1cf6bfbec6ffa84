//! One config file, checked by itself.

use std::path::Path;

use bridgekeeper_claude::{Content, read_config};
use bridgekeeper_doctor::config_check::{ConfigFinding, check_config};
use bridgekeeper_doctor::rule::ConfigFacts;
use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_model::Os;

use crate::error::EngineError;
use crate::frame::Frame;
use crate::offers::Offers;
use crate::report::{ConfigCheck, PlacedFinding};

/// Reads a config file that was named.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, EngineError> {
    match read_config(path) {
        Content::Read(bytes) => Ok(bytes),
        Content::Absent => Err(EngineError::NoSuchFile { path: path.to_owned() }),
        Content::Unreadable(why) => Err(EngineError::Unreadable { path: path.to_owned(), why }),
    }
}

/// Checks it; `os` is whose rules hold, where that is known.
pub(crate) fn check(file: &ConfigFile, os: Option<Os>, offers: &mut Offers<'_>) -> ConfigCheck {
    let findings = check_config(&ConfigFacts { file, os });
    ConfigCheck {
        parses: file.parses(),
        findings: findings.into_iter().map(|found| placed(file, found, offers)).collect(),
    }
}

fn placed(file: &ConfigFile, found: ConfigFinding, offers: &mut Offers<'_>) -> PlacedFinding {
    let ConfigFinding { mut finding, line, column, length } = found;
    offers.put_right(finding.server.as_ref(), &mut finding.fixes);
    let text = file.line(line).unwrap_or_default();
    let start = byte_of_unit(text, column.saturating_sub(1));
    let end = byte_of_unit(text, column.saturating_sub(1) + length);
    PlacedFinding {
        id: finding.id,
        severity: finding.severity,
        server: finding.server,
        message: finding.message,
        sentence: finding.sentence,
        frame: Frame::of(text, start..end),
        line,
        column,
        length,
        fixes: finding.fixes,
    }
}

/// The byte at which a UTF-16 unit of the line begins; the line's end where it is shorter.
fn byte_of_unit(line: &str, unit: usize) -> usize {
    let mut units = 0;
    for (at, character) in line.char_indices() {
        if units >= unit {
            return at;
        }
        units += character.len_utf16();
    }
    line.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_as_editors_do() {
        assert_eq!(byte_of_unit("a😀b", 3), 5);
        assert_eq!(byte_of_unit("äb", 1), 2);
        assert_eq!(byte_of_unit("ab", 9), 2);
    }
}
