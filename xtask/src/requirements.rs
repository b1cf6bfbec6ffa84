//! What a machine needs, and how it gets it: installed with apt where that is allowed, else the exact command
//! for the system at hand.

use anyhow::{Result, bail};

use crate::steps::{command, must_pass, on_path};

/// Something that must be there, and the package that brings it on each kind of system.
pub(crate) struct Requirement {
    /// How it is seen that it is there.
    pub(crate) sign: Sign,
    /// What it is for, in a few words.
    pub(crate) purpose: &'static str,
    pub(crate) debian: &'static str,
    pub(crate) fedora: &'static str,
    pub(crate) arch: &'static str,
    pub(crate) macos: &'static str,
    pub(crate) windows: &'static str,
}

impl Requirement {
    /// The packages or the command that bring it; empty where the system needs nothing.
    fn source(&self, system: System) -> &'static str {
        match system {
            System::Debian => self.debian,
            System::Fedora => self.fedora,
            System::Arch => self.arch,
            System::Macos => self.macos,
            System::Windows => self.windows,
            System::Unknown => self.sign.name(),
        }
    }
}

/// How it is seen that a requirement is there.
#[derive(Clone, Copy)]
pub(crate) enum Sign {
    /// A program of that name on the PATH.
    Program(&'static str),
    /// A library that pkg-config knows, with its headers.
    Library(&'static str),
    /// A module that `python3` can import.
    PythonModule(&'static str),
}

impl Sign {
    fn name(self) -> &'static str {
        match self {
            Self::Program(name) | Self::Library(name) | Self::PythonModule(name) => name,
        }
    }

    fn is_seen(self) -> bool {
        let answers = |program: &str, arguments: &[&str]| {
            command(program).args(arguments).output().is_ok_and(|output| output.status.success())
        };
        match self {
            // MSVC's linker is found by rustc itself, not on the PATH
            Self::Program("cc" | "c++") if cfg!(windows) => true,
            Self::Program(name) => on_path(name),
            Self::Library(name) => answers("pkg-config", &["--exists", name]),
            Self::PythonModule(name) => answers("python3", &["-c", &format!("import {name}")]),
        }
    }
}

/// The C compiler that Rust links with and that builds the cryptography library.
pub(crate) const C_COMPILER: Requirement = Requirement {
    sign: Sign::Program("cc"),
    purpose: "links Rust programs and builds the TLS library",
    debian: "gcc libc6-dev",
    fedora: "gcc",
    arch: "gcc",
    macos: "xcode-select --install",
    windows: "winget install Microsoft.VisualStudio.2022.BuildTools",
};

/// The C++ compiler that builds libFuzzer.
pub(crate) const CXX_COMPILER: Requirement = Requirement {
    sign: Sign::Program("c++"),
    purpose: "builds libFuzzer",
    debian: "g++",
    fedora: "gcc-c++",
    arch: "gcc",
    macos: "xcode-select --install",
    windows: "winget install Microsoft.VisualStudio.2022.BuildTools",
};

/// Node with npm: the window's parts, and reference servers that the bridge is tested against.
pub(crate) const NPM: Requirement = Requirement {
    sign: Sign::Program("npm"),
    purpose: "builds the window and installs the reference MCP servers of the tests (Node 20.19 or later)",
    debian: "nodejs npm",
    fedora: "nodejs npm",
    arch: "nodejs npm",
    macos: "brew install node",
    windows: "winget install OpenJS.NodeJS.LTS",
};

/// Python with virtual environments: FastMCP servers that the bridge is tested against.
pub(crate) const PYTHON: Requirement = Requirement {
    sign: Sign::PythonModule("ensurepip"),
    purpose: "runs the FastMCP server of the tests (Python 3.10 or later, with venv)",
    debian: "python3 python3-venv",
    fedora: "python3",
    arch: "python",
    macos: "brew install python",
    windows: "winget install Python.Python.3.12",
};

/// A keyring in a session of its own, on Linux: the vault's tests. Without it they say that they are skipped.
pub(crate) const KEYRING: &[&Requirement] = &[
    &linux(Sign::Program("dbus-daemon"), "a session bus for the tests", "dbus-daemon", "dbus-daemon", "dbus"),
    &linux(
        Sign::Program("gnome-keyring-daemon"),
        "a keyring for the tests",
        "gnome-keyring",
        "gnome-keyring",
        "gnome-keyring",
    ),
];

/// What the window is built with on Linux; macOS and Windows bring their own webview.
pub(crate) const WINDOW: &[&Requirement] = &[
    &linux(
        Sign::Program("pkg-config"),
        "finds the libraries of the window",
        "pkg-config",
        "pkgconf",
        "pkgconf",
    ),
    &linux(
        Sign::Library("webkit2gtk-4.1"),
        "draws the window",
        "libwebkit2gtk-4.1-dev",
        "webkit2gtk4.1-devel",
        "webkit2gtk-4.1",
    ),
];

/// What the bundler's tools for an `AppImage` use besides.
pub(crate) const APPIMAGE: &[&Requirement] = &[
    &linux(Sign::Program("file"), "tells programs from other files in an AppImage", "file", "file", "file"),
    &linux(
        Sign::Library("librsvg-2.0"),
        "draws icons in an AppImage",
        "librsvg2-dev",
        "librsvg2-devel",
        "librsvg",
    ),
];

/// A display that nobody sees.
pub(crate) const XVFB: Requirement = linux(
    Sign::Program("Xvfb"),
    "a display for the tests",
    "xvfb",
    "xorg-x11-server-Xvfb",
    "xorg-server-xvfb",
);

/// What the tests of the window use: a display, a session bus, a driver for the webview, a browser.
pub(crate) const WINDOW_TESTS: &[&Requirement] = &[
    &XVFB,
    &linux(Sign::Program("dbus-daemon"), "a session bus for the tests", "dbus-daemon", "dbus-daemon", "dbus"),
    &linux(
        Sign::Program("WebKitWebDriver"),
        "drives the window in the tests",
        "webkit2gtk-driver",
        "webkit2gtk4.1",
        "webkit2gtk-4.1",
    ),
    &linux(
        Sign::Program("chromium"),
        "runs the window's pages in the tests",
        "chromium",
        "chromium",
        "chromium",
    ),
];

/// Builds the installer for Windows.
pub(crate) const MAKENSIS: Requirement = Requirement {
    sign: Sign::Program("makensis"),
    purpose: "builds the installer for Windows",
    debian: "nsis",
    fedora: "mingw64-nsis",
    arch: "nsis",
    macos: "brew install makensis",
    windows: "winget install NSIS.NSIS",
};

/// Serves an update and signs its certificate, where one is tried.
pub(crate) const OPENSSL: Requirement =
    linux(Sign::Program("openssl"), "serves an update that is tried", "openssl", "openssl", "openssl");

/// A clean Debian to install a package in.
pub(crate) const DEBOOTSTRAP: &[&Requirement] = &[&linux(
    Sign::Program("debootstrap"),
    "makes a clean root to install the package in",
    "debootstrap",
    "debootstrap",
    "debootstrap",
)];

/// Something that only Linux needs.
const fn linux(
    sign: Sign,
    purpose: &'static str,
    debian: &'static str,
    fedora: &'static str,
    arch: &'static str,
) -> Requirement {
    Requirement { sign, purpose, debian, fedora, arch, macos: "", windows: "" }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum System {
    Debian,
    Fedora,
    Arch,
    Macos,
    Windows,
    Unknown,
}

/// Installs what is missing with apt where this user may, else ends with the command to type.
pub(crate) fn ensure(requirements: &[&Requirement]) -> Result<()> {
    let system = this_system();
    let missing: Vec<&Requirement> = requirements
        .iter()
        .copied()
        .filter(|requirement| !requirement.source(system).is_empty() && !requirement.sign.is_seen())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    for requirement in &missing {
        println!("missing: {} ({})", requirement.sign.name(), requirement.purpose);
    }
    if system == System::Debian && install_with_apt(&missing)? {
        return Ok(());
    }
    bail!("{}", advice(system, &missing));
}

fn this_system() -> System {
    if cfg!(windows) {
        System::Windows
    } else if cfg!(target_os = "macos") {
        System::Macos
    } else {
        linux_family(&std::fs::read_to_string("/etc/os-release").unwrap_or_default())
    }
}

/// The family that `/etc/os-release` names in `ID` or `ID_LIKE` (freedesktop os-release).
fn linux_family(os_release: &str) -> System {
    let names: Vec<&str> = os_release
        .lines()
        .filter_map(|line| line.strip_prefix("ID=").or_else(|| line.strip_prefix("ID_LIKE=")))
        .flat_map(|value| value.trim_matches('"').split(' '))
        .collect();
    if names.iter().any(|name| ["debian", "ubuntu"].contains(name)) {
        System::Debian
    } else if names.iter().any(|name| ["fedora", "rhel"].contains(name)) {
        System::Fedora
    } else if names.contains(&"arch") {
        System::Arch
    } else {
        System::Unknown
    }
}

/// Whether apt could be used: as root, or through sudo that asks for no password.
fn install_with_apt(missing: &[&Requirement]) -> Result<bool> {
    let mut prefix: Vec<&str> = Vec::new();
    if !is_root() {
        let sudo =
            on_path("sudo") && command("sudo").args(["-n", "true"]).status().is_ok_and(|s| s.success());
        if !sudo {
            return Ok(false);
        }
        prefix.push("sudo");
    }
    let packages: Vec<&str> = missing.iter().flat_map(|requirement| requirement.debian.split(' ')).collect();
    println!("installing with apt: {}", packages.join(" "));
    apt(&prefix, &["update", "-q"])?;
    apt(&prefix, &[&["install", "-q", "-y", "--no-install-recommends"], packages.as_slice()].concat())?;
    Ok(true)
}

fn apt(prefix: &[&str], arguments: &[&str]) -> Result<()> {
    let words = [prefix, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"], arguments].concat();
    must_pass(command(words[0]).args(&words[1..]))
}

fn is_root() -> bool {
    std::process::Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim() == "0")
}

fn advice(system: System, missing: &[&Requirement]) -> String {
    let joined = |separator: &str| {
        missing.iter().map(|requirement| requirement.source(system)).collect::<Vec<_>>().join(separator)
    };
    match system {
        System::Debian => format!("install it with\n  sudo apt-get install {}", joined(" ")),
        System::Fedora => format!("install it with\n  sudo dnf install {}", joined(" ")),
        System::Arch => format!("install it with\n  sudo pacman -S {}", joined(" ")),
        System::Macos | System::Windows => format!("install it with\n  {}", joined("\n  ")),
        System::Unknown => format!("install with this system's package manager: {}", joined(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn os_release_names_the_family_by_id_or_likeness() {
        let cases = [
            ("ID=debian\nVERSION_ID=\"12\"\n", System::Debian),
            ("NAME=Mint\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", System::Debian),
            ("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", System::Fedora),
            ("ID=arch\n", System::Arch),
            ("ID=void\n", System::Unknown),
            ("", System::Unknown),
        ];
        for (text, system) in cases {
            assert_eq!(linux_family(text), system, "{text}");
        }
    }

    #[test]
    fn every_system_gets_a_command_that_names_each_missing_program() {
        let missing = [&NPM, &PYTHON];
        for (system, command) in [
            (System::Debian, "sudo apt-get install nodejs npm python3 python3-venv"),
            (System::Fedora, "sudo dnf install nodejs npm python3"),
            (System::Arch, "sudo pacman -S nodejs npm python"),
            (System::Macos, "brew install node"),
            (System::Windows, "winget install OpenJS.NodeJS.LTS"),
            (System::Unknown, "npm, ensurepip"),
        ] {
            assert!(advice(system, &missing).contains(command), "{system:?}");
        }
    }
}
