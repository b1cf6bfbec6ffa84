//! The names of the files that each generation of mcp-remote leaves under its folder (`~/.mcp-auth`, or
//! `MCP_REMOTE_CONFIG_DIR`). A name tells what a file is; its content is not looked at here.

use crate::hash::ServerHash;

/// A file of mcp-remote's, known by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Which layout it belongs to.
    pub generation: Generation,
    /// The server it belongs to.
    pub hash: ServerHash,
    /// What it is.
    pub kind: FileKind,
}

/// A layout of the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Generation {
    /// Up to 0.0.12: the files stand in the folder itself.
    Flat,
    /// 0.0.13 to 0.3.1: one folder per version, which may lag the package's version by one release.
    PerVersion(String),
    /// Since 0.3.2: `mcp-remote-v1`.
    V1,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileKind {
    /// `client_info.json`: the registration (RFC 7591).
    ClientInfo,
    /// `tokens.json`.
    Tokens,
    /// `code_verifier*.txt`: the PKCE verifier of a sign-in; its suffix is a process id or the `state`.
    CodeVerifier {
        /// What follows `code_verifier_`.
        of: Option<String>,
    },
    /// `discovery_state_*.json`, since 0.14.5, during a sign-in.
    DiscoveryState {
        /// The `state` of the sign-in.
        of: String,
    },
    /// `refresh_in_progress.json`, since 0.8.3: a lease of 30 seconds.
    RefreshInProgress,
    /// `lock.json`, 0.0.14 to 0.2.x, never on Windows.
    Lock,
    /// `debug.log`, with `--debug`; holds tokens.
    DebugLog,
    /// Left over from an interrupted write of another file: `{file}.{pid}.{ms}.tmp`.
    LeftOver {
        /// The file that was being written.
        of: Box<FileKind>,
    },
}

impl StoredFile {
    /// Reads a path relative to the folder, with `/` or `\`. `None` for what is not mcp-remote's.
    pub fn parse(relative_path: &str) -> Option<Self> {
        let (folder, name) = match relative_path.rsplit_once(['/', '\\']) {
            Some((folder, name)) => (Some(folder), name),
            None => (None, relative_path),
        };
        let generation = match folder {
            None => Generation::Flat,
            Some(folder) => Generation::of_folder(folder)?,
        };
        let (hash, rest) = name.split_at_checked(32)?;
        let hash = ServerHash::from_hexadecimal(hash)?;
        let kind = FileKind::parse(rest.strip_prefix('_')?)?;
        Some(Self { generation, hash, kind })
    }

    /// Whether what is in it must be kept secret.
    pub fn is_secret(&self) -> bool {
        self.kind.is_secret()
    }
}

impl Generation {
    /// The generation that a folder name directly under mcp-remote's folder stands for.
    pub fn of_folder(name: &str) -> Option<Self> {
        match name.strip_prefix("mcp-remote-")? {
            "v1" => Some(Self::V1),
            version
                if version.starts_with(|c: char| c.is_ascii_digit()) && !version.contains(['/', '\\']) =>
            {
                Some(Self::PerVersion(version.to_owned()))
            }
            _ => None,
        }
    }
}

impl FileKind {
    fn parse(rest: &str) -> Option<Self> {
        let kind = match rest {
            "client_info.json" => Self::ClientInfo,
            "tokens.json" => Self::Tokens,
            "code_verifier.txt" => Self::CodeVerifier { of: None },
            "refresh_in_progress.json" => Self::RefreshInProgress,
            "lock.json" => Self::Lock,
            "debug.log" => Self::DebugLog,
            _ => return Self::parse_with_suffix(rest),
        };
        Some(kind)
    }

    fn parse_with_suffix(rest: &str) -> Option<Self> {
        if let Some(of) = rest.strip_prefix("code_verifier_").and_then(|rest| rest.strip_suffix(".txt")) {
            return Some(Self::CodeVerifier { of: Some(of.to_owned()) });
        }
        if let Some(of) = rest.strip_prefix("discovery_state_").and_then(|rest| rest.strip_suffix(".json")) {
            return Some(Self::DiscoveryState { of: of.to_owned() });
        }
        let mut parts = rest.strip_suffix(".tmp")?.rsplitn(3, '.');
        let (time, process, file) = (parts.next()?, parts.next()?, parts.next()?);
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(time) || !is_number(process) {
            return None;
        }
        Some(Self::LeftOver { of: Box::new(Self::parse(file)?) })
    }

    fn is_secret(&self) -> bool {
        match self {
            Self::ClientInfo | Self::Tokens | Self::CodeVerifier { .. } | Self::DebugLog => true,
            Self::DiscoveryState { .. } | Self::RefreshInProgress | Self::Lock => false,
            Self::LeftOver { of } => of.is_secret(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "452282f47054a8a06a3561004028c616";

    fn parse(path: &str) -> Option<(Generation, FileKind)> {
        let file = StoredFile::parse(&path.replace("{H}", HASH))?;
        assert_eq!(file.hash.as_str(), HASH);
        Some((file.generation, file.kind))
    }

    #[test]
    fn every_generation_is_known_by_its_folder() {
        assert_eq!(parse("{H}_tokens.json"), Some((Generation::Flat, FileKind::Tokens)));
        assert_eq!(parse("mcp-remote-v1/{H}_tokens.json"), Some((Generation::V1, FileKind::Tokens)));
        assert_eq!(
            parse(r"mcp-remote-0.1.37\{H}_client_info.json"),
            Some((Generation::PerVersion("0.1.37".into()), FileKind::ClientInfo))
        );
    }

    #[test]
    fn every_kind_is_known_by_its_name() {
        let kind = |name: &str| parse(&format!("mcp-remote-v1/{{H}}_{name}")).map(|(_, kind)| kind);
        assert_eq!(kind("code_verifier.txt"), Some(FileKind::CodeVerifier { of: None }));
        assert_eq!(kind("code_verifier_4711.txt"), Some(FileKind::CodeVerifier { of: Some("4711".into()) }));
        assert_eq!(kind("discovery_state_ab-1.json"), Some(FileKind::DiscoveryState { of: "ab-1".into() }));
        assert_eq!(kind("refresh_in_progress.json"), Some(FileKind::RefreshInProgress));
        assert_eq!(kind("lock.json"), Some(FileKind::Lock));
        assert_eq!(kind("debug.log"), Some(FileKind::DebugLog));
        let left_over = FileKind::LeftOver { of: Box::new(FileKind::Tokens) };
        assert!(left_over.is_secret());
        assert_eq!(kind("tokens.json.4711.1760000000000.tmp"), Some(left_over));
    }

    #[test]
    fn what_is_not_mcp_remotes_is_not_claimed() {
        for path in [
            "",
            "notes.txt",
            "{H}",
            "{H}_",
            "{H}_tokens.json.bak",
            "{H}_tokens.json.x.1.tmp",
            "{H}tokens.json",
            "other/{H}_tokens.json",
            "mcp-remote-v2/{H}_tokens.json",
            "mcp-remote-v1/deep/{H}_tokens.json",
            "mcp-remote-0.1/../{H}_tokens.json",
            "452282F47054A8A06A3561004028C616_tokens.json",
            "ääääääääääääääääääääääääääääääää_tokens.json",
        ] {
            assert_eq!(parse(path), None, "{path}");
        }
    }
}
