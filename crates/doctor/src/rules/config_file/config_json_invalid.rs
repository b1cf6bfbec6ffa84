use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::json_text;

rule! {
    /// Claude cannot read its config file because the text is not valid JSON.
    ///
    /// ## Why it matters
    ///
    /// Claude treats the whole file as empty, so no server of it starts. A comma too many or too few, a missing
    /// brace, a comment, a single backslash in a Windows path, two pasted objects, or a byte order mark from
    /// PowerShell is enough.
    ///
    /// ## What to do
    ///
    /// Open the file at the place that the message names and repair it, or let Bridgekeeper show the repair as
    /// a diff. Save as UTF-8 without byte order mark. Quit Claude before you edit and start it again
    /// afterwards.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// Could not load app settings
    /// There was an error reading or parsing claude_desktop_config.json: Expected ',' or '}' after property value in JSON at position 212 (line 9 column 5)
    /// ```
    ///
    /// ```log,finds
    /// 2026-02-11 09:12:44 [error] There was an error reading or parsing claude_desktop_config.json: Bad escaped character in JSON at position 88 (line 5 column 22)
    /// ```
    ///
    /// ```log,finds
    /// Error: could not parse C:\Users\Ada\AppData\Roaming\Claude\claude_desktop_config.json: Unexpected token '}', ..."],
    /// }" is not valid JSON
    /// ```
    ///
    /// ```log,silent
    /// 2026-03-02T08:15:01.200Z [notes] [error] Unexpected token 'S', "Starting n"... is not valid JSON { metadata: undefined }
    /// ```
    ///
    /// ```log,silent
    /// Successfully read claude_desktop_config.json
    /// ```
    pub(crate) static RULE = {
        id: "config-json-invalid",
        severity: Severity::Error,
        message: "`{file}` is not valid JSON: {detail}",
        hides: &["stdout-pollution"],
        fixes: &["repair-json", "edit-config", "restart-claude"],
        detect: Detect::Log {
            needles: &[
                "is not valid json", "in json at position", "after json at position",
                "unexpected end of json input", "unterminated string in json",
                "bad control character in string literal", "bad escaped character",
                "expected double-quoted property name", "expected property name or '}'",
                "expected ',' or '}' after property value", "expected ',' or ']' after array element",
                "expected ':' after property name", "no number after minus sign", "json parse error",
                "jsondecodeerror",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let file = json_text::config_file(line)?;
    let words = json_text::parser_words(line);
    let config = (json_text::has_error(line) || line.has("jsondecodeerror"))
        && !words.starts_with('[')
        && !line.has("invalid oauth");
    config.then(|| Sign::new().with("file", file).with("detail", words))
}
