use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// The server runs under a Node version that is too old for it.
    ///
    /// ## Why it matters
    ///
    /// Claude searches its own list of folders and takes the first Node there. With nvm that is often the
    /// oldest version, not the one of your terminal.
    ///
    /// ## What to do
    ///
    /// Install Node 20 or newer and remove old nvm versions, or give the full path of the right `node` as the
    /// command with the script as its argument. The full path of `npx` is not enough, for it looks for `node`
    /// by itself. Bridgekeeper's own bridge needs no Node at all.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// ReferenceError: structuredClone is not defined
    ///     at Object.<anonymous> (/Users/ada/tool/index.js:10:1)
    /// ```
    ///
    /// ```log,finds
    ///     this.options ??= {};
    ///                  ^^^
    ///
    /// SyntaxError: Unexpected token '??='
    /// ```
    ///
    /// ```log,finds
    /// Error [ERR_REQUIRE_ESM]: require() of ES Module /srv/tool/node_modules/chalk/source/index.js not supported.
    /// ```
    ///
    /// ```log,finds
    /// npx: installed 31 in 2.31s
    /// ```
    ///
    /// ```log,finds
    /// SyntaxError: The requested module 'node:util' does not provide an export named 'styleText'
    /// ```
    ///
    /// ```log,finds
    /// TypeError: Object.groupBy is not a function
    /// ```
    ///
    /// ```log,silent
    /// 2026-03-02T08:15:01.200Z [notes] [error] Unexpected token 'S', "Starting n"... is not valid JSON { metadata: undefined }
    /// ```
    ///
    /// ```log,silent
    /// TypeError: this.client.connect is not a function
    /// ```
    ///
    /// ```log,silent
    /// NameError: name 'fetch' is not defined
    /// ```
    pub(crate) static RULE = {
        id: "node-too-old",
        severity: Severity::Error,
        message: "The Node that Claude found is too old for this server: {detail}",
        hides: &[
            "npx-cache-corrupt", "node-module-missing", "path-not-found", "initialize-timeout",
            "stdout-pollution",
        ],
        fixes: &["node-script", "install-node", "node-full-path", "use-bridge"],
        detect: Detect::Log {
            needles: &[
                "is not defined", "extends transformstream", "extends readablestream",
                "extends customevent", "unsupported engine", "ebadengine", "err_require_esm",
                "no such built-in module", "cannot find module 'node:", "cannot find package 'node:",
                "syntaxerror", "unexpected token", "unexpected string", "unexpected identifier",
                "import statement outside", "you must supply a command", "npx: installed",
                "is not a function", "incompatible with this module", "requires node", "node.js version",
                "node version", "does not provide an export named", "bad option", "node.js v1",
                "is not a constructor", "minimum supported node",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

/// Names that Node gained with a version: 15 to 22.
const GLOBALS: &[&str] = &[
    "transformstream",
    "readablestream",
    "writablestream",
    "fetch",
    "file",
    "formdata",
    "headers",
    "response",
    "request",
    "blob",
    "structuredclone",
    "abortcontroller",
    "abortsignal",
    "crypto",
    "websocket",
    "customevent",
    "domexception",
    "event",
    "eventtarget",
    "broadcastchannel",
    "aggregateerror",
    "weakref",
    "iterator",
    "textdecoderstream",
    "compressionstream",
    "urlpattern",
    "navigator",
    "performance",
];
/// Node's own modules asked for in a way that older versions do not know.
const BUILTINS: &[&str] = &[
    "err_require_esm",
    "no such built-in module: node:",
    "cannot find module 'node:",
    "cannot find package 'node:",
];
/// Modules of Node itself, as an import names them.
const PARTS: &[&str] = &["'node:", "'util'", "'fs'", "'crypto'", "'events'", "'stream"];
/// Methods that came with a version.
const METHODS: &[&str] = &[
    "object.hasown",
    "object.groupby",
    "promise.withresolvers",
    "promise.any",
    ".replaceall",
    ".at",
    ".findlast",
    ".tosorted",
    ".toreversed",
    ".tospliced",
    ".getorinsert",
    "markasuncloneable",
    "tracingchannel",
    "array.fromasync",
    "util.parseargs",
    "util.styletext",
    ".parseenv",
    "crypto.getrandomvalues",
    "crypto.hash",
    "crypto.randomuuid",
    ".isdisjointfrom",
    "readline.promises",
    "abortsignal.any",
    "abortsignal.timeout",
    "url.canparse",
    "string.raw",
    ".structuredclone",
    "import.meta.resolve",
    "fs.rmsync",
    "fs.cp",
    "url.parse.canparse",
    "stream.compose",
    "events.addabortlistener",
];

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let old = missing_global(line)
        // The line of code that Node shows before the error: a class that extends a missing one.
        || line.has_any(&["extends transformstream", "extends readablestream", "extends customevent"])
        || missing_method(line)
        || old_syntax(line)
        || old_npx(line)
        || line.has_any(BUILTINS)
        || line.has("does not provide an export named") && line.has_any(PARTS)
        || asks_for_newer(line);
    old.then(|| {
        let sign = Sign::new().with("detail", line.text);
        // npm warns about engines and goes on.
        if line.has_any(&["npm warn", "ebadengine"]) && !line.has("npm err") {
            sign.at(Severity::Warning)
        } else {
            sign
        }
    })
}

fn missing_global(line: &LogLine<'_>) -> bool {
    let Some(before) = line.lower.find(" is not defined").map(|at| &line.lower[..at]) else { return false };
    let name = before.rsplit([' ', ':', '(']).next().unwrap_or_default().trim_matches(['\'', '"', '`']);
    GLOBALS.contains(&name) && !line.has("nameerror")
}

fn missing_method(line: &LogLine<'_>) -> bool {
    let end = line.lower.find(" is not a function").or_else(|| line.lower.find(" is not a constructor"));
    let Some(before) = end.map(|at| line.lower[..at].trim_end_matches(')')) else { return false };
    METHODS.iter().any(|method| before.ends_with(method))
}

/// Syntax that the parser does not know. Python's and JSON's errors are others.
fn old_syntax(line: &LogLine<'_>) -> bool {
    let code = !line.has("json") && !line.has("invalid oauth") && !line.has("<!doctype");
    let error = line.lower.find("syntaxerror: ").map(|at| &line.lower[at + 13..]);
    code && error.is_some_and(|error| {
        [
            "unexpected token",
            "unexpected string",
            "unexpected identifier",
            "unexpected reserved word",
            "unexpected strict",
            "cannot use import statement outside",
            "invalid regular expression flags",
            "unexpected template",
            "invalid regular expression: invalid group",
            "missing initializer in const",
        ]
        .iter()
        .any(|start| error.starts_with(start))
    })
}

/// npx of npm 6, which came with Node 14 and older.
fn old_npx(line: &LogLine<'_>) -> bool {
    line.lower.starts_with("npx: installed ") || line.has("you must supply a command")
}

fn asks_for_newer(line: &LogLine<'_>) -> bool {
    let engine =
        line.has_any(&["unsupported engine", "ebadengine", "not compatible with your version of node"])
            || line.has("is incompatible with this module") && line.has("node");
    let wants = line.has_any(&[
        "requires node",
        "node.js version",
        "node version",
        "minimum supported node",
        "node >=",
    ]) && line.has_any(&[
        "require",
        "unsupported",
        "not supported",
        "too old",
        "at least",
        "upgrade",
        "or higher",
        "or newer",
        "minimum",
    ]) && !line.has_any(&["python", "node_module_version"]);
    let option = line.has("bad option: --") && line.has("node");
    engine || wants || option
}
