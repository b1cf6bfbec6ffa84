use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// A tool's name or its description of arguments breaks Claude's rules.
    ///
    /// ## Why it matters
    ///
    /// One bad tool makes the whole request fail, so no message of the chat is answered while the server is on.
    /// Names may have at most 64 letters, digits, `_` and `-`, and Claude puts the server's name in front.
    ///
    /// ## What to do
    ///
    /// Shorten the server's name in the config or the tool's name, or switch the tool off. Report a broken
    /// schema to the server's author.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// tools.12.FrontendRemoteMcpToolDefinition.name: String should have at most 64 characters
    /// ```
    ///
    /// ```log,finds
    /// tools.3.custom.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12
    /// ```
    ///
    /// ```log,finds
    /// tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'
    /// ```
    ///
    /// ```log,silent
    /// Loaded 12 tools
    /// ```
    ///
    /// ```log,silent
    /// input_schema loaded
    /// ```
    pub(crate) static RULE = {
        id: "tool-schema-invalid",
        severity: Severity::Error,
        message: "Claude refuses the tools: {detail}",
        hides: &["http-400"],
        fixes: &["shorten-names"],
        detect: Detect::Log {
            needles: &[
                "tooldefinition", "at most 64 characters", "^[a-za-z0-9_-]{1,", "input_schema",
                "draft 2020-12", "tool names must be unique", "oneof, allof", "invalid tool name", "tools.",
                "tools:",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let name = line.has_any(&[
        "tooldefinition.",
        "at most 64 characters",
        "{1,64}",
        "{1,128}",
        "tool names must be unique",
        "invalid tool name",
    ]);
    let schema = line.has_any(&["input_schema", "tools."])
        && line.has_any(&[
            "draft 2020-12",
            "does not support oneof",
            "schema is invalid",
            "should match pattern",
            "invalid schema",
            "field required",
            "input should be",
        ]);
    (name || schema).then(|| Sign::new().with("detail", line.text))
}
