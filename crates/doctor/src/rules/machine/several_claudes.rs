use bridgekeeper_model::{Sentence, Severity};

use crate::rule::{Detect, MachineView, Trouble};

crate::rule! {
    /// More than one Claude Desktop is installed or runs.
    ///
    /// ## Why it matters
    ///
    /// On Windows the classic build and the package keep their configs in different folders, so an entry may be
    /// there for one and not for the other. Two that run at once start every server twice, and their bridges
    /// compete for ports and sign-ins.
    ///
    /// ## What to do
    ///
    /// Keep one: uninstall the older build in the system's settings. The config stays.
    ///
    /// ## Examples
    ///
    /// ```facts,finds,windows
    /// {"installs": ["classic installer 1.1.2998", "Windows package (MSIX) 1.52386.2.0"]}
    /// ```
    ///
    /// ```facts,finds,linux
    /// {"claudes": [{"process": 7, "program": "/usr/bin/claude-desktop"}, {"process": 9, "program": "/opt/claude-desktop/electron"}]}
    /// ```
    ///
    /// ```facts,silent,macos
    /// {"installs": ["macOS app 1.52386.2"], "claudes": [{"process": 7, "program": "/Applications/Claude.app/Contents/MacOS/Claude"}]}
    /// ```
    pub(super) static SEVERAL_CLAUDES = {
        id: "several-claudes",
        severity: Severity::Info,
        message: "More than one Claude Desktop {verb}: {which}.",
        hides: &[],
        fixes: &[],
        detect: Detect::Machine { troubles },
    };
}

fn troubles(view: &MachineView<'_>) -> Vec<Trouble> {
    let running: Vec<String> = view
        .machine
        .claudes
        .iter()
        .map(|claude| format!("`{}` (process {})", claude.program, claude.process))
        .collect();
    if running.len() > 1 {
        let trouble =
            Trouble::of_setup().with("verb", Sentence::of("runs")).with("which", running.join(", "));
        return vec![trouble.weighing(Severity::Warning)];
    }
    if view.machine.installs.len() > 1 {
        let which = view.machine.installs.join(", ");
        return vec![Trouble::of_setup().with("verb", Sentence::of("is installed")).with("which", which)];
    }
    vec![]
}
