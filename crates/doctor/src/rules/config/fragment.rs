use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::config::Shape;
use bridgekeeper_formats::json::SyntaxErrorKind;
use bridgekeeper_model::Severity;

crate::rule! {
    /// The text is a piece of a config and not a whole file.
    ///
    /// ## Why it matters
    ///
    /// A guide shows an entry and expects that the rest is known. Claude reads a whole file only.
    ///
    /// ## What to do
    ///
    /// Put the piece where it belongs: an entry stands under its name in `mcpServers`. `repair-json` and
    /// `wrap-servers` do.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// "notes": {"command": "uvx", "args": ["notes-mcp"]}
    /// ```
    ///
    /// ```json,finds
    /// {"command": "uvx", "args": ["notes-mcp"]}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    pub(super) static FRAGMENT = {
        id: "fragment",
        severity: Severity::Info,
        message: "This reads like a piece cut out of a config, {what}, and not like a whole file.",
        hides: &[],
        fixes: &["repair-json", "wrap-servers"],
        detect: Detect::Config { problems, log_class: None },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let bare =
        facts.file.syntax_errors().iter().find(|error| error.kind == SyntaxErrorKind::MissingOuterBraces);
    let what = match (facts.file.shape(), bare) {
        (Shape::EntryAlone, _) => "the inside of one entry",
        (Shape::ServersAtTop, Some(_)) => "one or more entries",
        (_, Some(_)) => "its inner part",
        _ => return Vec::new(),
    };
    let span = bare.map_or(0..0, |error| error.span.clone());
    vec![Problem::of_file(span).with("what", what)]
}
