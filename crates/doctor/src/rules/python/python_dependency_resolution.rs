use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// uv or pip could not solve or build what the server depends on.
    ///
    /// ## Why it matters
    ///
    /// Two packages want versions that exclude each other, or one must be compiled and the tools for it are
    /// missing, or none is made for this Python.
    ///
    /// ## What to do
    ///
    /// Name a Python version that the packages support (`uvx --python 3.12 …`), pin a version of the server
    /// that is known to work, or install what the build asks for.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// ERROR: ResolutionImpossible: for help visit https://pip.pypa.io/
    /// ```
    ///
    /// ```log,finds
    ///   × Failed to build `greenlet==2.0.1`
    ///   ├─▶ The build backend returned an error
    /// ```
    ///
    /// ```log,finds
    ///       And because acme-core>=2 depends on pydantic<2 and acme-mcp depends on pydantic>=2, we can conclude that your requirements are unsatisfiable.
    /// ```
    ///
    /// ```log,silent
    /// Built acme-mcp @ file:///srv/acme
    /// ```
    ///
    /// ```log,silent
    /// npm error cannot be used
    /// ```
    pub(crate) static RULE = {
        id: "python-dependency-resolution",
        severity: Severity::Error,
        message: "The server's Python packages cannot be installed together",
        hides: &[],
        fixes: &["newer-python", "pin-version"],
        detect: Detect::Log {
            needles: &[
                "unsatisfiable", "no solution found", "resolutionimpossible", "conflicting dependencies",
                "failed to build", "failed building wheel", "subprocess-exited-with-error",
                "failed to download and build", "could not build wheels", "metadata-generation-failed",
                "build backend", "cannot be used", "lacks a wheel", "only has wheels for",
                "are incompatible",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let solver = line.has_any(&[
        "requirements are unsatisfiable",
        "are unsatisfiable",
        "no solution found when resolving",
        "resolutionimpossible",
        "conflicting dependencies",
    ]) || line.has_any(&["conclude that", "lacks a wheel for", "only has wheels for"])
        && line.has_any(&["cannot be used", "are incompatible", "platform"]);
    let build = line.has_any(&[
        "failed building wheel",
        "subprocess-exited-with-error",
        "failed to download and build",
        "could not build wheels",
        "metadata-generation-failed",
        "build backend returned an error",
        "failed to build `",
    ]);
    Sign::when(solver || build)
}
