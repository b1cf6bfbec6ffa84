//! Large logs of one kind each, made on the spot: nothing of anybody's is measured.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

/// One kind of log.
pub(super) struct Kind {
    pub(super) what: &'static str,
    pub(super) file: &'static str,
    /// One stretch of it; the number makes it differ from every other.
    block: fn(u64, &mut String),
}

pub(super) const KINDS: &[Kind] = &[
    Kind { what: "calls and answers", file: "mcp-server-busy.log", block: traffic },
    Kind { what: "a server that fails in a loop", file: "mcp-server-loop.log", block: failing },
    Kind { what: "every line another failure", file: "mcp-server-dense.log", block: dense },
    Kind { what: "chatter without a failure", file: "mcp-server-chatty.log", block: chatter },
];

/// Writes a log of at least this size.
pub(super) fn write(kind: &Kind, path: &Path, mebibytes: u64) -> io::Result<()> {
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let (mut written, mut number) = (0_u64, 0_u64);
    let mut block = String::new();
    while written < mebibytes << 20 {
        block.clear();
        (kind.block)(number, &mut block);
        file.write_all(block.as_bytes())?;
        written += block.len() as u64;
        number += 1;
    }
    file.flush()
}

/// A line of Claude's server log; a new second begins with each number.
fn line(text: &mut String, number: u64, level: &str, words: &str) {
    let (day, rest) = (1 + number / 86_400 % 28, number % 86_400);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "2026-03-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z [bench] [{level}] {words} {{ metadata: undefined }}",
        number * 37 % 1000
    );
}

fn traffic(number: u64, text: &mut String) {
    if number == 0 {
        line(text, 0, "info", "Initializing server...");
        line(
            text,
            0,
            "info",
            r#"Message from client: {"method":"initialize","params":{"protocolVersion":"2025-11-25"},"jsonrpc":"2.0","id":0}"#,
        );
        line(
            text,
            0,
            "info",
            r#"Message from server: {"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-11-25"}}"#,
        );
    }
    let ask = format!(
        r#"Message from client: {{"method":"tools/call","params":{{"name":"search","arguments":{{"query":"harbour {number}"}}}},"jsonrpc":"2.0","id":{number}}}"#
    );
    line(text, number, "info", &ask);
    let words = "The harbour opens at seven and closes when the last boat is in. "
        .repeat(1 + usize::try_from(number % 12).unwrap_or(0));
    let answer = format!(
        r#"Message from server: {{"jsonrpc":"2.0","id":{number},"result":{{"content":[{{"type":"text","text":"{words}"}}]}}}}"#
    );
    line(text, number, "info", &answer);
}

fn failing(number: u64, text: &mut String) {
    line(text, number, "info", "Initializing server...");
    line(text, number, "info", "Server started and connected successfully");
    line(
        text,
        number,
        "info",
        r#"Message from client: {"method":"initialize","params":{"protocolVersion":"2025-11-25"},"jsonrpc":"2.0","id":0}"#,
    );
    text.push_str("node:internal/modules/cjs/loader:1228\n  throw err;\n  ^\n\nError: Cannot find module '/srv/tools/dist/index.js'\n    at Module._resolveFilename (node:internal/modules/cjs/loader:1225:15)\n    at node:internal/main/run_main_module:36:49 {\n  code: 'MODULE_NOT_FOUND',\n  requireStack: []\n}\n\nNode.js v22.14.0\n");
    line(text, number, "info", "Server transport closed");
    line(text, number, "info", "Client transport closed");
    line(
        text,
        number,
        "info",
        "Server transport closed unexpectedly, this is likely due to the process exiting early. If you are developing this MCP server you can add output to stderr (i.e. `console.error('...')` in JavaScript, `print('...', file=sys.stderr)` in python) and it will appear in this log.",
    );
    line(
        text,
        number,
        "error",
        "Server disconnected. For troubleshooting guidance, please visit our [debugging documentation](https://modelcontextprotocol.io/docs/tools/debugging)",
    );
}

/// No two lines alike, and a rule wants each: the most work that a log can make.
fn dense(number: u64, text: &mut String) {
    let word = format!("{:x}", number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let (a, b) = (number / 250 % 250, number % 250);
    let words = match number % 6 {
        0 => format!("connect ECONNREFUSED 10.{a}.{b}.7:8443 while asking for {word}"),
        1 => format!("getaddrinfo ENOTFOUND {word}.example.com"),
        2 => format!("Error: Cannot find module '/srv/{word}/index.js'"),
        3 => format!("Error POSTing to endpoint (HTTP 503): upstream {word} is away"),
        4 => format!("SSL error for {word}: unable to get local issuer certificate"),
        _ => format!("request {word} to https://mcp.example.com/mcp timed out: ETIMEDOUT"),
    };
    line(text, number, "error", &words);
}

fn chatter(number: u64, text: &mut String) {
    let _ = writeln!(
        text,
        "[{number}] cache warm, {} entries, next sweep in {} s, queue empty",
        number * 7 % 991,
        number % 60
    );
}

/// Texts that a person greps for when a server fails.
pub(super) const SIGNATURES: &[&str] = &[
    "ENOENT",
    "EACCES",
    "ECONNREFUSED",
    "ECONNRESET",
    "ETIMEDOUT",
    "ENOTFOUND",
    "EAI_AGAIN",
    "EADDRINUSE",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "EPERM",
    "ENOTEMPTY",
    "EBUSY",
    "ECOMPROMISED",
    "ERR_MODULE_NOT_FOUND",
    "MODULE_NOT_FOUND",
    "Cannot find module",
    "ERR_REQUIRE_ESM",
    "SyntaxError",
    "ReferenceError",
    "TransformStream is not defined",
    "ReadableStream is not defined",
    "fetch is not defined",
    "Unsupported engine",
    "EBADENGINE",
    "E404",
    "npm error",
    "npm ERR!",
    "spawn npx",
    "spawn node",
    "spawn uvx",
    "spawn docker",
    "is not recognized",
    "command not found",
    "No such file or directory",
    "Permission denied",
    "Operation not permitted",
    "Read-only file system",
    "ModuleNotFoundError",
    "ImportError",
    "No module named",
    "No solution found",
    "requires-python",
    "UnicodeDecodeError",
    "UnicodeEncodeError",
    "Cannot connect to the Docker daemon",
    "pull access denied",
    "dockerDesktopLinuxEngine",
    "is not valid JSON",
    "Unexpected token",
    "invalid_union",
    "Request timed out",
    "-32001",
    "Unsupported protocol version",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "unable to get local issuer certificate",
    "CERT_HAS_EXPIRED",
    "UND_ERR_CONNECT_TIMEOUT",
    "socket hang up",
    "HTTP 401",
    "HTTP 403",
    "HTTP 404",
    "HTTP 429",
    "HTTP 503",
    "invalid_grant",
    "invalid_client",
    "Token exchange failed",
    "redirect_uri",
    "reading 'port'",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seventy_texts_are_looked_for() {
        assert_eq!(SIGNATURES.len(), 70);
    }

    #[test]
    fn a_log_has_its_size_and_ends_with_a_line() {
        let folder = tempfile::tempdir().unwrap();
        for kind in KINDS {
            let path = folder.path().join(kind.file);
            write(kind, &path, 1).unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            assert!((1 << 20..2 << 20).contains(&text.len()) && text.ends_with('\n'), "{}", kind.what);
        }
    }
}
