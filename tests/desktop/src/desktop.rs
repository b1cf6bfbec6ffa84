//! A desktop for one test: an X display, a session bus, and folders that nobody else uses.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tempfile::TempDir;

use crate::process::Process;

/// How long the browser is waited for; only a failing test waits that long.
const PATIENCE: Duration = Duration::from_secs(30);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// Light or dark, as a person sets it for the whole desktop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Dark text on light ground.
    Light,
    /// Light text on dark ground.
    Dark,
    /// As the desktop's portal says.
    OfPortal,
}

/// A display and a session bus. Both end when this is dropped.
#[derive(Debug)]
pub struct Desktop {
    display: String,
    bus: String,
    theme: Theme,
    folder: TempDir,
    _keyring: Option<Process>,
    _display: Process,
    _bus: Process,
}

/// The browser: it notes where it is sent and goes nowhere. The system starts it by this name.
const BROWSER: &str = "xdg-open";

/// The bridge that comes with the app here. It is put where entries name it and never run.
const BRIDGE: &str = "mcp-bridge";

/// A bus without services: nothing of the machine's own desktop is started by it.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=FOLDER</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

impl Desktop {
    /// Starts both.
    pub fn start(theme: Theme) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let (display, number) = Process::start_and_hear(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"])
                .stderr(Stdio::null()),
        )?;
        let config = folder.path().join("bus.conf");
        write(&config, &BUS.replace("FOLDER", &folder.path().display().to_string()))?;
        let (bus, address) = Process::start_and_hear(
            Command::new("dbus-daemon")
                .arg(format!("--config-file={}", config.display()))
                .args(["--nofork", "--print-address=1"])
                .stderr(Stdio::null()),
        )?;
        for own in ["home", "run", "bin"] {
            fs::create_dir(folder.path().join(own))?;
        }
        let notes = folder.path().join("opened");
        program(
            &folder.path().join("bin").join(BROWSER),
            &format!("#!/bin/sh\nprintf '%s\\n' \"$1\" >> '{}'\n", notes.display()),
        )?;
        program(&folder.path().join("bin").join(BRIDGE), "#!/bin/sh\nexit 1\n")?;
        let number = format!(":{number}");
        Ok(Self {
            display: number,
            bus: address,
            theme,
            folder,
            _keyring: None,
            _display: display,
            _bus: bus,
        })
    }

    /// Starts both and a keyring that is open, as after a login.
    pub fn start_with_keyring(theme: Theme) -> Result<Self> {
        let desktop = Self::start(theme)?;
        let password = desktop.folder.path().join("password");
        write(&password, "open")?;
        let mut command = desktop.command("gnome-keyring-daemon");
        command
            .args(["--foreground", "--components=secrets", "--unlock"])
            .stdin(fs::File::open(&password)?)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let keyring = Process::start(&mut command)?;
        let bus = zbus::blocking::connection::Builder::address(desktop.bus())?.build()?;
        let bus = zbus::blocking::fdo::DBusProxy::new(&bus)?;
        let end = Instant::now() + PATIENCE;
        while !bus.name_has_owner("org.freedesktop.secrets".try_into()?)? {
            ensure!(Instant::now() < end, "the keyring did not come");
            std::thread::sleep(BETWEEN_LOOKS);
        }
        Ok(Self { _keyring: Some(keyring), ..desktop })
    }

    /// Waits until the browser is sent somewhere, and returns the address.
    pub fn opened(&self) -> Result<String> {
        let end = Instant::now() + PATIENCE;
        loop {
            let notes = fs::read_to_string(self.folder.path().join("opened")).unwrap_or_default();
            if let Some((address, _)) = notes.split_once('\n') {
                return Ok(address.to_owned());
            }
            ensure!(Instant::now() < end, "no browser was opened");
            std::thread::sleep(BETWEEN_LOOKS);
        }
    }

    /// The session bus's address.
    pub fn bus(&self) -> &str {
        &self.bus
    }

    /// The home of the person whose desktop it is.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// A program on this desktop. It knows of no other.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        let own = self.folder.path().join("bin");
        let mut path = own.clone().into_os_string();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        command
            .env_clear()
            .envs(self.theme.of_gtk().map(|theme| ("GTK_THEME", theme)))
            .env("PATH", path)
            .env("BRIDGEKEEPER_BRIDGE", own.join(BRIDGE))
            .env("LANG", "C.UTF-8")
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("HOME", self.home())
            .env("XDG_RUNTIME_DIR", self.folder.path().join("run"))
            .env("GDK_BACKEND", "x11")
            // No accessibility bus here, and no graphics card
            .env("NO_AT_BRIDGE", "1")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("GSETTINGS_BACKEND", "memory");
        command
    }
}

impl Theme {
    /// The theme that GTK is told to have, whatever the portal says.
    const fn of_gtk(self) -> Option<&'static str> {
        match self {
            Self::Light => Some("Adwaita"),
            Self::Dark => Some("Adwaita:dark"),
            Self::OfPortal => None,
        }
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    use std::io::Write as _;
    fs::File::create(path)?.write_all(text.as_bytes())?;
    Ok(())
}

fn program(path: &Path, text: &str) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    write(path, text)?;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(0o700))?)
}
