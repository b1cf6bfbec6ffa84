//! What is generated from the rules and committed. The doctor's own tests compare; this writes.

use anyhow::Result;

use crate::steps::{cargo, must_pass};

pub(crate) fn run() -> Result<()> {
    must_pass(cargo().args([
        "run",
        "--quiet",
        "--package",
        "bridgekeeper-doctor",
        "--example",
        "pages",
        "--",
        "docs/rules",
    ]))
}
