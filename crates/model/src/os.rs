use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Whose rules and paths hold. Not necessarily the machine this program runs on: a home that was copied from
/// somewhere else keeps its own system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Os {
    /// Windows 10 and later.
    Windows,
    /// macOS.
    Macos,
    /// Any Linux desktop.
    Linux,
}

impl Os {
    /// The system that this program was built for.
    pub const fn current() -> Self {
        if cfg!(windows) {
            Self::Windows
        } else if cfg!(target_os = "macos") {
            Self::Macos
        } else {
            Self::Linux
        }
    }

    /// The word that the command line uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Windows => "windows",
            Self::Macos => "macos",
            Self::Linux => "linux",
        }
    }
}

impl fmt::Display for Os {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Os {
    type Err = UnknownOs;

    fn from_str(text: &str) -> Result<Self, UnknownOs> {
        match text {
            "windows" => Ok(Self::Windows),
            "macos" => Ok(Self::Macos),
            "linux" => Ok(Self::Linux),
            other => Err(UnknownOs(other.to_owned())),
        }
    }
}

/// The text named no system that Bridgekeeper knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownOs(String);

impl fmt::Display for UnknownOs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is none of windows, macos, linux", self.0)
    }
}

impl std::error::Error for UnknownOs {}
