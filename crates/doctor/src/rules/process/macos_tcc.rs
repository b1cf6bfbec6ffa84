use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::paths;

rule! {
    /// macOS privacy protection refused the server a protected folder, database or app.
    ///
    /// ## Why it matters
    ///
    /// Claude starts servers so that they do not inherit its own permissions, and no question appears.
    /// Documents, Desktop, Downloads, iCloud, Mail, Notes, Calendar and other apps' data are protected.
    ///
    /// ## What to do
    ///
    /// Move the server and its files out of the protected folder, or add the program that runs it to System
    /// Settings > Privacy & Security > Full Disk Access (or to the named category), and restart Claude.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// PermissionError: [Errno 1] Operation not permitted: '/Users/ada/Documents/notes/.venv/pyvenv.cfg'
    /// ```
    ///
    /// ```log,finds
    /// sqlite3.OperationalError: unable to open database file
    /// ```
    ///
    /// ```log,finds
    /// ls: /Users/ada/Library/Mail: Operation not permitted
    /// ```
    ///
    /// ```log,finds
    /// execution error: Not authorized to send Apple events to Reminders. (-1743)
    /// ```
    ///
    /// ```log,silent
    /// npm error EPERM: operation not permitted, rename 'C:\Users\ada\AppData\Local\npm-cache\_cacache\tmp'
    /// ```
    ///
    /// ```log,silent
    /// chown: changing ownership of '/data': Operation not permitted
    /// ```
    pub(crate) static RULE = {
        id: "macos-tcc",
        severity: Severity::Error,
        message: "macOS privacy protection keeps the server from {place}",
        hides: &["permission-denied", "python-module-missing", "path-not-found"],
        fixes: &["grant-full-disk-access", "move-out-of-protected-folder"],
        detect: Detect::Log {
            needles: &[
                "operation not permitted", "unable to open database file", "authorization denied",
                "init_import_site", "full disk access", "privacy & security",
                "not authorized to send apple events", "-1743", "errno 1]", "access denied. grant",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let not_permitted = line.has("operation not permitted")
        && !paths::mentions_drive(line.text)
        && !line.has_any(&["npm ", ".npm", "chown", "docker"])
        && line.has_any(&[
            "/users/",
            "~/",
            "errno 1]",
            "pyvenv.cfg",
            "/library/",
            "/volumes/",
            "getcwd",
            "documents",
            "desktop",
            "icloud",
        ]);
    let database = line.has("unable to open database file")
        || line.has("authorization denied") && line.has_any(&["sqlite", "database", "chat.db", "(code: 23)"]);
    let python = line.has("init_import_site");
    let asks =
        line.has_any(&["full disk access", "privacy & security", "not authorized to send apple events"])
            || line.has("-1743") && line.has("error");
    let place = line
        .text
        .split([' ', '\'', '"'])
        .find(|word| word.starts_with("/Users") || word.starts_with("~/"))
        .map_or("a protected place", |word| word.trim_end_matches(':'));
    (not_permitted || database || python || asks).then(|| Sign::new().with("place", place))
}
