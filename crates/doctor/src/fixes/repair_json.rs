//! Broken JSON made strict where the intent is plain.

use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_formats::json;
use bridgekeeper_model::Applicability;

use super::{Fix, FixFacts, Make, Offer};

pub(super) static REPAIR_JSON: Fix = Fix {
    id: "repair-json",
    title: "Repair the JSON so that Claude can read the file",
    applicability: Applicability::Automatic,
    make: Make::File(make),
};

fn make(file: &ConfigFile, _: &FixFacts) -> Offer {
    let repaired = json::repair(file.text());
    match repaired.left.first() {
        None => Offer::automatic(repaired.edits),
        Some(left) => {
            let after = ConfigFile::from(repaired.text.as_str());
            let line = after.position(left.span.start).line;
            Offer::Refused(format!("Line {line} cannot be repaired without knowing what was meant."))
        }
    }
}
