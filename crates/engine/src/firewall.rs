//! The firewall and sign-ins: what rules there are, and the one that some organisations want, on request.

use bridgekeeper_machine::MachineError;
use bridgekeeper_machine::firewall::{RULE_NAME, add_rule, node_rules, remove_rule};
use bridgekeeper_model::Os;
use bridgekeeper_model::machine::FirewallRule;
use serde::{Deserialize, Serialize};

use crate::computer::{Subject, find_node};
use crate::context::Context;
use crate::error::EngineError;

/// Why a sign-in needs no rule.
const NOT_NEEDED: &str = "The browser comes back to 127.0.0.1, and a connection from this computer to itself never meets the firewall.";

/// What there is to say about the firewall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Firewall {
    /// Whether a sign-in needs a rule. It does not.
    pub needed: bool,
    /// Why.
    pub why: &'static str,
    /// The active inbound rules for Node, of which only Windows has any; `None` where the home is a stand-in, of whose
    /// computer nothing is known.
    pub rules: Option<Vec<FirewallRule>>,
    /// What was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done: Option<String>,
}

/// What is to be done with the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum FirewallChange {
    /// Add it, for the Node that Claude takes.
    Add,
    /// Take it away. No other rule is touched.
    Remove,
}

pub(crate) fn look(context: &Context) -> Result<Firewall, EngineError> {
    let rules = match context.home.os() {
        Os::Windows => match node_rules(&*context.machine) {
            Err(MachineError::StandIn) => None,
            rules => Some(rules?),
        },
        Os::Macos | Os::Linux => Some(Vec::new()),
    };
    Ok(Firewall { needed: false, why: NOT_NEEDED, rules, done: None })
}

pub(crate) fn change(context: &Context, change: FirewallChange) -> Result<Firewall, EngineError> {
    if context.home.os() != Os::Windows {
        return look(context);
    }
    let (command, done) = match change {
        FirewallChange::Add => {
            let node = find_node(&Subject::of(context)).ok_or(EngineError::NoNode)?;
            let done = format!("The rule `{RULE_NAME}` lets connections in to `{node}`.");
            (add_rule(&node), done)
        }
        FirewallChange::Remove => (remove_rule(), format!("The rule `{RULE_NAME}` is gone.")),
    };
    if !context.machine.run(&command)?.success {
        return Err(EngineError::FirewallUnchanged);
    }
    Ok(Firewall { done: Some(done), ..look(context)? })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bridgekeeper_claude::Home;
    use bridgekeeper_testkit::machine::{Deed, StandInMachine};

    use super::*;

    fn context(os: Os, machine: &Arc<StandInMachine>) -> Context {
        Context::new(Home::stand_in("/nowhere", os)).with_machine(Arc::clone(machine) as Arc<_>)
    }

    #[test]
    fn on_other_systems_nothing_is_run() {
        let machine = Arc::new(StandInMachine::default());
        let told = change(&context(Os::Macos, &machine), FirewallChange::Add).unwrap();
        assert!(!told.needed && told.rules == Some(vec![]) && told.done.is_none());
        assert_eq!(machine.deeds(), []);
    }

    #[test]
    fn a_rule_is_taken_away_and_what_is_left_is_shown() {
        let rule =
            "    {1}    REG_SZ    v2|Action=Allow|Active=TRUE|Dir=In|App=C:\\node.exe|Name=Node.js|\r\n";
        let machine =
            StandInMachine::default().with_output("FirewallRules", rule).with_output("exit 5 }", "");
        let machine = Arc::new(machine);
        let told = change(&context(Os::Windows, &machine), FirewallChange::Remove).unwrap();
        assert!(told.done.unwrap().contains("is gone"));
        assert_eq!(told.rules.map(|rules| rules.len()), Some(1));
        let first = machine.deeds().into_iter().next();
        assert!(
            matches!(first, Some(Deed::Ran(line)) if line.contains("delete rule") && line.contains("RunAs"))
        );
    }
}
