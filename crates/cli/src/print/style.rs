use anstyle::{AnsiColor, Style};
use bridgekeeper_model::{Health, Severity};

pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const COMMAND: Style = AnsiColor::Cyan.on_default();
pub(crate) const TITLE: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();

/// The text in that style.
pub(crate) fn painted(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// Glyph and style of a severity. The word stands beside it wherever it matters.
pub(crate) fn severity(severity: Severity) -> (&'static str, Style) {
    match severity {
        Severity::Error => ("✗", ERROR),
        Severity::Warning => ("!", WARNING),
        Severity::Info => ("·", DIM),
    }
}

/// Glyph, word and style of a state.
pub(crate) fn health(state: Health) -> (&'static str, &'static str, Style) {
    match state {
        Health::Failing => ("✗", "failing", ERROR),
        Health::NeedsSignIn => ("!", "needs sign-in", WARNING),
        Health::Starting => ("…", "starting", WARNING),
        Health::Connected => ("✓", "connected", GOOD),
        Health::Stopped => ("–", "stopped", DIM),
        Health::NeverSeen => ("?", "never seen", DIM),
        Health::Off => ("○", "off", DIM),
    }
}
