use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

use bridgekeeper_model::ServerName;

use crate::files::{self, Unreadable};
use crate::home::Home;
use crate::places::Places;

/// One of Claude's log files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFile {
    /// Where it is.
    pub path: PathBuf,
    /// What it tells of.
    pub kind: LogKind,
    /// Its size in bytes when it was looked at.
    pub bytes: u64,
    /// When it was last written, where the system says so.
    pub modified: Option<SystemTime>,
}

/// What a log file tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogKind {
    /// `mcp.log`: every server.
    Mcp,
    /// `mcp-server-NAME.log`: one server and what it prints.
    Server(ServerName),
    /// `main.log`: the application.
    Main,
    /// `window.log`, `claude.ai-web.log`, `unknown-window.log`: the windows.
    Window,
}

/// Claude's log files, and what could not be looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogFiles {
    /// The files, oldest writing first.
    pub files: Vec<LogFile>,
    /// Every folder that a build may write to.
    pub folders: Vec<PathBuf>,
    /// Folders that could not be listed and files that could not be looked at.
    pub unreadable: Vec<Unreadable>,
}

impl Home {
    /// Every log file in every folder that a build uses, rotated ones included.
    pub fn log_files(&self) -> LogFiles {
        let folders = Places::of(self).log_folders;
        let mut logs = LogFiles { folders, ..LogFiles::default() };
        let mut seen: Vec<PathBuf> = Vec::new();
        for folder in &logs.folders {
            // A packaged Claude's folder may be a link to the ordinary one.
            if seen.iter().any(|other| files::same_file(other, folder)) {
                continue;
            }
            seen.push(folder.clone());
            for name in files::list(folder, &mut logs.unreadable) {
                let Some(kind) = LogKind::of_name(&name) else { continue };
                match log_file(folder.join(name), kind) {
                    Ok(file) => logs.files.push(file),
                    Err(unreadable) => logs.unreadable.push(unreadable),
                }
            }
        }
        logs.files.sort_by(|a, b| a.modified.cmp(&b.modified).then_with(|| a.path.cmp(&b.path)));
        logs
    }
}

impl LogKind {
    /// What a file of that name tells of; `None` for what is none of these logs. Rotated files
    /// (`main.old.log`, `mcp1.log`, `mcp.log.1`) count as the file that they were.
    pub fn of_name(name: &str) -> Option<Self> {
        let stem = log_stem(name)?;
        if let Some(server) = stem.strip_prefix("mcp-server-") {
            return Some(Self::Server(ServerName::from(server)));
        }
        match stem.trim_end_matches(|c: char| c.is_ascii_digit()) {
            "mcp" => Some(Self::Mcp),
            "main" => Some(Self::Main),
            "window" | "claude.ai-web" | "unknown-window" => Some(Self::Window),
            _ => None,
        }
    }
}

/// The name without `.log`, `.old.log`, `.log.1`, `.log.old`.
fn log_stem(name: &str) -> Option<&str> {
    let (stem, rest) = name.rsplit_once(".log")?;
    let rotated = rest.strip_prefix('.').is_some_and(|rest| {
        rest == "old" || (!rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
    });
    if !rest.is_empty() && !rotated {
        return None;
    }
    Some(stem.strip_suffix(".old").unwrap_or(stem))
}

fn log_file(path: PathBuf, kind: LogKind) -> Result<LogFile, Unreadable> {
    match fs::metadata(&path) {
        Ok(metadata) if metadata.is_file() => {
            Ok(LogFile { path, kind, bytes: metadata.len(), modified: metadata.modified().ok() })
        }
        Ok(_) => Err(Unreadable { path, why: "it is not a regular file".to_owned() }),
        Err(error) => Err(Unreadable { path, why: error.to_string() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_a_log_is_of() {
        let server = |name: &str| Some(LogKind::Server(ServerName::from(name)));
        assert_eq!(LogKind::of_name("mcp.log"), Some(LogKind::Mcp));
        assert_eq!(LogKind::of_name("mcp1.log"), Some(LogKind::Mcp));
        assert_eq!(LogKind::of_name("mcp.log.1"), Some(LogKind::Mcp));
        assert_eq!(LogKind::of_name("main.old.log"), Some(LogKind::Main));
        assert_eq!(LogKind::of_name("claude.ai-web.log"), Some(LogKind::Window));
        assert_eq!(LogKind::of_name("mcp-server-@ada-notes.log"), server("@ada-notes"));
        assert_eq!(LogKind::of_name("mcp-server-notes (FastMCP).log"), server("notes (FastMCP)"));
        assert_eq!(LogKind::of_name("mcp-server-files.old.log"), server("files"));
        assert_eq!(LogKind::of_name("ssh.log"), None);
        assert_eq!(LogKind::of_name("mcp.txt"), None);
        assert_eq!(LogKind::of_name("mcp.log.bak"), None);
    }
}
