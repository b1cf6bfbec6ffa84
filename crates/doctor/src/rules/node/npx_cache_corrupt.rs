use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::module;

rule! {
    /// A package in npx's cache is incomplete, or two copies of npx wrote it at once.
    ///
    /// ## Why it matters
    ///
    /// Claude often starts a server twice, and both copies of npx then install into the same folder. A file
    /// that is missing or locked there makes every later start fail as well.
    ///
    /// ## What to do
    ///
    /// Let Bridgekeeper set npx's copy of the package aside: it stops Claude, which ends all copies of the server,
    /// and starts it again, and npx fetches the package anew. Installing the package with `npm install -g` and
    /// starting it by its name avoids the cache.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'zod' imported from /home/ada/.npm/_npx/1f2e3d4c5b6a7980/node_modules/@acme/mcp/dist/index.js
    /// ```
    ///
    /// ```log,finds
    /// npm error code ENOTEMPTY
    /// npm error syscall rename
    /// npm error path /Users/ada/.npm/_npx/0a1b2c3d4e5f6071/node_modules/ajv
    /// ```
    ///
    /// ```log,finds
    /// npm error code EBUSY
    /// npm error syscall rmdir
    /// ```
    ///
    /// ```log,finds
    /// npm error code ECOMPROMISED
    /// npm error Lock compromised
    /// ```
    ///
    /// ```log,finds
    /// Error: Cannot find module 'ajv'
    /// Require stack:
    /// - /home/ada/.npm/_npx/1f2e3d4c5b6a7980/node_modules/@acme/mcp/dist/index.js
    /// ```
    ///
    /// ```log,silent
    /// npx: running /home/ada/.npm/_npx/1f2e3d4c5b6a7980/node_modules/.bin/acme-mcp
    /// ```
    ///
    /// ```log,silent
    /// Error: Cannot find module 'zod'
    /// Require stack:
    /// - /home/ada/server/index.js
    /// ```
    pub(crate) static RULE = {
        id: "npx-cache-corrupt",
        severity: Severity::Error,
        message: "npx's cache is damaged: {detail}",
        hides: &["node-module-missing", "path-not-found", "permission-denied", "npm-permission"],
        fixes: &["clear-npx-cache", "install-package-globally", "use-bridge"],
        detect: Detect::Log {
            needles: &[
                "_npx", "ecompromised", "eintegrity", "enotempty", "tar_entry_error", "cb() never called",
                "lock compromised", "ebusy", "syscall ", "integrity checksum failed",
                "err_package_path_not_exported",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let missing =
        module::missing(line).is_some_and(|missing| missing.in_npx_cache() && !missing.is_builtin());
    let asked_from_cache = line.text.starts_with("- ")
        && module::in_npx_cache(line.text)
        && line.near(6, &["cannot find module", "cannot find package"])
        && !line.near(6, &["cannot find module 'node:"]);
    let export = line.has("err_package_path_not_exported") && line.has("_npx");
    let tool = line.lower.starts_with("npm ") || line.has_any(&["npm err!", "npm error", "_npx", "_cacache"]);
    let shell = line.has("_npx") && line.has_any(&[": not found", ": no such file"]) && line.has("sh:");
    let call = line.has_any(&["syscall rename", "syscall rmdir", "syscall unlink"])
        && line.near(3, &["code eperm", "code enotempty", "code ebusy"]);
    let broken = line.has_any(&[
        "ecompromised",
        "eintegrity",
        "cb() never called",
        "lock compromised",
        "integrity checksum failed",
    ]);
    let locked = line.has_any(&["enotempty", "ebusy", "tar_entry_error"])
        || line.has("eperm") && line.has_any(&["rename", "rmdir", "unlink"])
        || line.has("enoent") && line.has("_npx") && line.has_any(&["rename", "rmdir", "lstat", "chmod"]);
    (missing || asked_from_cache || export || shell || tool && (broken || locked || call))
        .then(|| Sign::new().with("detail", line.text))
}
