use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// The package or version that uvx or pip should run does not exist.
    ///
    /// ## Why it matters
    ///
    /// Nothing can be installed, so nothing starts. Some servers are not on the index at all and must be
    /// installed from their repository.
    ///
    /// ## What to do
    ///
    /// Correct the name or version. If the server lives in a repository, use `uvx --from git+https://… NAME`,
    /// or install it from a clone with `uv tool install .`.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    ///   × No solution found when resolving tool dependencies:
    ///   ╰─▶ Because acme-wether was not found in the package registry and you require acme-wether, we can conclude that your requirements are unsatisfiable.
    /// ```
    ///
    /// ```log,finds
    /// ERROR: No matching distribution found for acme-wether
    /// ```
    ///
    /// ```log,finds
    ///   ╰─▶ Because there is no version of acme-mcp==9.9 and you require acme-mcp==9.9, we can conclude that your requirements are unsatisfiable.
    /// ```
    ///
    /// ```log,finds
    /// An executable named `acme-server` is not provided by package `acme-mcp`.
    /// ```
    ///
    /// ```log,silent
    /// Because only acme-mcp<=1.0 is available and other depends on acme-mcp>=2, we can conclude
    /// ```
    ///
    /// ```log,silent
    /// Resolved 12 packages in 20ms
    /// ```
    pub(crate) static RULE = {
        id: "python-package-not-found",
        severity: Severity::Error,
        message: "The Python package index knows no {package}",
        hides: &["python-dependency-resolution", "http-404", "python-module-missing"],
        fixes: &["correct-package-name", "edit-config"],
        detect: Detect::Log {
            needles: &[
                "not found in the package registry", "there is no version of", "there are no versions of",
                "no matching distribution found", "could not find a version that satisfies",
                "executable named", "pypi.org/simple", "not found in the package index", "no such package",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let unknown = line.has_any(&[
        "not found in the package registry",
        "there is no version of",
        "there are no versions of",
        "no matching distribution found",
        "could not find a version that satisfies",
        "not found in the package index",
    ]);
    let executable = line.has("executable named") && line.has("not provided by");
    let index = line.has("pypi.org/simple") && line.has("404");
    let package = line
        .between("because ", " was not found")
        .or_else(|| line.between("no version of ", " and"))
        .or_else(|| line.after("distribution found for "))
        .or_else(|| line.after("satisfies the requirement ").and_then(|rest| rest.split(' ').next()))
        .or_else(|| line.quoted_after("by package "))
        .unwrap_or("package of this name");
    (unknown || executable || index).then(|| Sign::new().with("package", package))
}
