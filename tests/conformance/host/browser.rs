//! The browser of the host's person: this very program under the name by which Linux opens addresses. It goes where it
//! is sent, over the bridge's callback too.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use bridgekeeper_testkit::oauth::browser;

/// The program that opens addresses on Linux.
const NAME: &str = "xdg-open";

/// Whether the program was started as a browser.
pub(crate) fn is_wanted() -> bool {
    std::env::args().next().is_some_and(|name| Path::new(&name).file_name().is_some_and(|name| name == NAME))
}

/// Opens an address and says yes to everything.
pub(crate) fn visit(url: &str) -> Result<()> {
    browser::open(url).map(drop).context("nobody answers there")
}

/// Puts the browser where the bridge finds it, and takes away the keyring of whoever runs this.
pub(crate) fn give_to(bridge: &mut Command, home: &Path) -> Result<()> {
    let folder = home.join("bin");
    std::fs::create_dir(&folder)?;
    let program = std::env::current_exe()?;
    std::fs::hard_link(&program, folder.join(NAME))
        .or_else(|_| std::fs::copy(&program, folder.join(NAME)).map(drop))?;
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::env::join_paths([folder].into_iter().chain(std::env::split_paths(&paths)))?;
    bridge.env("PATH", paths).env_remove("DBUS_SESSION_BUS_ADDRESS").env_remove("XDG_RUNTIME_DIR");
    Ok(())
}
