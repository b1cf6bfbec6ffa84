use bridgekeeper_model::{Sentence, Severity, Value};

use crate::rule::{Detect, MachineView, Trouble};
use crate::rules::config::reading::remote;

crate::rule! {
    /// The system has a proxy, and an entry's bridge is not told of it.
    ///
    /// ## Why it matters
    ///
    /// Browsers use the proxy of the system's settings; Node does not. Where only the proxy leads out, mcp-remote
    /// then waits for a connection that never comes.
    ///
    /// ## What to do
    ///
    /// If the server cannot be reached, give the entry the proxy: `HTTPS_PROXY` in its `env` and, for mcp-remote,
    /// the flag `--enable-proxy`. A script (PAC) that chooses the proxy is not run by any bridge: whoever looks after the
    /// network knows the proxy that it names.
    ///
    /// ## Examples
    ///
    /// ```facts,finds,windows,{"command": "npx", "args": ["mcp-remote", "https://docs.example/mcp"]}
    /// {"proxy": {"system": "http://proxy.example:8080"}}
    /// ```
    ///
    /// ```facts,finds,macos,{"command": "npx", "args": ["-y", "mcp-remote@latest", "https://docs.example/mcp"]}
    /// {"proxy": {"script": "http://wpad.example/proxy.pac"}}
    /// ```
    ///
    /// ```facts,silent,windows,{"command": "npx", "args": ["mcp-remote", "https://docs.example/mcp"], "env": {"HTTPS_PROXY": "http://proxy.example:8080"}}
    /// {"proxy": {"system": "http://proxy.example:8080"}}
    /// ```
    ///
    /// ```facts,silent,windows,{"command": "node", "args": ["notes.js"]}
    /// {"proxy": {"system": "http://proxy.example:8080"}}
    /// ```
    pub(super) static SYSTEM_PROXY_NOT_USED = {
        id: "system-proxy-not-used",
        severity: Severity::Info,
        message: "`{server}`: the system's proxy ({proxy}) is not used by its bridge.",
        hides: &[],
        fixes: &["proxy"],
        detect: Detect::Machine { troubles },
    };
}

fn troubles(view: &MachineView<'_>) -> Vec<Trouble> {
    let proxy = &view.machine.proxy;
    let address = match (&proxy.system, &proxy.script, &proxy.environment) {
        (Some(address), _, None) => Value::from(address.clone()),
        (None, Some(script), None) => {
            let words = "which the script {script} chooses: name it as HTTPS_PROXY";
            Sentence::of(words).with("script", script.clone()).into()
        }
        _ => return vec![],
    };
    let Some(config) = view.config else { return vec![] };
    let is_told =
        |name: &str| matches!(name.to_ascii_uppercase().as_str(), "HTTPS_PROXY" | "ALL_PROXY" | "HTTP_PROXY");
    let entries = config.servers().iter().filter(|entry| remote(entry).is_some());
    entries
        .filter(|entry| !entry.env.iter().any(|variable| is_told(&variable.name.value)))
        .map(|entry| Trouble::of(entry.name.as_str()).with("proxy", address.clone()))
        .collect()
}
