use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::Severity;

crate::rule! {
    /// The file is indented with tabs.
    ///
    /// ## Why it matters
    ///
    /// It does not matter. It is named because mixed tabs and blanks make a missing brace hard to see.
    ///
    /// ## What to do
    ///
    /// Nothing.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {
    /// ␉"mcpServers": {}
    /// }
    /// ```
    ///
    /// ```json,finds
    /// {
    ///   "mcpServers": {
    /// ␉"a": {"command": "uvx"}
    ///   }
    /// }
    /// ```
    ///
    /// ```json,silent
    /// {
    ///   "mcpServers": {}
    /// }
    /// ```
    pub(super) static TABS = {
        id: "tabs",
        severity: Severity::Info,
        message: "The file is indented with tabs, which Claude takes as it takes blanks.",
        hides: &[],
        fixes: &[],
        detect: Detect::Config { problems, log_class: None },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let text = facts.file.text();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        if let Some(tab) = line[..indent].find('\t').filter(|_| !line.trim().is_empty()) {
            return vec![Problem::of_file(start + tab..start + tab + 1)];
        }
        start += line.len();
    }
    Vec::new()
}
