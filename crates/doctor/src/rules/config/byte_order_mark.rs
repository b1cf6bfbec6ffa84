use super::reading::syntax;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::json::SyntaxErrorKind;
use bridgekeeper_formats::text::Encoding;
use bridgekeeper_model::Severity;

crate::rule! {
    /// The file begins with a byte order mark.
    ///
    /// ## Why it matters
    ///
    /// Claude parses the file with `JSON.parse`, which takes the mark for a character that does not belong
    /// there. The whole file is rejected, and every server is gone. Windows PowerShell 5.1 writes the mark
    /// with `-Encoding UTF8`.
    ///
    /// ## What to do
    ///
    /// Save the file as UTF-8 without a byte order mark. `repair-json` does it.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// ⟦BOM⟧{"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    ///
    /// ```json,finds
    /// ⟦BOM⟧{}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    pub(super) static BYTE_ORDER_MARK = {
        id: "byte-order-mark",
        severity: Severity::Error,
        message: "The file begins with a byte order mark, three invisible bytes that Claude rejects with the whole file.",
        hides: &[],
        fixes: &["repair-json"],
        detect: Detect::Config { problems, log_class: Some("config-json-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mark = facts.file.has_byte_order_mark() && facts.file.encoding() == Encoding::Utf8;
    let marks = mark.then(|| Problem::of_file(0..0));
    marks.into_iter().chain(syntax(facts, &[SyntaxErrorKind::ByteOrderMark])).collect()
}
