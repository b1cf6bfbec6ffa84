//! What is generated and committed. Tests of the parts compare; this writes.

use anyhow::Result;

use crate::steps::{cargo, must_pass};
use crate::window;

/// Writes the pages of the rules and the types of the window.
pub(crate) fn run() -> Result<()> {
    must_pass(cargo().args([
        "run",
        "--package",
        "bridgekeeper-doctor",
        "--example",
        "pages",
        "--",
        "docs/rules",
    ]))?;
    window::bindings()
}
