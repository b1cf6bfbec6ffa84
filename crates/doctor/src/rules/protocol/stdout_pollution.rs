use bridgekeeper_formats::log::{Origin, Time};
use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::json_text;

rule! {
    /// The server writes text to standard output, where only protocol messages belong.
    ///
    /// ## Why it matters
    ///
    /// Claude tries to read every line of standard output as a message. A banner, a log line or a progress bar
    /// gives an error each; often the connection goes on, sometimes an answer is lost in it.
    ///
    /// ## What to do
    ///
    /// Let the server log to standard error: many have an option for it (a quiet mode, a log level,
    /// `DOTENV_CONFIG_QUIET=true`). If it is yours, replace `console.log` and `print`.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// 2026-03-02T08:15:01.200Z [notes] [error] Unexpected token 'S', "Starting n"... is not valid JSON { metadata: undefined }
    /// ```
    ///
    /// ```log,finds
    /// 2026-03-02T08:15:01.200Z [notes] [error] Unexpected token S in JSON at position 0 {"context":"connection"}
    /// ```
    ///
    /// ```log,finds
    /// Expected ',' or ']' after array element in JSON at position 9 (line 1 column 10)
    /// ```
    ///
    /// ```log,finds
    /// Failed to parse JSONRPC message from server
    /// ```
    ///
    /// ```log,silent
    /// There was an error reading or parsing claude_desktop_config.json: Unexpected end of JSON input
    /// ```
    ///
    /// ```log,silent
    /// HTTP 403: Invalid OAuth error response: SyntaxError: Unexpected token 'F', "Forbidden" is not valid JSON. Raw body: Forbidden
    /// ```
    pub(crate) static RULE = {
        id: "stdout-pollution",
        severity: Severity::Warning,
        message: "The server prints text where only messages belong: {printed}",
        hides: &["tool-call-timeout"],
        fixes: &["log-to-stderr", "update-server"],
        detect: Detect::Log {
            needles: &[
                "is not valid json", "in json at position", "after json at position",
                "unexpected end of json input", "unterminated string in json",
                "bad control character in string literal", "expected double-quoted property name",
                "expected property name or '}'", "expected ',' or '}' after property value",
                "expected ',' or ']' after array element", "expected ':' after property name",
                "no number after minus sign", "non-whitespace character after json",
                "failed to parse jsonrpc message", "invalid json: ", " - info", " - debug", " - warning",
                "is an invalid start of a value", "error parsing json",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let other_parser = line.has_any(&[
        "failed to parse jsonrpc message",
        "is an invalid start of a value",
        "non-whitespace character after json",
    ]) || line.has("invalid json: ")
        && line.has_any(&["expected value", "eof while parsing", "trailing characters"]);
    if json_text::has_error(line) || other_parser {
        let from_claude = line.entry.level.is_some();
        let elsewhere = json_text::config_file(line).is_some()
            || !from_claude && json_text::is_web_answer(line)
            || line.has("invalid oauth");
        return (!elsewhere).then(|| Sign::new().with("printed", printed(line)));
    }
    log_line(line).then(|| Sign::new().with("printed", line.text).at(Severity::Info))
}

/// What the parser quotes of the line that it could not read.
fn printed(line: &LogLine<'_>) -> String {
    line.between(", \"", "is not valid json").map_or_else(
        || json_text::parser_words(line).to_owned(),
        |text| text.trim_end_matches(['.', ' ', '"']).to_owned(),
    )
}

/// A line of Python's logging alone, as people paste it when they ask what breaks the connection.
fn log_line(line: &LogLine<'_>) -> bool {
    let python = matches!(line.entry.time, Some(Time::Local(_))) && line.entry.origin == Origin::Raw;
    python
        && line.text.starts_with(['-', ' '])
        && line.has_any(&[" - info", " - debug", " - warning"])
        && line.before().next().is_none()
}
