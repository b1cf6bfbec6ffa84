//! The program against servers on loopback, driven as a host does it.
#![cfg(test)]

mod cancelling;
mod end;
mod faults;
mod flags;
mod handshake;
mod host;
mod hostile;
mod http_errors;
mod http_sse;
mod killed;
mod log;
mod modern;
mod modern_host;
#[cfg(target_os = "linux")]
mod moved;
mod network;
mod recovery;
#[cfg(target_os = "linux")]
mod secrets;
mod sessions;
mod sign_in;
mod soak;
mod stand_in;
mod status;
mod tls;
#[cfg(target_os = "linux")]
mod together;
mod tools;
#[cfg(target_os = "linux")]
mod traces;

use std::path::Path;
use std::process::Command;

use bridgekeeper_testkit::host::StdioHost;

/// The version that today's hosts ask for.
const VERSION: &str = "2025-11-25";

/// Starts the program on a URL, with an environment that holds nothing it reads and no home to remember in.
fn bridge(url: &str, flags: &[&str]) -> StdioHost {
    StdioHost::start(command(url, flags))
}

/// Starts the program with a home to remember in.
fn bridge_at(home: &Path, url: &str, flags: &[&str]) -> StdioHost {
    let mut command = command(url, flags);
    command.arg("--home").arg(home);
    StdioHost::start(command)
}

fn command(url: &str, flags: &[&str]) -> Command {
    let mut command = command_with_browser(url, flags);
    command.arg("--no-browser");
    command
}

/// The same for a test that brings a browser along.
fn command_with_browser(url: &str, flags: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mcp-bridge"));
    command.arg(url).args(flags);
    command.env_remove("HOME").env_remove("USERPROFILE");
    // The keyring of whoever runs the tests is not for them.
    command.env_remove("DBUS_SESSION_BUS_ADDRESS").env_remove("XDG_RUNTIME_DIR");
    for variable in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
        command.env_remove(variable).env_remove(variable.to_uppercase());
    }
    command
}
