//! A desktop for one test: an X display, a session bus, and folders that nobody else uses.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Result;
use tempfile::TempDir;

use crate::process::Process;

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
    _display: Process,
    _bus: Process,
}

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
        for own in ["home", "run"] {
            fs::create_dir(folder.path().join(own))?;
        }
        Ok(Self { display: format!(":{number}"), bus: address, theme, folder, _display: display, _bus: bus })
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
        let path = std::env::var_os("PATH").unwrap_or_default();
        command
            .env_clear()
            .envs(self.theme.of_gtk().map(|theme| ("GTK_THEME", theme)))
            .env("PATH", path)
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
