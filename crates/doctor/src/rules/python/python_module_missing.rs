use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::paths;

rule! {
    /// The Python that runs the server does not have a module that it needs.
    ///
    /// ## Why it matters
    ///
    /// Claude starts the interpreter that the entry names and knows nothing of your virtual environment. What
    /// is installed in one interpreter is missing in another; `cwd` in the entry does not help.
    ///
    /// ## What to do
    ///
    /// Give the full path of the environment's interpreter (`/path/.venv/bin/python`), or start the project
    /// with `uv run --directory /path/to/project …`, or install the package into the interpreter that is used.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// Traceback (most recent call last):
    ///   File "/srv/acme/server.py", line 2, in <module>
    ///     import httpx
    /// ModuleNotFoundError: No module named 'httpx'
    /// ```
    ///
    /// ```log,finds
    /// /usr/bin/python3: No module named acme_mcp
    /// ```
    ///
    /// ```log,finds
    /// error: Failed to spawn: `acme-mcp`
    ///   Caused by: No such file or directory (os error 2)
    /// ```
    ///
    /// ```log,finds
    /// ImportError: cannot import name 'FastMCP' from 'mcp.server' (/srv/lib/mcp/server/__init__.py)
    /// ```
    ///
    /// ```log,silent
    /// error: Failed to spawn: `/srv/acme/.venv/bin/acme`
    /// ```
    ///
    /// ```log,silent
    /// Loaded module named acme
    /// ```
    pub(crate) static RULE = {
        id: "python-module-missing",
        severity: Severity::Error,
        message: "Python has no module {module} where this server runs",
        hides: &["path-not-found"],
        fixes: &["venv-python", "install-python-packages", "edit-config"],
        detect: Detect::Log {
            needles: &[
                "modulenotfounderror", "no module named", "importerror", "failed to spawn: `",
                "dll load failed", "packagenotfounderror", "error while finding module specification",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let module = line
        .quoted_after("no module named ")
        .or_else(|| line.after("no module named ").and_then(|rest| rest.split([' ', ';', ')']).next()))
        .or_else(|| {
            line.quoted_after("failed to spawn: ")
                .filter(|name| !paths::is_path(name) && !paths::is_script(name))
        })
        .or_else(|| line.quoted_after("cannot import name "))
        .or_else(|| {
            line.has_any(&[
                "dll load failed",
                "packagenotfounderror",
                "error while finding module",
                "importerror:",
            ])
            .then_some("it needs")
        })?;
    Some(Sign::new().with("module", module))
}
