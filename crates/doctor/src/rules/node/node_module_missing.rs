use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::module;

rule! {
    /// The server's own dependencies are not installed, or a release of it is broken.
    ///
    /// ## Why it matters
    ///
    /// Node found the server but not a package that it needs.
    ///
    /// ## What to do
    ///
    /// In a local checkout run `npm install` (and the build). For a published package try another version.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// Error: Cannot find module 'express'
    /// Require stack:
    /// - /Users/ada/weather/dist/index.js
    /// ```
    ///
    /// ```log,finds
    /// Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'zod' imported from /srv/weather/dist/index.js
    /// ```
    ///
    /// ```log,finds
    /// Error: The module '/srv/weather/node_modules/better-sqlite3/build/Release/better_sqlite3.node'
    /// was compiled against a different Node.js version using
    /// NODE_MODULE_VERSION 115.
    /// ```
    ///
    /// ```log,silent
    /// Error: Cannot find module '/Users/ada/weather/dist/index.js'
    /// ```
    ///
    /// ```log,silent
    /// Error: Cannot find module 'node:sqlite'
    /// ```
    pub(crate) static RULE = {
        id: "node-module-missing",
        severity: Severity::Error,
        message: "The server lacks a module of its own: {module}",
        hides: &[],
        fixes: &["install-node-packages", "pin-version"],
        detect: Detect::Log {
            needles: &[
                "cannot find module", "cannot find package", "module_not_found",
                "could not locate the bindings", "node_module_version", "different node.js version",
                "err_package_path_not_exported",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    if let Some(missing) = module::missing(line) {
        let own = !missing.is_builtin() && !missing.is_script() && !missing.in_npx_cache();
        return own.then(|| Sign::new().with("module", missing.module));
    }
    let native = line.has_any(&[
        "could not locate the bindings",
        "compiled against a different node.js",
        "err_package_path_not_exported",
    ]);
    native.then(|| Sign::new().with("module", "a native or exported part"))
}
