use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// The server needs a newer Python than the one that runs it.
    ///
    /// ## Why it matters
    ///
    /// Claude or uv took an interpreter that is older than the package allows, so the package cannot be
    /// installed or its code cannot be read.
    ///
    /// ## What to do
    ///
    /// Install a newer Python and name it: `uvx --python 3.12 …`, or the full path of the newer interpreter as
    /// the command.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    ///   × No solution found when resolving tool dependencies:
    ///   ╰─▶ Because the current Python version (3.9.6) does not satisfy Python>=3.11 and acme-mcp==1.2.0 depends on Python>=3.11, we can conclude that acme-mcp==1.2.0 cannot be used.
    /// ```
    ///
    /// ```log,finds
    /// ERROR: Package 'acme-mcp' requires a different Python: 3.9.6 not in '>=3.10'
    /// ```
    ///
    /// ```log,finds
    ///     match command:
    ///           ^
    /// SyntaxError: invalid syntax
    /// ```
    ///
    /// ```log,finds
    /// TypeError: unsupported operand type(s) for |: 'type' and 'NoneType'
    /// ```
    ///
    /// ```log,finds
    /// error: No interpreter found for Python >=3.12 in managed installations or search path
    /// ```
    ///
    /// ```log,silent
    /// Using Python 3.12.1 interpreter at: /usr/bin/python3
    /// ```
    ///
    /// ```log,silent
    /// ImportError: cannot import name 'Server' from 'acme'
    /// ```
    pub(crate) static RULE = {
        id: "python-too-old",
        severity: Severity::Error,
        message: "The Python that runs this server is too old: {detail}",
        hides: &["python-module-missing", "python-dependency-resolution", "python-package-not-found"],
        fixes: &["newer-python", "edit-config"],
        detect: Detect::Log {
            needles: &[
                "requires-python", "python version (", "requires a different python",
                "does not satisfy python", "requires python", "python requirement",
                "require a different python", "syntaxerror: invalid syntax", "from 'typing'", "from 'enum'",
                "from 'datetime'", "from 'types'", "for |: '",
                "no module named 'tomllib'", "module 'asyncio' has no attribute", "no interpreter found",
                "python>=3", "python 3.1", "syntaxerror: expected ':'", "unsupported python version",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let resolver = line.has_any(&[
        "requires-python",
        "requires a different python",
        "does not satisfy python",
        "python requirement",
        "require a different python",
        "no interpreter found",
        "unsupported python version",
    ]);
    let wants = line.has_any(&["requires python", "python>=3", "python 3.1"])
        && line.has_any(&[
            "or newer",
            "or higher",
            "or later",
            "requires",
            "is required",
            "at least",
            "+ required",
        ])
        && !line.has_any(&["using python", "depends on"]);
    let resolver = resolver
        || line.has("python version (") && line.has("does not satisfy")
        || line.has("python>=3") && line.near(2, &["does not satisfy"]);
    let syntax = line.has("syntaxerror: invalid syntax") || line.has("syntaxerror: expected ':'");
    let typing = line.has("cannot import name")
        && line.has_any(&["from 'typing'", "from 'enum'", "from 'datetime'", "from 'types'"]);
    let union = line.has("unsupported operand type(s) for |: '");
    let library = line.has("no module named 'tomllib'") || line.has("module 'asyncio' has no attribute");
    (resolver || wants || syntax || typing || union || library).then(|| Sign::new().with("detail", line.text))
}
