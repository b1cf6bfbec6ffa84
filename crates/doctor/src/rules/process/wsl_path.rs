use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::program;

rule! {
    /// A Linux path or shell was used on native Windows, or the WSL distribution behind it has no shell.
    ///
    /// ## Why it matters
    ///
    /// Claude Desktop is a Windows program. It cannot start `/bin/bash` or a script under `/home`; only
    /// `wsl.exe` can.
    ///
    /// ## What to do
    ///
    /// Use `wsl.exe` as the command, with the Linux command behind it, and name a real distribution with `-d`.
    /// Or install the server on Windows and give Windows paths.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// Error: spawn /usr/bin/bash ENOENT
    /// ```
    ///
    /// ```log,finds
    /// <3>WSL (9) ERROR: CreateProcessCommon:640: execvpe(/bin/bash) failed: No such file or directory
    /// ```
    ///
    /// ```log,finds
    /// Error: Cannot find module 'C:\home\ada\server\index.js'
    /// ```
    ///
    /// ```log,finds
    /// Windows Subsystem for Linux has no installed distributions.
    /// ```
    ///
    /// ```log,finds
    /// /bin/bash: line 1: D:\tools\notes\run.sh: command not found
    /// ```
    ///
    /// ```log,silent
    /// Error: spawn /Users/ada/.venv/bin/python ENOENT
    /// ```
    ///
    /// ```log,silent
    /// [info] Using MCP server command: wsl.exe with args and path: {
    /// ```
    pub(crate) static RULE = {
        id: "wsl-path",
        severity: Severity::Error,
        message: "{path} belongs to Linux, and Claude runs on Windows",
        hides: &["path-not-found", "spawn-enoent-other"],
        fixes: &["use-wsl-exe", "edit-config"],
        detect: Detect::Log {
            needles: &[
                "spawn /", "wsl", "subsystem for linux", "execvpe(", "\\home\\", "\\mnt\\",
                "unc paths are not supported", "sh: c:", "directory: c:", "spawn bash enoent",
                "createprocess", "command not found",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

/// Programs that every Unix has, so that only Windows can miss them.
const EVERYWHERE: &[&str] =
    &["/bin/bash", "/usr/bin/bash", "/bin/sh", "/usr/bin/sh", "/usr/bin/env", "/bin/zsh", "bash"];

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let found = |path: &str| Some(Sign::new().with("path", path));
    if let Some(missing) = program::missing(line).filter(|missing| EVERYWHERE.contains(&missing.program)) {
        return found(missing.program);
    }
    if line.has_any(&["execvpe(", "wsl", "subsystem for linux"])
        && line.has_any(&[
            "failed: no such file",
            "no installed distributions",
            "wsl_e_",
            "there is no distribution",
        ])
    {
        return found(line.between("execvpe(", ")").unwrap_or("The WSL distribution"));
    }
    if let Some(module) = line.quoted_after("cannot find module ") {
        let lower = module.to_ascii_lowercase();
        if ["c:\\home\\", "c:\\mnt\\"].iter().any(|start| lower.starts_with(start)) {
            return found(module);
        }
    }
    // A shell of Linux that got a Windows path, with or without its backslashes.
    if line.has("sh: ") && line.has_any(&["no such file", "command not found"]) {
        // The shell may have taken the backslashes out.
        let drive =
            |part: &&str| matches!(part.as_bytes(), [drive, b':', _, ..] if drive.is_ascii_alphabetic());
        if let Some(path) = line.text.split(": ").find(drive) {
            return found(path);
        }
    }
    let foreign =
        line.has("unc paths are not supported") || line.has("subsystem for linux instance has terminated");
    let linux_program =
        line.quoted_after("").filter(|name| name.starts_with("/mnt/") || name.starts_with("/home/"));
    match linux_program {
        Some(path) if line.has("is not recognized") => found(path),
        _ if foreign => found("A WSL folder"),
        _ => None,
    }
}
