//! An update of an installed deb, tried out in a clean root: a stranger's package refused, the publisher's installed, the app
//! begun anew, and nothing left when it is removed.

use anyhow::{Context as _, Result, ensure};

use super::versions::{OLD, Version, Versions};
use super::{CERTIFICATES_SCRIPT, PORT};
use crate::package::proof::{FAREWELL, Root, obstacle_to_a_root};
use crate::package::{copy, tauri, version};
use crate::steps::Steps;

/// Where the server's files lie in the root, and its certificates.
const SERVED: &str = "srv/update";
const CERTIFICATES: &str = "srv/certificates";

/// Tries it, or says why not.
pub(super) fn try_out(steps: &mut Steps) -> Result<()> {
    if let Some(why) = obstacle_to_a_root() {
        steps.skip("update of the deb", &why);
        return Ok(());
    }
    let (mut versions, mut root) = (None, None);
    steps.step("two versions", || {
        versions = Some(Versions::make(None, packaged)?);
        Ok(())
    })?;
    steps.step("clean root", || {
        root = Some(Root::make()?);
        Ok(())
    })?;
    if let (Some(versions), Some(root)) = (versions, root) {
        steps.step("update of the deb", || update_and_remove(&versions, &root))?;
    }
    Ok(())
}

fn packaged(version: &Version) -> Result<std::path::PathBuf> {
    let packages = tauri::bundle(version.build, &["deb"], &version.folder, Some(&version.config))?;
    packages.into_iter().next().context("no deb was made")
}

/// Installs the old one in `root`, has it update itself, and removes the new one.
fn update_and_remove(versions: &Versions, root: &Root) -> Result<()> {
    root.run("apt-get install -q -y --no-install-recommends openssl sudo xvfb dbus >/dev/null")?;
    serve(root)?;
    copy(&versions.old, &root.path("old.deb"))?;
    root.run("apt-get install -q -y --no-install-recommends /old.deb >/dev/null")?;
    ensure!(installed(root)? == OLD, "the old version is not the one that is installed");

    versions.offer(&root.path(SERVED), &versions.stranger)?;
    let log = update(root, "no update why=Signature")?;
    ensure!(!log.contains("installing"), "a forged package was handed to the system");
    ensure!(installed(root)? == OLD, "a package that a stranger signed was installed");

    versions.offer(&root.path(SERVED), &versions.publisher)?;
    let log = update(root, &format!("ready version=\"{}\"", version()))?;
    ensure!(log.contains(&format!("ready version=\"{OLD}\"")), "it was not the old one that began");
    ensure!(log.contains("this start follows an update"), "the new one does not know that it is new");
    ensure!(installed(root)? == version(), "the new version is not installed");
    ensure!(!root.has("home/ada/.bridgekeeper/update/package"), "the package was left behind");

    let says = root.says("apt-get remove -q -y bridgekeeper")?;
    ensure!(says.contains(FAREWELL), "the removal does not say how configs go back");
    root.run("rm -r /old.deb /srv/update /srv/certificates")?;
    let left = root.says(
        "find / -xdev -path /proc -prune -o -path /home -prune -o \
         \\( -iname '*bridgekeeper*' -o -name 'mcp-bridge*' \\) -print",
    )?;
    ensure!(left.trim().is_empty(), "still there after the package was removed: {left}");
    Ok(())
}

/// Makes the server's certificate, by an authority that the root trusts from now on.
fn serve(root: &Root) -> Result<()> {
    root.run(&format!("mkdir -p /{SERVED} /{CERTIFICATES} /home/ada"))?;
    // A root that was only just made knows no name
    root.run("echo '127.0.0.1 localhost' >/etc/hosts")?;
    root.run(&format!(
        "cd /{CERTIFICATES}\n{CERTIFICATES_SCRIPT}
         cp ca.crt /usr/local/share/ca-certificates/tried-out.crt
         update-ca-certificates >/dev/null"
    ))
}

/// Starts the app and the server, and waits until the app's log says so; what it said. Both end with the call, since
/// they run in a space of processes of its own.
fn update(root: &Root, until: &str) -> Result<String> {
    let log = root.says(&format!(
        "cd /{SERVED}
         openssl s_server -quiet -accept {PORT} -cert /{CERTIFICATES}/server.crt -key /{CERTIFICATES}/server.key -HTTP \
             >/dev/null 2>/tmp/server.log &
         rm -f /tmp/.X97-lock /tmp/.X11-unix/X97
         Xvfb :97 -screen 0 1024x768x24 >/dev/null 2>&1 &
         export DISPLAY=:97
         for each in $(seq 50); do test -e /tmp/.X11-unix/X97 && break; sleep 0.2; done
         dbus-run-session -- sh -c 'bridgekeeper-desktop --home /home/ada --tray --update & while sleep 60; do :; done' \
             >/tmp/app.log 2>&1 &
         for each in $(seq 300); do grep -q '{until}' /tmp/app.log && break; sleep 0.4; done
         cat /tmp/app.log"
    ))?;
    ensure!(log.contains(until), "the app never said `{until}`");
    Ok(log)
}

fn installed(root: &Root) -> Result<String> {
    Ok(root.says("dpkg-query --show --showformat='${Version}' bridgekeeper")?.trim().to_owned())
}
