use std::fmt::Write as _;

use bridgekeeper_engine::add::{Offered, Risk};

use super::style::{DIM, TITLE, WARNING, painted};

/// All of a server that is offered, and what to look at before it is added.
pub(crate) fn offered(name: &str, payload: &str, risks: &[Risk], offered: &Offered) -> String {
    let mut text = format!("{}\n{payload}\n", painted(TITLE, name));
    if !risks.is_empty() {
        let _ = writeln!(text, "\n{}", painted(TITLE, "Look at this before you add it"));
    }
    // Writing to a String cannot fail, here and below.
    for risk in risks {
        let _ = writeln!(text, "  {} {}", painted(WARNING, &risk.part), painted(DIM, risk.kind.title()));
    }
    for note in &offered.notes {
        let _ = writeln!(text, "  {}", painted(WARNING, note));
    }
    text.push('\n');
    text
}
