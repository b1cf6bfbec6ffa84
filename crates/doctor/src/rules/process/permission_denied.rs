use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// The system does not let Claude run the program, or the server read its files.
    ///
    /// ## Why it matters
    ///
    /// A program needs its execute bit, and a script the right interpreter. Extensions that were unpacked
    /// without it, and files that belong to somebody else, fail at once.
    ///
    /// ## What to do
    ///
    /// On macOS and Linux: `chmod +x FILE`. Check that the file belongs to you and that it is made for this
    /// kind of computer; reinstall the package if it lost its mode.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// Error: spawn /opt/tools/acme-mcp EACCES
    /// ```
    ///
    /// ```log,finds
    /// sh: /Users/ada/node_modules/.bin/acme-mcp: Permission denied
    /// ```
    ///
    /// ```log,finds
    /// OSError: [Errno 8] Exec format error: '/opt/tools/acme-mcp'
    /// ```
    ///
    /// ```log,finds
    /// PermissionError: [WinError 5] Zugriff verweigert
    /// ```
    ///
    /// ```log,finds
    /// npx : Die Datei "C:\Program Files\nodejs\npx.ps1" kann nicht geladen werden.
    /// + CategoryInfo          : Sicherheitsfehler: (:) [], PSSecurityException
    /// ```
    ///
    /// ```log,silent
    /// docker: permission denied while trying to connect to the Docker daemon socket
    /// ```
    ///
    /// ```log,silent
    /// Error: listen EACCES: permission denied 127.0.0.1:3334
    /// ```
    ///
    /// ```log,silent
    /// git@example.org: Permission denied (publickey).
    /// ```
    pub(crate) static RULE = {
        id: "permission-denied",
        severity: Severity::Error,
        message: "{path} may not be run or read: permission denied",
        hides: &[],
        fixes: &["make-executable", "reinstall-package"],
        detect: Detect::Log {
            needles: &[
                "eacces", "spawn eperm", "blocked by group policy", "permission denied", "enoexec",
                "exec format error", "cannot execute binary file",
                "access is denied", "zugriff verweigert", "accès refusé", "acceso denegado",
                "acesso negado", "accesso negato", "toegang geweigerd", "odmowa dostępu",
                "отказано в доступе", "拒绝访问", "アクセスが拒否されました", "winerror 5]", "bad cpu type",
                "pssecurityexception", "about_execution_policies", "keine berechtigung",
                "permission non accordée", "permiso denegado", "permesso negato", "permissão negada",
                "brak dostępu", "权限不够", "許可がありません",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let foreign = line.has_any(&[
        "listen eacces",
        "docker",
        "publickey",
        "npm error",
        "npm err!",
        "_cacache",
        "bind:",
        "http ",
    ]);
    let refused = line.has_any(&[
        "eacces",
        "spawn eperm",
        "blocked by group policy",
        "permission denied",
        "enoexec",
        "exec format error",
        "cannot execute binary file",
        "keine berechtigung",
        "permission non accordée",
        "permiso denegado",
        "permesso negato",
        "permissão negada",
        "brak dostępu",
        "权限不够",
        "許可がありません",
        "access is denied",
        "zugriff verweigert",
        "accès refusé",
        "acceso denegado",
        "acesso negado",
        "accesso negato",
        "toegang geweigerd",
        "odmowa dostępu",
        "отказано в доступе",
        "拒绝访问",
        "アクセスが拒否されました",
        "winerror 5]",
        "bad cpu type",
    ]);
    // PowerShell's own word stays English in every language.
    if line.has_any(&["pssecurityexception", "about_execution_policies"]) {
        return Some(Sign::new().with("path", "A script of PowerShell"));
    }
    (refused && !foreign).then(|| Sign::new().with("path", path(line)))
}

fn path<'a>(line: &LogLine<'a>) -> &'a str {
    let spawned = line.between("spawn ", " eacces").or_else(|| line.between("spawnsync ", " eacces"));
    let quoted = line.quoted_after("denied").or_else(|| line.quoted_after("error"));
    let shell = line.text.split(": ").find(|part| part.starts_with(['/', '~', '.']));
    spawned.or(quoted).or(shell).unwrap_or("A file of the server")
}
