//! What is installed and what runs on this computer.
//!
//! The wall is here so that processes, ports and other programs are reached in one place, through one trait: the
//! engine is handed a [`Machine`], tests hand in a stand-in, and a home that was named with `--home` sees only the
//! processes that belong to it. What a process *is* is decided by pure functions of its facts.
//!
//! Deliberately absent: what is wrong with what was found (`doctor`), files of Claude (`claude`), the network.
#![warn(missing_docs)]

mod certificates;
mod command;
mod docker;
mod error;
pub mod firewall;
mod machine;
mod node;
mod ports;
mod process;
mod proxy;
mod recognise;
mod running;
mod territory;
mod this_machine;
mod tree;

pub use certificates::trouble_with_certificates;
pub use command::{Command, Output};
pub use docker::{DockerEngine, docker_engine};
pub use error::MachineError;
pub use machine::{Listener, Machine, PortState};
pub use node::{
    folders_of_programs, node_version, nvm_versions, program_version, read_version, version_in_path,
};
pub use ports::{read_excluded_ranges, reserved_ports};
pub use process::{Process, ProcessId};
pub use proxy::{SystemProxy, proxy_of_environment, read_internet_settings, read_scutil, system_proxy};
pub use recognise::{Role, package_family, role};
pub use territory::Territory;
pub use this_machine::ThisMachine;
pub use tree::{RunningClaude, ancestors, descendants, orphaned_bridges, running_claudes};
