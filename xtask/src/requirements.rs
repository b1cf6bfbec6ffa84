//! What a machine needs, and how it gets it: installed with apt where that is allowed, else the exact command
//! for the system at hand.

use anyhow::{Result, bail};

use crate::steps::{command, must_pass, on_path};

/// A program that must be there, and the package that brings it on each kind of system.
pub(crate) struct Requirement {
    /// The program that is looked for on the PATH.
    pub(crate) program: &'static str,
    /// What it is for, in a few words.
    pub(crate) purpose: &'static str,
    pub(crate) debian: &'static str,
    pub(crate) fedora: &'static str,
    pub(crate) arch: &'static str,
    pub(crate) macos: &'static str,
    pub(crate) windows: &'static str,
}

/// The C compiler that Rust links with and that builds the cryptography library.
pub(crate) const C_COMPILER: Requirement = Requirement {
    program: "cc",
    purpose: "links Rust programs and builds the TLS library",
    debian: "gcc libc6-dev",
    fedora: "gcc",
    arch: "gcc",
    macos: "xcode-select --install",
    windows: "winget install Microsoft.VisualStudio.2022.BuildTools",
};

/// Node with npm: reference servers that the bridge is tested against.
pub(crate) const NPM: Requirement = Requirement {
    program: "npm",
    purpose: "installs the reference MCP servers that the tests talk to (Node 20 or later)",
    debian: "nodejs npm",
    fedora: "nodejs npm",
    arch: "nodejs npm",
    macos: "brew install node",
    windows: "winget install OpenJS.NodeJS.LTS",
};

/// Python: FastMCP servers that the bridge is tested against.
pub(crate) const PYTHON: Requirement = Requirement {
    program: "python3",
    purpose: "runs the FastMCP server that the tests talk to (Python 3.10 or later)",
    debian: "python3 python3-venv",
    fedora: "python3",
    arch: "python",
    macos: "brew install python",
    windows: "winget install Python.Python.3.12",
};

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
    let missing: Vec<&Requirement> = requirements.iter().copied().filter(|r| !is_there(r)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    for requirement in &missing {
        println!("missing: {} ({})", requirement.program, requirement.purpose);
    }
    let system = this_system();
    if system == System::Debian && install_with_apt(&missing)? {
        return Ok(());
    }
    bail!("{}", advice(system, &missing));
}

fn is_there(requirement: &Requirement) -> bool {
    // MSVC's linker is found by rustc itself, not on the PATH
    (cfg!(windows) && requirement.program == C_COMPILER.program) || on_path(requirement.program)
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
    let packages: Vec<&str> = missing.iter().flat_map(|r| r.debian.split(' ')).collect();
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
    let packages =
        |of: fn(&Requirement) -> &'static str| missing.iter().map(|r| of(r)).collect::<Vec<_>>().join(" ");
    let lines = |of: fn(&Requirement) -> &'static str| {
        missing.iter().map(|r| of(r)).collect::<Vec<_>>().join(
            "
  ",
        )
    };
    match system {
        System::Debian => format!("install it with\n  sudo apt-get install {}", packages(|r| r.debian)),
        System::Fedora => format!("install it with\n  sudo dnf install {}", packages(|r| r.fedora)),
        System::Arch => format!("install it with\n  sudo pacman -S {}", packages(|r| r.arch)),
        System::Macos => format!("install it with\n  {}", lines(|r| r.macos)),
        System::Windows => format!("install it with\n  {}", lines(|r| r.windows)),
        System::Unknown => format!(
            "install with this system's package manager: {}",
            missing.iter().map(|r| r.program).collect::<Vec<_>>().join(", ")
        ),
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
            (System::Unknown, "npm, python3"),
        ] {
            assert!(advice(system, &missing).contains(command), "{system:?}");
        }
    }
}
