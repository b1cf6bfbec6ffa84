use bridgekeeper_model::machine::Node;
use bridgekeeper_model::{Sentence, Severity};

use crate::rule::{Detect, MachineView, Trouble};
use crate::rules::config::reading::remote;

crate::rule! {
    /// The Node that Claude will take for an entry is too old.
    ///
    /// ## Why it matters
    ///
    /// mcp-remote needs Node 18, and most servers of npm need 20 by now. Claude takes the first Node in its list of
    /// folders; with nvm on macOS that is the oldest version that is installed.
    ///
    /// ## What to do
    ///
    /// Start the newer Node by its full path with the script as its argument, or remove the old versions. For a
    /// remote server Bridgekeeper's own bridge needs no Node.
    ///
    /// ## Examples
    ///
    /// ```facts,finds,macos
    /// {"programs": [{"server": "notes", "command": "npx", "found": "/Users/ada/.nvm/versions/node/v16.20.2/bin/npx",
    ///   "node": {"path": "/Users/ada/.nvm/versions/node/v16.20.2/bin/node", "version": "16.20.2"}}]}
    /// ```
    ///
    /// ```facts,finds,linux
    /// {"programs": [{"server": "notes", "command": "node", "found": "/usr/bin/node",
    ///   "node": {"path": "/usr/bin/node", "version": "12.22.9", "newer": ["/home/ada/.nvm/versions/node/v22.1.0/bin/node", "22.1.0"]}}]}
    /// ```
    ///
    /// ```facts,silent,macos
    /// {"programs": [{"server": "notes", "command": "npx", "found": "/opt/homebrew/bin/npx",
    ///   "node": {"path": "/opt/homebrew/bin/node", "version": "22.11.0"}}]}
    /// ```
    ///
    /// ```facts,silent,linux
    /// {"programs": [{"server": "notes", "command": "npx", "found": "/usr/bin/npx", "node": {"path": "/usr/bin/node"}}]}
    /// ```
    pub(super) static OLD_NODE = {
        id: "old-node",
        severity: Severity::Warning,
        message: "`{server}`: Claude will take Node {version} at `{path}`, {why}.{newer}",
        hides: &[],
        fixes: &["node-script", "use-bridge", "install-node", "node-full-path"],
        detect: Detect::Machine { troubles },
    };
}

/// What mcp-remote needs.
const FOR_MCP_REMOTE: u32 = 18;
/// The oldest Node that its makers still mended when this was written.
const SUPPORTED: u32 = 20;

fn troubles(view: &MachineView<'_>) -> Vec<Trouble> {
    let mut troubles = Vec::new();
    for program in &view.machine.programs {
        let Some(node) = &program.node else { continue };
        let (Some(major), Some(version)) = (node.major(), &node.version) else { continue };
        let entry = view.config.and_then(|config| config.server(&program.server));
        let needs = if entry.and_then(remote).is_some() { FOR_MCP_REMOTE } else { SUPPORTED };
        if major >= needs {
            continue;
        }
        let (severity, why) = if major < FOR_MCP_REMOTE && needs == FOR_MCP_REMOTE {
            (Severity::Error, "and mcp-remote needs 18")
        } else {
            (Severity::Warning, "which most servers no longer run on")
        };
        troubles.push(
            Trouble::of(&program.server)
                .with("version", version.clone())
                .with("path", node.path.clone())
                .with("why", why)
                .with("newer", newer(node))
                .weighing(severity)
                .same_as("node-too-old"),
        );
    }
    troubles
}

fn newer(node: &Node) -> Sentence {
    let Some((path, version)) = &node.newer else { return Sentence::default() };
    Sentence::of(" Node {version} stands at `{path}`.")
        .with("version", version.as_str())
        .with("path", path.as_str())
}
