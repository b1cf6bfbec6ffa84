use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::module;
use crate::signs::paths;
use crate::signs::program;

rule! {
    /// A script, folder or program that the entry names does not exist.
    ///
    /// ## Why it matters
    ///
    /// The server cannot start without it. Often the project was not built yet, the virtual environment was not
    /// made, the path is relative, or a drive or folder was renamed.
    ///
    /// ## What to do
    ///
    /// Give the full path and check that the file is there. For a project in TypeScript run its build first;
    /// for Python make the virtual environment. A relative path is taken from the folder that Claude starts
    /// servers in, not from the config's folder.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// Error: Cannot find module '/Users/ada/weather/build/index.js'
    ///     at Module._resolveFilename (node:internal/modules/cjs/loader:1145:15)
    /// ```
    ///
    /// ```log,finds
    /// python3: can't open file '//server.py': [Errno 2] No such file or directory
    /// ```
    ///
    /// ```log,finds
    /// 2026-03-02T08:15:00.150Z [notes] [error] spawn /Users/ada/notes/.venv/bin/python ENOENT { metadata: undefined }
    /// ```
    ///
    /// ```log,finds
    /// Das System kann den angegebenen Pfad nicht finden.
    /// ```
    ///
    /// ```log,finds
    /// error: Project directory `/Users/ada/wether` does not exist
    /// ```
    ///
    /// ```log,finds
    /// Error accessing directory /Users/ada/Old Files: Error: ENOENT: no such file or directory, stat '/Users/ada/Old Files'
    /// ```
    ///
    /// ```log,silent
    /// Error: Cannot find module 'zod'
    /// ```
    ///
    /// ```log,silent
    /// env: node: No such file or directory
    /// ```
    ///
    /// ```log,silent
    /// Session abc does not exist
    /// ```
    ///
    /// ```log,finds
    /// error: Module not found "file:///Users/ada/weather/src/index.ts".
    /// ```
    pub(crate) static RULE = {
        id: "path-not-found",
        severity: Severity::Error,
        message: "{path} does not exist",
        hides: &[],
        fixes: &["correct-path", "build-project", "edit-config"],
        detect: Detect::Log {
            needles: &[
                "cannot find module", "can't open file", " enoent", "enoent:", "no such file or directory",
                "cannot find the path", "cannot find the file", "angegebenen pfad", "angegebene datei",
                "chemin d'acc", "chemin d’acc", "fichier sp", "no puede encontrar", "não pode encontrar",
                "impossibile trovare il", "opgegeven pad", "opgegeven bestand", "nie może odnaleźć",
                "не удается найти", "找不到指定的", "指定されたパス", "指定されたファイル", "does not exist",
                "no `pyproject.toml` found", "unable to access jarfile", "not a directory", "enotdir",
                "specified directories are accessible", "specified command or file was not found",
                "project file does not exist", "failed to spawn: `", "failed to spawn: `/",
                "failed to spawn: `c:", "failed to spawn: `.", "os error 2", "os error 3", "winerror 2",
                "winerror 3", "no such directory", "unable to create process using", "script not found",
                "module not found \"",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

/// "The system cannot find the path (or file) specified" as Windows says it elsewhere.
const LOCALISED: &[&str] = &[
    "angegebenen pfad nicht finden",
    "angegebene datei nicht finden",
    "chemin d'accès spécifié",
    "chemin d'acc",
    "chemin d’acc",
    "fichier spécifié",
    "no puede encontrar la ruta",
    "no puede encontrar el archivo",
    "não pode encontrar o caminho",
    "não pode encontrar o arquivo",
    "impossibile trovare il percorso",
    "impossibile trovare il file specificato",
    "opgegeven pad niet vinden",
    "opgegeven bestand niet vinden",
    "nie może odnaleźć określonej ścieżki",
    "nie może odnaleźć określonego pliku",
    "не удается найти указанный",
    "找不到指定的",
    "指定されたパスが見つかりません",
    "指定されたファイルが見つかりません",
    "cannot find the path specified",
    "cannot find the file specified",
];

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let path =
        script(line).or_else(|| program_path(line)).or_else(|| tool(line)).or_else(|| file(line)).or_else(
            || LOCALISED.iter().any(|text| line.has(text)).then_some("A path or file of the entry"),
        )?;
    Some(Sign::new().with("path", path))
}

fn script<'a>(line: &LogLine<'a>) -> Option<&'a str> {
    if let Some(missing) = module::missing(line) {
        return missing.is_script().then_some(missing.module);
    }
    // Bun and Deno
    if let Some(module) = line.quoted_after("module not found ") {
        return (paths::is_path(module) || module.starts_with("file:")).then_some(module);
    }
    line.has("can't open file").then(|| line.quoted_after("open file ").unwrap_or("The script"))
}

fn program_path<'a>(line: &LogLine<'a>) -> Option<&'a str> {
    let missing = program::missing(line)?;
    (paths::is_path(missing.program) && !paths::is_command_line(missing.program)).then_some(missing.program)
}

/// uv, Java, .NET, the file server, Python's launcher.
fn tool<'a>(line: &LogLine<'a>) -> Option<&'a str> {
    if line.has("does not exist")
        && line.has_any(&["directory", "folder", " path", "file"])
        && !line.has_any(&["module", "pull access"])
    {
        return Some(
            line.quoted_after("directory ")
                .or_else(|| line.quoted_after(""))
                .unwrap_or("A folder of the entry"),
        );
    }
    if line.has("failed to spawn: `") {
        return line
            .quoted_after("failed to spawn: ")
            .filter(|program| paths::is_path(program) || paths::is_script(program));
    }
    if line.has("unable to access jarfile") {
        return line.after("jarfile ");
    }
    if line.has("unable to create process using") {
        return Some("The interpreter of this launcher");
    }
    let known = line.has_any(&[
        "no `pyproject.toml` found",
        "specified directories are accessible",
        "specified command or file was not found",
        "project file does not exist",
        "enotdir",
        "script not found",
        "no such directory",
    ]);
    known.then_some("A folder or file of the entry")
}

/// A file that was opened, listed or looked up.
fn file<'a>(line: &LogLine<'a>) -> Option<&'a str> {
    let node =
        ["open ", "scandir ", "stat ", "lstat ", "access ", "readlink ", "realpath ", "chdir ", "uv_cwd"];
    if line.has("enoent: no such file or directory") {
        let path = node.iter().find_map(|call| line.quoted_after(&format!(", {call}")));
        return Some(path.unwrap_or("A file of the server"));
    }
    if line.has("no such file or directory") {
        let docker_socket = line.has("docker.sock");
        let env = line.has("env: ") && program::missing(line).is_some();
        let helper =
            line.has_any(&["failed to spawn process", "failed to spawn command"]) || line.has("_npx");
        if docker_socket || env || helper || line.has_any(&["read-only", "execvpe("]) {
            return None;
        }
        let quoted = line.quoted_after("directory").filter(|path| paths::is_path(path) || path.contains('.'));
        let zsh = line
            .after("no such file or directory: ")
            .map(str::trim)
            .filter(|path| paths::is_absolute(path) && !paths::has_drive(path));
        let shell = line
            .lower
            .find(": no such file or directory")
            .map(|at| line.text[..at].rsplit(": ").next().unwrap_or_default());
        let shell = shell.filter(|path| paths::is_path(path) && !path.contains(' ') || path.starts_with('/'));
        return quoted.or(shell).or(zsh).or_else(|| line.has("os error 2").then_some("A file of the server"));
    }
    line.has_any(&["winerror 2]", "winerror 3]"]).then_some("A path or file of the entry")
}
