use bridgekeeper_model::Severity;

use crate::rule::{Detect, MachineView, Trouble};

crate::rule! {
    /// Bridges run whose starter has ended.
    ///
    /// ## Why it matters
    ///
    /// Nobody reads them any more, but they hold callback ports and locks, and they may refresh a sign-in and so
    /// spoil it for the bridge that is in use.
    ///
    /// ## What to do
    ///
    /// Restart Claude with `bridgekeeper restart-claude`, which ends them as well.
    ///
    /// ## Examples
    ///
    /// ```facts,finds,linux
    /// {"orphaned_bridges": [812]}
    /// ```
    ///
    /// ```facts,finds,windows
    /// {"orphaned_bridges": [812, 813]}
    /// ```
    ///
    /// ```facts,silent,linux
    /// {"orphaned_bridges": []}
    /// ```
    pub(super) static ORPHANED_BRIDGE = {
        id: "orphaned-bridge",
        severity: Severity::Warning,
        message: "Bridges run on without the program that started them: {processes}.",
        hides: &[],
        fixes: &["end-other-copies"],
        detect: Detect::Machine { troubles },
    };
}

fn troubles(view: &MachineView<'_>) -> Vec<Trouble> {
    let processes: Vec<String> =
        view.machine.orphaned_bridges.iter().map(|process| format!("process {process}")).collect();
    if processes.is_empty() {
        vec![]
    } else {
        vec![Trouble::of_setup().with("processes", processes.join(", "))]
    }
}
