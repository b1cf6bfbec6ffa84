use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// An entry of the config is valid JSON but not a server that Claude can start: usually it has a `url` and
    /// no `command`.
    ///
    /// ## Why it matters
    ///
    /// Claude Desktop starts servers as programs. An entry with `url`, `type` or `headers` is skipped, or in
    /// older versions makes Claude reject the whole file.
    ///
    /// ## What to do
    ///
    /// Give the entry a `command`: for a remote server, a bridge with the address as its argument, which
    /// Bridgekeeper can write for you. Or add the address in Claude under Settings > Connectors and remove the
    /// entry.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// Some MCP servers could not be loaded
    /// The following entries in claude_desktop_config.json are not valid MCP server configurations and were skipped: weather
    /// ```
    ///
    /// ```log,finds
    /// 2026-04-20 10:00:00 [warn] Skipped invalid MCP server config entries: { invalidServers: [ 'weather', [length]: 1 ] }
    /// ```
    ///
    /// ```log,finds
    /// There was an error reading or parsing claude_desktop_config.json: [
    ///   {
    ///     "code": "invalid_type",
    ///     "expected": "string",
    ///     "received": "undefined",
    ///     "path": [ "mcpServers", "weather", "command" ],
    ///     "message": "Required"
    ///   }
    /// ]
    /// ```
    ///
    /// ```log,silent
    /// There was an error reading or parsing claude_desktop_config.json: Unexpected end of JSON input
    /// ```
    ///
    /// ```log,silent
    /// 2026-04-20 10:00:00 [info] Config file written
    /// ```
    pub(crate) static RULE = {
        id: "config-schema-invalid",
        severity: Severity::Error,
        message: "Claude skipped or rejected {entry} of its config: it starts servers by `command` only",
        hides: &["invalid-jsonrpc-message", "config-json-invalid", "missing-env-var"],
        fixes: &["use-bridge", "edit-config", "add-connector", "restart-claude"],
        detect: Detect::Log {
            needles: &[
                "error reading or parsing claude_desktop_config.json",
                "not valid mcp server configurations", "invalid mcp server config",
                "only be used after app is ready", "\"invalid_type\"", "\"unrecognized_keys\"",
                "\"invalid_union\"", "mcpservers.",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let named = |entry: &str| Sign::new().with("entry", entry);
    if let Some(names) = line.after("were skipped:").map(str::trim).filter(|names| !names.is_empty()) {
        return Some(named(&format!("`{names}`")));
    }
    if line.has_any(&["invalid mcp server config", "not valid mcp server configurations"]) {
        let name = line.entry.tail.split('\'').nth(1).or_else(|| line.text.split('\'').nth(1));
        return Some(named(&name.map_or_else(|| "an entry".to_owned(), |name| format!("`{name}`"))));
    }
    if line.has("dialog module can only be used after app is ready") {
        return Some(named("an entry"));
    }
    if let Some(rest) = line.after("error reading or parsing claude_desktop_config.json") {
        let list = rest.trim_start_matches([':', ' ']).starts_with(['[', '{']);
        return Sign::when(list || rest.contains("mcpServers")).map(|_| named("an entry"));
    }
    let issue =
        line.has_any(&["\"invalid_type\"", "\"unrecognized_keys\"", "\"invalid_union\"", "mcpservers."]);
    let in_dialog =
        line.near(8, &["error reading or parsing claude_desktop_config.json", "could not load app settings"]);
    let path = line.has("mcpservers.") && line.has_any(&["required", "invalid input", "expected "]);
    (issue && in_dialog || path).then(|| named("an entry"))
}
