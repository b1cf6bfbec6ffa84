use bridgekeeper_model::Severity;

use crate::rule::{Detect, MachineView, Trouble};

crate::rule! {
    /// The Windows firewall has an inbound rule for Node.
    ///
    /// ## Why it matters
    ///
    /// A bridge waits for the browser on 127.0.0.1. A connection from this computer to itself never meets the
    /// firewall, so sign-ins need no rule, whether it allows or blocks. A rule that allows lets other computers
    /// reach whatever Node listens on.
    ///
    /// ## What to do
    ///
    /// Nothing for the sign-in. `bridgekeeper firewall --remove` takes away the rule that
    /// `bridgekeeper firewall --add` made; others you find in the firewall's settings.
    ///
    /// ## Examples
    ///
    /// ```facts,finds,windows
    /// {"node_firewall_rules": [{"name": "Node.js", "program": "C:\\node.exe", "allows": true}]}
    /// ```
    ///
    /// ```facts,finds,windows
    /// {"node_firewall_rules": [{"name": "node", "program": "D:\\nvm\\node.exe", "allows": false}]}
    /// ```
    ///
    /// ```facts,silent,windows
    /// {"node_firewall_rules": []}
    /// ```
    pub(super) static NODE_FIREWALL_RULE = {
        id: "node-firewall-rule",
        severity: Severity::Info,
        message: "The firewall has inbound rules for Node ({rules}); sign-ins on this computer need none.",
        hides: &[],
        fixes: &[],
        detect: Detect::Machine { troubles },
    };
}

fn troubles(view: &MachineView<'_>) -> Vec<Trouble> {
    let rules: Vec<String> = view
        .machine
        .node_firewall_rules
        .iter()
        .map(|rule| format!("`{}` {}", rule.name, if rule.allows { "allows" } else { "blocks" }))
        .collect();
    if rules.is_empty() { vec![] } else { vec![Trouble::of_setup().with("rules", rules.join(", "))] }
}
