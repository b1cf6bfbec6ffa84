//! An update tried out: two versions of a package, a server on loopback, a publisher's key and a stranger's, all made for it.
//!
//! The app is the real one, started with `--update` in a clean root, and under Wine. It finds the newer version over https,
//! refuses a package that a stranger signed, takes the publisher's, has it installed, and begins anew as that version.

mod on_windows;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use super::proof::{Root, obstacle_to_a_root};
use super::{Build, Profile, copy, signatures, target_folder, tauri, version, write};
use crate::pages;
use crate::requirements::{C_COMPILER, MAKENSIS, NPM, OPENSSL, WINDOW, XVFB, ensure as ensure_there};
use crate::steps::{Steps, cargo, command, must_pass};
use crate::windows;

/// What the older program calls itself.
const OLD: &str = "0.0.1";
/// Where the server listens. It is built into both programs.
const PORT: u16 = 47_443;
/// Where the server's files lie in the root, and its certificates.
const SERVED: &str = "srv/update";
const CERTIFICATES: &str = "srv/certificates";

/// What is made for one try.
struct Versions {
    folder: tempfile::TempDir,
    old: PathBuf,
    new: PathBuf,
}

/// A key pair in files, as `tauri signer generate` writes it.
struct Key(PathBuf);

/// Where the list of revoked certificates is served, over plain http.
const CRL_PORT: u16 = 47_444;
/// Makes the server's certificate, an authority for it, and that authority's empty list of revoked certificates.
const CERTIFICATES_SCRIPT: &str = "\
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout ca.key -out ca.crt \
    -subj '/CN=Made to be tried out' -addext 'keyUsage=critical,keyCertSign,cRLSign' 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.csr \
    -subj '/CN=localhost' 2>/dev/null
printf 'subjectAltName=DNS:localhost\\nextendedKeyUsage=serverAuth\\n' >server.ext
printf 'crlDistributionPoints=URI:http://127.0.0.1:47444/ca.crl\\n' >>server.ext
openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile server.ext \
    -out server.crt 2>/dev/null
openssl x509 -in ca.crt -outform DER -out ca.der
openssl dgst -sha1 -binary -out ca.sha1 ca.der
: >issued
printf '[ca]\\ndefault_ca = it\\n[it]\\ndatabase = issued\\ndefault_md = sha256\\ndefault_crl_days = 2\\n' >ca.conf
openssl ca -gencrl -config ca.conf -keyfile ca.key -cert ca.crt -out ca.crl.pem 2>/dev/null
openssl crl -in ca.crl.pem -outform DER -out ca.crl
";

/// Tries it on every system that can be had here, or says why not.
pub(super) fn try_out() -> Result<()> {
    let mut steps = Steps::default();
    steps.step("requirements", || {
        ensure_there(&[&[&C_COMPILER, &NPM, &OPENSSL], WINDOW].concat())?;
        if windows::obstacle().is_none() { ensure_there(&[&MAKENSIS, &XVFB]) } else { Ok(()) }
    })?;
    match obstacle_to_a_root() {
        Some(why) => steps.skip("update of the deb", &why),
        None => of_the_deb(&mut steps)?,
    }
    on_windows::try_out(&mut steps)?;
    steps.summary();
    Ok(())
}

fn of_the_deb(steps: &mut Steps) -> Result<()> {
    let (mut versions, mut root) = (None, None);
    steps.step("two versions", || {
        versions = Some(Versions::make()?);
        Ok(())
    })?;
    steps.step("clean root", || {
        root = Some(Root::make()?);
        Ok(())
    })?;
    if let (Some(versions), Some(root)) = (versions, root) {
        steps.step("update of the deb", || versions.try_out(&root))?;
    }
    Ok(())
}

impl Versions {
    /// Builds the two debs. The app alone is built anew for them, as a debug build: an update is the same in both.
    fn make() -> Result<Self> {
        let folder = tempfile::tempdir().context("a folder for the two versions could not be made")?;
        let publisher = Key::make(folder.path(), "publisher")?;
        pages::build()?;
        for package in ["bridgekeeper-bridge", "bridgekeeper-cli"] {
            must_pass(cargo().args(["build", "--bins", "--package", package]))?;
        }
        let programs = target_folder().join(Profile::Debug.folder());
        let build = Build { target: super::host()?, programs, profile: Profile::Debug };
        let deb = |of: &str| -> Result<PathBuf> {
            let config = build_app(of, &publisher, &[])?;
            let made = folder.path().join(of);
            std::fs::create_dir_all(&made)?;
            let packages = tauri::bundle(&build, &["deb"], &made, Some(&config))?;
            packages.into_iter().next().context("no deb was made")
        };
        let (old, new) = (deb(OLD)?, deb(version())?);
        Ok(Self { folder, old, new })
    }

    /// Installs the old one in `root`, has it update itself, and removes the new one.
    fn try_out(&self, root: &Root) -> Result<()> {
        root.run("apt-get install -q -y --no-install-recommends openssl sudo xvfb dbus >/dev/null")?;
        serve(root)?;
        copy(&self.old, &root.path("old.deb"))?;
        root.run("apt-get install -q -y --no-install-recommends /old.deb >/dev/null")?;
        ensure!(installed(root)? == OLD, "the old version is not the one that is installed");

        let stranger = Key::make(self.folder.path(), "stranger")?;
        self.offer(root, &stranger)?;
        let log = update(root, "no update why=Signature")?;
        ensure!(!log.contains("installing"), "a forged package was handed to the system");
        ensure!(installed(root)? == OLD, "a package that a stranger signed was installed");

        self.offer(root, &Key(self.folder.path().join("publisher")))?;
        let log = update(root, &format!("ready version=\"{}\"", version()))?;
        ensure!(log.contains(&format!("ready version=\"{OLD}\"")), "it was not the old one that began");
        ensure!(log.contains("this start follows an update"), "the new one does not know that it is new");
        ensure!(installed(root)? == version(), "the new version is not installed");
        ensure!(!root.has("home/ada/.bridgekeeper/update/package"), "the package was left behind");

        let says = root.says("apt-get remove -q -y bridgekeeper")?;
        ensure!(says.contains("bridgekeeper undo --all"), "the removal does not say how configs go back");
        root.run("rm -r /old.deb /srv/update /srv/certificates")?;
        let left = root.says(
            "find / -xdev -path /proc -prune -o -path /home -prune -o \
             \\( -iname '*bridgekeeper*' -o -name 'mcp-bridge*' \\) -print",
        )?;
        ensure!(left.trim().is_empty(), "still there after the package was removed: {left}");
        Ok(())
    }

    /// Has the server offer the new version, signed with that key.
    fn offer(&self, root: &Root, key: &Key) -> Result<()> {
        let target = format!("linux-{}-deb", std::env::consts::ARCH);
        for (name, response) in offered(&self.new, &target, key)? {
            write(&root.path(SERVED).join(name), response)?;
        }
        Ok(())
    }
}

impl Key {
    fn make(folder: &Path, name: &str) -> Result<Self> {
        let place = folder.join(name);
        let mut signer = command(tauri::program()?);
        signer.args(["signer", "generate", "--ci", "--password", "", "--write-keys"]).arg(&place);
        must_pass(signer.stdout(std::process::Stdio::null()))?;
        Ok(Self(place))
    }

    fn public(&self) -> Result<String> {
        let place = self.0.with_extension("pub");
        std::fs::read_to_string(&place).with_context(|| format!("{} was not made", place.display()))
    }
}

fn origin() -> String {
    format!("https://localhost:{PORT}")
}

/// Builds the app as that version of that publisher; what its config says more than the file.
fn build_app(version: &str, publisher: &Key, target: &[&str]) -> Result<String> {
    let config = json!({ "version": version }).to_string();
    must_pass(
        cargo()
            .args(["build", "--package", "bridgekeeper-desktop", "--bins"])
            .args(target)
            .env("BRIDGEKEEPER_UPDATE_URL", format!("{}/latest.json", origin()))
            .env("BRIDGEKEEPER_UPDATE_KEY", publisher.public()?)
            .env("TAURI_CONFIG", &config),
    )?;
    Ok(config)
}

/// What the server answers, by name, so that the package is the newest version: signed with that key.
fn offered(package: &Path, target: &str, key: &Key) -> Result<[(&'static str, Vec<u8>); 2]> {
    signatures::sign_with(package, version(), Some(&key.0))?;
    let described = signatures::of_platform(package, &format!("{}/package", origin()))?;
    let platforms = json!({ target: described });
    let description =
        json!({ "version": version(), "notes": "- Made to be tried out.", "platforms": platforms });
    let bytes = std::fs::read(package).with_context(|| package.display().to_string())?;
    Ok([
        ("latest.json", response("application/json", description.to_string().as_bytes())),
        ("package", response("application/octet-stream", &bytes)),
    ])
}

/// A whole response, which the server sends as it is.
fn response(kind: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
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
