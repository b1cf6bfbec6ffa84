use bridgekeeper_model::Severity;

use crate::rule::{Detect, MachineView, Trouble};

crate::rule! {
    /// Claude runs and has not started this entry.
    ///
    /// ## Why it matters
    ///
    /// Claude reads its config once, when it starts. An entry that was added or changed since does not exist for
    /// it yet. Closing the window is no end: on Windows and macOS Claude stays in the tray or the menu bar.
    ///
    /// ## What to do
    ///
    /// Restart Claude with `bridgekeeper restart-claude`, or quit it from its tray icon and start it again.
    ///
    /// ## Examples
    ///
    /// ```facts,finds,macos
    /// {"claudes": [{"process": 7, "program": "/Applications/Claude.app"}], "not_started": ["notes"]}
    /// ```
    ///
    /// ```facts,finds,windows
    /// {"claudes": [{"process": 7, "program": "Claude.exe"}], "not_started": ["notes", "docs"]}
    /// ```
    ///
    /// ```facts,silent,linux
    /// {"claudes": [], "not_started": ["notes"]}
    /// ```
    pub(super) static ENTRY_NOT_STARTED = {
        id: "entry-not-started",
        severity: Severity::Warning,
        message: "`{server}`: Claude runs and has not started it; it reads its config only when it starts.",
        hides: &[],
        fixes: &["restart-claude"],
        detect: Detect::Machine { troubles },
    };
}

fn troubles(view: &MachineView<'_>) -> Vec<Trouble> {
    let runs = !view.machine.claudes.is_empty();
    view.machine.not_started.iter().filter(|_| runs).map(|server| Trouble::of(server.as_str())).collect()
}
