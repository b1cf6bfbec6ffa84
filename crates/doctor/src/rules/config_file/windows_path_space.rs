use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::paths;
use crate::signs::program;

rule! {
    /// Windows cut a path or an argument at a space, because `cmd.exe` got it without quotes.
    ///
    /// ## Why it matters
    ///
    /// Claude starts `npx` and other `.cmd` files through `cmd.exe /C`. When the path of the program, or any
    /// argument, has a space, the quoting breaks and Windows looks for a program that is called like the first
    /// half.
    ///
    /// ## What to do
    ///
    /// Keep spaces out of `args`: put the value into `env` and refer to it, as in
    /// `"Authorization:${AUTH_HEADER}"`. For a path use its 8.3 form, or start `node` with the full path of the
    /// script. Bridgekeeper can write this for you.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// 2026-03-02T08:15:00.300Z [notes] [info] Server started and connected successfully { metadata: undefined }
    /// 'D:\My' is not recognized as an internal or external command,
    /// operable program or batch file.
    /// ```
    ///
    /// ```log,finds
    /// Der Befehl "C:\Program" ist entweder falsch geschrieben oder
    /// konnte nicht gefunden werden.
    /// ```
    ///
    /// ```log,finds
    /// 'C:\Users\Ada' n'est pas reconnu en tant que commande interne
    /// ```
    ///
    /// ```log,finds
    /// 'C:\Program' ²»ÊÇÄÚ²¿»òÍâ²¿ÃüÁî£¬Ò²²»ÊÇ¿ÉÔËÐÐµÄ³ÌÐò
    /// ```
    ///
    /// ```log,finds
    /// npm error Error: EPERM: operation not permitted, mkdir 'C:\Users\Ada'
    /// ```
    ///
    /// ```log,finds
    /// [5120] Warning: ignoring invalid header argument: Authorization:
    /// ```
    ///
    /// ```log,finds
    /// spaces inside args aren't escaped
    /// ```
    ///
    /// ```log,silent
    /// 'npx' is not recognized as an internal or external command,
    /// ```
    ///
    /// ```log,silent
    /// Error: Cannot find module 'C:\work\server\index.js'
    /// ```
    pub(crate) static RULE = {
        id: "windows-path-space",
        severity: Severity::Error,
        message: "Windows cut a command at a space: `{fragment}`",
        hides: &[
            "path-not-found", "http-401", "wsl-path", "spawn-enoent-other", "permission-denied",
            "npm-permission",
        ],
        fixes: &["spaces-to-env", "use-bridge", "short-path", "node-script", "edit-config"],
        detect: Detect::Log {
            needles: &[
                "is not recognized", "falsch geschrieben", "pas reconnu", "no se reconoce",
                "riconosciuto come comando", "reconhecido como um comando", "herkend als een interne",
                "nie jest rozpoznawan", "не является внутренней", "不是内部或外部命令", "不是內部或外部命令",
                "内部コマンドまたは外部コマンド", "내부 또는 외부 명령", "ya da dış komut", "názvem vnit", "internt kommando",
                "\u{FFFD}", "²»ÊÇÄÚ²¿", "bash: ", "cannot find module", "mkdir 'c:\\", "lstat 'c:\\",
                "ignoring invalid header", "name:value form", "inside args aren't escaped",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let fragment = program::unrecognised(line.text)
        .filter(|name| is_cut(name))
        .or_else(|| cut_by_a_shell(line))
        .or_else(|| cut_module(line))
        .or_else(|| cut_home(line))
        .or_else(|| cut_header(line))
        .or_else(|| line.has("inside args aren't escaped").then_some("args"))?;
    Some(Sign::new().with("fragment", fragment))
}

/// A path that ends where a space stood: it has a drive and no program's ending.
fn is_cut(name: &str) -> bool {
    (paths::has_drive(name) || name.starts_with("\\\\")) && !paths::is_windows_program(name)
}

/// The second half of a Windows path, taken for a file: `bash: Files\Git\bin\bash.exe: No such file or directory`.
fn cut_by_a_shell<'a>(line: &LogLine<'a>) -> Option<&'a str> {
    let name = line.between("bash: ", ": no such file")?.rsplit(": ").next()?;
    let half = name.contains('\\') || name.starts_with("Files/") || paths::is_windows_program(name);
    (half && !paths::is_absolute(name) && !name.contains(' ') && !name.starts_with("C:")).then_some(name)
}

fn cut_module<'a>(line: &LogLine<'a>) -> Option<&'a str> {
    let module = line.quoted_after("cannot find module ")?;
    module.to_ascii_lowercase().ends_with(":\\program").then_some(module)
}

/// npm, asked to make the first half of a home folder that has a space.
fn cut_home<'a>(line: &LogLine<'a>) -> Option<&'a str> {
    let path = line.quoted_after("mkdir ").or_else(|| line.quoted_after("lstat "))?;
    let home = path.to_ascii_lowercase();
    let name = home.strip_prefix("c:\\users\\")?;
    (!name.is_empty() && !name.contains('\\') && line.has("npm")).then_some(path)
}

/// The bridge got the name of a header without its value.
fn cut_header<'a>(line: &LogLine<'a>) -> Option<&'a str> {
    let header = line.after("ignoring invalid header argument:").or_else(|| line.after("name:value form"))?;
    Some(header.trim_start_matches([':', ' ']).trim())
}
