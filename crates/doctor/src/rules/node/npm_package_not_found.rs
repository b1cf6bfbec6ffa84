use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// The package that npx should run does not exist in the registry, or not in this version.
    ///
    /// ## Why it matters
    ///
    /// npx gives up before anything starts. A wrong scope, a typing error, or a name from a document that was
    /// never published is the usual reason.
    ///
    /// ## What to do
    ///
    /// Correct the name or the version in `args`; the server's own page says the right one. If it is a private
    /// package, sign in to its registry with npm first.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// npm error code E404
    /// npm error 404 Not Found - GET https://registry.npmjs.org/@acme%2fwether - Not found
    /// ```
    ///
    /// ```log,finds
    /// npm ERR! code ETARGET
    /// npm ERR! notarget No matching version found for @acme/weather@9.9.9.
    /// ```
    ///
    /// ```log,finds
    /// npm error could not determine executable to run
    /// ```
    ///
    /// ```log,finds
    /// ERR_PNPM_FETCH_404  GET https://registry.npmjs.org/acme-wether: Not Found - 404
    /// ```
    ///
    /// ```log,silent
    /// Received error (status 404): Not Found
    /// ```
    ///
    /// ```log,silent
    /// npm notice New major version of npm available
    /// ```
    pub(crate) static RULE = {
        id: "npm-package-not-found",
        severity: Severity::Error,
        message: "npm knows no package or version {package}",
        hides: &["http-404", "node-module-missing"],
        fixes: &["correct-package-name", "edit-config"],
        detect: Detect::Log {
            needles: &[
                "e404", "err! 404", "error 404", "not in this registry", "etarget", "notarget",
                "no matching version found", "could not determine executable", "err_pnpm_fetch_404",
                "err_pnpm_no_matching_version", "couldn't find package", "einvalidpackagename",
                "invalid package name", "registry.npmjs.org",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let tool =
        line.lower.starts_with("npm ") || line.has_any(&["npm err!", "npm error", "err_pnpm", "yarn", "bun"]);
    let missing = line.has_any(&[
        "e404",
        "err! 404",
        "error 404",
        "etarget",
        "notarget",
        "could not determine executable",
        "err_pnpm_fetch_404",
        "err_pnpm_no_matching_version",
        "couldn't find package",
        "einvalidpackagename",
        "invalid package name",
    ]);
    let said = line.has_any(&["is not in this registry", "no matching version found for"])
        || line.has("registry.npmjs.org") && line.has("404");
    (tool && missing || said).then(|| Sign::new().with("package", package(line).unwrap_or("of this name")))
}

fn package<'a>(line: &LogLine<'a>) -> Option<&'a str> {
    let url = line.after("get https://").and_then(|rest| rest.split_once('/')).map(|(_, path)| path);
    let named = line
        .after("no matching version found for ")
        .or_else(|| line.quoted_after("404  "))
        .or_else(|| line.quoted_after("404 "));
    named
        .or(url)
        .and_then(|rest| rest.split_whitespace().next())
        .map(|name| name.trim_end_matches(['.', ':']))
}
