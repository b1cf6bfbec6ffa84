//! A D-Bus session of a test's own, with GNOME Keyring in it or without.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// Ends its processes when it is dropped.
#[derive(Debug)]
pub struct Session {
    home: tempfile::TempDir,
    address: String,
    bus: Child,
    keyring: Option<Child>,
}

impl Session {
    /// A session without a keyring; why not, where this machine has no D-Bus.
    pub fn start() -> Result<Self, String> {
        let home = tempfile::tempdir().map_err(|error| error.to_string())?;
        // A configuration of its own: with the system's, D-Bus would start a keyring by itself.
        let configuration = home.path().join("bus.conf");
        std::fs::File::create(&configuration)
            .and_then(|mut file| file.write_all(BUS.as_bytes()))
            .map_err(|error| error.to_string())?;
        let mut bus = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", configuration.display()))
            .args(["--nofork", "--print-address"])
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("skipped: dbus-daemon does not start: {error}"))?;
        let mut address = String::new();
        if let Some(output) = bus.stdout.take() {
            BufReader::new(output).read_line(&mut address).map_err(|error| error.to_string())?;
        }
        Ok(Self { home, address: address.trim().to_owned(), bus, keyring: None })
    }

    /// Starts GNOME Keyring, opened with a password; locked where there is none.
    pub fn start_keyring(&mut self, password: Option<&str>) -> Result<(), String> {
        self.end_keyring();
        let mut command = self.command("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        if password.is_some() {
            command.arg("--unlock");
        }
        let mut keyring =
            command.spawn().map_err(|error| format!("skipped: gnome-keyring does not start: {error}"))?;
        if let Some(mut input) = keyring.stdin.take() {
            input.write_all(password.unwrap_or_default().as_bytes()).map_err(|error| error.to_string())?;
        }
        // It names its folder once it serves.
        if let Some(output) = keyring.stdout.take() {
            BufReader::new(output).read_line(&mut String::new()).map_err(|error| error.to_string())?;
        }
        self.keyring = Some(keyring);
        Ok(())
    }

    /// Whether a signal ended the keyring, such as that of an abort, rather than us.
    pub fn keyring_has_crashed(&mut self) -> bool {
        let ended = self.keyring.as_mut().and_then(|keyring| keyring.try_wait().ok().flatten());
        ended.is_some_and(|status| status.code().is_none())
    }

    /// Runs one ignored test of this program in the session.
    ///
    /// # Panics
    /// If it cannot be started.
    pub fn run(&self, test: &str) -> Output {
        let program = std::env::current_exe().expect("this program");
        let mut command = self.command(&program);
        command.args(["--ignored", "--exact", "--nocapture", test]).output().expect("this program starts")
    }

    /// Starts a program in the session.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        self.enter(&mut command);
        command
    }

    /// Lets a program that is about to start use the session.
    pub fn enter(&self, command: &mut Command) {
        command
            .env("HOME", self.home.path())
            .env("XDG_DATA_HOME", self.home.path().join("data"))
            .env("XDG_RUNTIME_DIR", self.home.path())
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .env_remove("GNOME_KEYRING_CONTROL")
            .env_remove("DISPLAY");
    }

    fn end_keyring(&mut self) {
        if let Some(mut keyring) = self.keyring.take() {
            let _ = keyring.kill();
            let _ = keyring.wait();
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.end_keyring();
        let _ = self.bus.kill();
        let _ = self.bus.wait();
    }
}

const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;
