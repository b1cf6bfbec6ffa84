//! Rules that look at the computer: facts in, troubles out. Who collects the facts is not their concern.

mod callback_port_reserved;
mod callback_port_taken;
mod certificate_file_unusable;
mod clock_wrong;
mod command_not_found;
mod docker_not_reachable;
mod entry_not_started;
mod node_firewall_rule;
mod old_node;
mod orphaned_bridge;
mod several_claudes;
mod system_proxy_not_used;

use crate::rule::Rule;

/// The rules that look at the computer, causes before what follows from them.
pub static ALL: &[&Rule] = &[
    &command_not_found::COMMAND_NOT_FOUND,
    &old_node::OLD_NODE,
    &callback_port_reserved::CALLBACK_PORT_RESERVED,
    &callback_port_taken::CALLBACK_PORT_TAKEN,
    &certificate_file_unusable::CERTIFICATE_FILE_UNUSABLE,
    &docker_not_reachable::DOCKER_NOT_REACHABLE,
    &clock_wrong::CLOCK_WRONG,
    &orphaned_bridge::ORPHANED_BRIDGE,
    &entry_not_started::ENTRY_NOT_STARTED,
    &several_claudes::SEVERAL_CLAUDES,
    &system_proxy_not_used::SYSTEM_PROXY_NOT_USED,
    &node_firewall_rule::NODE_FIREWALL_RULE,
];
