use bridgekeeper_model::Severity;

use crate::rule::{Detect, MachineView, Trouble};

crate::rule! {
    /// This computer's clock is wrong.
    ///
    /// ## Why it matters
    ///
    /// Certificates and sign-ins are valid from one moment to another. With a clock that is minutes off, a fresh
    /// token counts as expired, and with one that is days off every connection fails.
    ///
    /// ## What to do
    ///
    /// Let the system set its time by itself, and check the time zone.
    ///
    /// ## Examples
    ///
    /// ```facts,finds,linux
    /// {"clock_ahead": 86400}
    /// ```
    ///
    /// ```facts,finds,windows
    /// {"clock_ahead": -600}
    /// ```
    ///
    /// ```facts,silent,linux
    /// {"clock_ahead": 20}
    /// ```
    pub(super) static CLOCK_WRONG = {
        id: "clock-wrong",
        severity: Severity::Warning,
        message: "This computer's clock is {minutes} minutes {direction}.",
        hides: &[],
        fixes: &["check-clock"],
        detect: Detect::Machine { troubles },
    };
}

/// Sign-in services usually forgive this much, in seconds.
const FORGIVEN: u64 = 300;

fn troubles(view: &MachineView<'_>) -> Vec<Trouble> {
    let wrong = view.machine.clock_ahead.filter(|ahead| ahead.unsigned_abs() > FORGIVEN);
    wrong
        .map(|ahead| {
            let direction = if ahead > 0 { "ahead of a server's" } else { "behind a server's" };
            Trouble::of_setup()
                .with("minutes", (ahead.unsigned_abs() / 60).to_string())
                .with("direction", direction)
        })
        .into_iter()
        .collect()
}
