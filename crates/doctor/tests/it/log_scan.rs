//! Whole logs: sessions, several files, filters, encodings, growth.

use bridgekeeper_doctor::log_scan::{Diagnosis, LogScan};
use bridgekeeper_model::{ServerName, Severity, Verdict};

fn scan(files: &[(&str, &str)]) -> Diagnosis {
    let mut scan = LogScan::new();
    for (name, text) in files {
        scan.read(name, text.as_bytes()).unwrap();
    }
    scan.diagnosis()
}

fn ids(diagnosis: &Diagnosis) -> Vec<(&str, Severity, Option<&str>)> {
    diagnosis
        .findings
        .iter()
        .map(|finding| {
            (finding.id.as_str(), finding.severity, finding.server.as_ref().map(ServerName::as_str))
        })
        .collect()
}

fn line(second: u32, server: &str, text: &str) -> String {
    format!("2026-03-02T08:15:{second:02}.000Z [{server}] [info] {text} {{ metadata: undefined }}\n")
}

fn start(second: u32, server: &str) -> String {
    let call = r#"Message from client: {"method":"initialize","params":{"protocolVersion":"2025-11-25"},"jsonrpc":"2.0","id":0}"#;
    line(second, server, "Initializing server...")
        + &line(second, server, "Server started and connected successfully")
        + &line(second, server, call)
}

fn answer(second: u32, server: &str) -> String {
    line(
        second,
        server,
        r#"Message from server: {"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-11-25"}}"#,
    )
}

#[test]
fn a_healthy_log_is_ok_and_nothing_is_found() {
    let diagnosis = scan(&[("mcp-server-a.log", &(start(1, "a") + &answer(2, "a")))]);
    assert_eq!((diagnosis.verdict, ids(&diagnosis)), (Verdict::Ok, vec![]));
}

#[test]
fn the_root_cause_stands_alone_and_proves_itself() {
    let log = start(1, "a")
        + "ModuleNotFoundError: No module named 'acme'\n"
        + &line(
            2,
            "a",
            "Server transport closed unexpectedly, this is likely due to the process exiting early.",
        );
    let diagnosis = scan(&[("mcp-server-a.log", &log)]);
    assert_eq!(ids(&diagnosis), [("python-module-missing", Severity::Error, Some("a"))]);
    let evidence = &diagnosis.findings[0].evidence[0];
    assert_eq!((evidence.file.as_str(), evidence.line), ("mcp-server-a.log", 4));
    assert_eq!(diagnosis.findings[0].message, "Python has no module acme where this server runs");
}

#[test]
fn what_a_later_start_mended_is_history() {
    let broken = start(1, "a") + "spawn npx ENOENT\n" + &line(2, "a", "Server transport closed");
    let mended = broken.clone() + &start(10, "a") + &answer(11, "a");
    assert_eq!(scan(&[("mcp-server-a.log", &broken)]).verdict, Verdict::Problem);
    let diagnosis = scan(&[("mcp-server-a.log", &mended)]);
    assert_eq!(diagnosis.verdict, Verdict::Ok);
    assert_eq!(ids(&diagnosis), [("spawn-enoent-node", Severity::Info, Some("a"))]);
    // And what broke again after that is not.
    let again = mended + &start(20, "a") + "spawn npx ENOENT\n";
    assert_eq!(scan(&[("mcp-server-a.log", &again)]).verdict, Verdict::Problem);
}

#[test]
fn a_success_in_another_file_counts_by_its_time() {
    let broken = start(1, "a") + "2026-03-02T08:15:02.000Z [a] [error] spawn npx ENOENT\n";
    let worked = start(10, "a") + &answer(11, "a");
    let by_level = worked.replace("[a] [info]", "[info] [a]");
    let diagnosis = scan(&[("mcp-server-a.log", &broken), ("mcp.log", &by_level)]);
    assert_eq!(diagnosis.verdict, Verdict::Ok);
    let reversed = scan(&[("mcp.log", &by_level), ("mcp-server-a.log", &broken)]);
    assert_eq!(reversed.verdict, Verdict::Ok);
}

#[test]
fn a_fallback_that_works_makes_the_first_try_no_problem() {
    let log = "[7] Connecting to remote server: https://mcp.example.org/sse\n\
        [7] Received error (status 404): Not Found\n\
        [7] Recursively reconnecting for reason: falling-back-to-alternate-transport\n\
        [7] Proxy established successfully between local STDIO and remote SSEClientTransport\n";
    let diagnosis = scan(&[("-", log)]);
    assert_eq!(diagnosis.verdict, Verdict::Ok);
    assert!(diagnosis.findings.iter().all(|finding| finding.severity == Severity::Info));
}

#[test]
fn servers_are_kept_apart_and_can_be_chosen() {
    let both = start(1, "a").replace("[a] [info]", "[info] [a]")
        + "2026-03-02T08:15:02.000Z [error] [a] spawn npx ENOENT\n"
        + "2026-03-02T08:15:02.000Z [error] [b c] spawn uvx ENOENT\n";
    let diagnosis = scan(&[("mcp.log", &both)]);
    assert_eq!(
        ids(&diagnosis),
        [
            ("spawn-enoent-node", Severity::Error, Some("a")),
            ("spawn-enoent-uv", Severity::Error, Some("b c"))
        ]
    );
    let mut only = LogScan::new().only(ServerName::from("b c"));
    only.read("mcp.log", both.as_bytes()).unwrap();
    assert_eq!(ids(&only.diagnosis()), [("spawn-enoent-uv", Severity::Error, Some("b c"))]);
}

#[test]
fn what_a_tool_returned_is_no_failure_of_the_server() {
    let result = r#"Message from server: {"jsonrpc":"2.0","id":7,"result":{"content":[{"type":"text","text":"ModuleNotFoundError: No module named 'x' ECONNREFUSED HTTP 401"}]}}"#;
    let log = start(1, "a") + &answer(2, "a") + &line(3, "a", result);
    let diagnosis = scan(&[("mcp-server-a.log", &log)]);
    assert_eq!((diagnosis.verdict, ids(&diagnosis)), (Verdict::Ok, vec![]));
}

#[test]
fn every_encoding_tells_the_same() {
    let text = start(1, "a") + "'C:\\Program' is not recognized as an internal or external command,\r\n";
    let expected = ids(&scan(&[("x", &text)])).iter().map(|(id, ..)| (*id).to_owned()).collect::<Vec<_>>();
    assert_eq!(expected, ["windows-path-space"]);
    let utf16 = |mark: &[u8], bytes: fn(u16) -> [u8; 2]| {
        [mark.to_vec(), text.encode_utf16().flat_map(bytes).collect()].concat()
    };
    for bytes in [
        utf16(&[0xFF, 0xFE], u16::to_le_bytes),
        utf16(&[], u16::to_le_bytes),
        utf16(&[0xFE, 0xFF], u16::to_be_bytes),
        [b"\xEF\xBB\xBF".to_vec(), text.clone().into_bytes()].concat(),
    ] {
        let mut scan = LogScan::new();
        scan.read("x", &bytes[..]).unwrap();
        let found: Vec<String> = scan.diagnosis().findings.into_iter().map(|finding| finding.id).collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn a_code_page_nobody_decoded_still_names_the_program() {
    // GBK for "is not an internal or external command".
    let mut bytes = b"'npx' ".to_vec();
    bytes.extend([
        0xB2, 0xBB, 0xCA, 0xC7, 0xC4, 0xDA, 0xB2, 0xBF, 0xBB, 0xF2, 0xCD, 0xE2, 0xB2, 0xBF, 0xC3, 0xFC, 0xC1,
        0xEE,
    ]);
    let mut scan = LogScan::new();
    scan.read("mcp-server-a.log", &bytes[..]).unwrap();
    assert_eq!(ids(&scan.diagnosis()), [("spawn-enoent-node", Severity::Error, Some("a"))]);
}

#[test]
fn a_log_that_grows_is_read_on_from_where_it_was() {
    let whole = start(1, "a") + "npm error code E404\nspawn npx ENO";
    let mut scan = LogScan::new();
    let position = scan.read("mcp-server-a.log", whole.as_bytes()).unwrap();
    assert_eq!(ids(&scan.diagnosis()), [("npm-package-not-found", Severity::Error, Some("a"))]);
    let grown = whole + "ENT\n";
    let from = usize::try_from(position.offset).unwrap();
    scan.read_on("mcp-server-a.log", position, &grown.as_bytes()[from..]).unwrap();
    let diagnosis = scan.diagnosis();
    let line = |id: &str| {
        diagnosis.findings.iter().find(|finding| finding.id == id).map(|finding| finding.evidence[0].line)
    };
    assert_eq!((line("npm-package-not-found"), line("spawn-enoent-node")), (Some(4), Some(5)));
}

#[test]
fn secrets_in_evidence_are_masked_and_lines_are_short() {
    let log = format!(
        "Error: Error POSTing to endpoint (HTTP 401): Authorization: Bearer abcdefghijklmnop1234567890 {}\n",
        "x".repeat(5000)
    );
    let diagnosis = scan(&[("-", &log)]);
    let text = &diagnosis.findings[0].evidence[0].text;
    assert!(!text.contains("abcdefghijklmnop1234567890"), "{text}");
    assert!(text.chars().count() <= 301);
}

#[test]
fn nothing_says_nothing() {
    assert_eq!(scan(&[]).verdict, Verdict::Inconclusive);
    assert_eq!(scan(&[("-", "")]).verdict, Verdict::Inconclusive);
    assert_eq!(scan(&[("-", "hello there\n")]).verdict, Verdict::Inconclusive);
}

#[test]
fn a_shutdown_by_claude_is_no_problem() {
    let log =
        start(1, "a") + &answer(2, "a") + &line(9, "a", "Server transport closed (intentional shutdown)");
    let diagnosis = scan(&[("mcp-server-a.log", &log)]);
    assert_eq!(
        (diagnosis.verdict, ids(&diagnosis)),
        (Verdict::Ok, vec![("client-shutdown", Severity::Info, Some("a"))])
    );
}

#[test]
fn a_looping_server_is_told_by_its_end() {
    let loops = start(1, "a") + "spawn npx ENOENT\n" + &line(2, "a", "Server transport closed");
    let log = loops.repeat(500)
        + "error: No interpreter found for Python >=3.12 in managed installations\n"
        + &loops.repeat(500);
    let diagnosis = scan(&[("mcp-server-a.log", &log)]);
    assert_eq!(
        ids(&diagnosis),
        [("spawn-enoent-node", Severity::Error, Some("a")), ("python-too-old", Severity::Error, Some("a"))]
    );
    let last = diagnosis.findings[0].evidence.last().unwrap();
    assert!(last.line > 4900, "the newest line is shown, not line {}", last.line);
    // Whatever was passed over, a start that worked at the end makes it history.
    let mended = scan(&[("mcp-server-a.log", &(log + &start(30, "a") + &answer(31, "a")))]);
    assert_eq!(mended.verdict, Verdict::Ok);
}

#[test]
fn of_two_causes_the_one_of_the_last_start_counts() {
    let first = start(1, "a")
        + "ModuleNotFoundError: No module named 'acme'\n"
        + &line(2, "a", "Server transport closed");
    let second = (start(1, "a") + "2026-03-02T08:15:02.000Z [a] [error] ACME_KEY is required\n")
        .replace("T08:15", "T09:30");
    let timed =
        first.replace("ModuleNotFoundError", "2026-03-02T08:15:02.000Z [a] [error] ModuleNotFoundError");
    let diagnosis = scan(&[("mcp-server-a.log", &(timed + &second))]);
    assert_eq!(
        ids(&diagnosis),
        [
            ("missing-env-var", Severity::Error, Some("a")),
            ("python-module-missing", Severity::Info, Some("a"))
        ]
    );
}

proptest::proptest! {
    /// Whatever the bytes, in whatever pieces they come: every rule answers.
    #[test]
    fn any_bytes_are_read_without_a_crash(
        bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..2000),
        words in proptest::collection::vec(proptest::sample::select(WORDS.to_vec()), 0..40),
    ) {
        let text = words.join(" ");
        for input in [bytes.as_slice(), text.as_bytes(), &[bytes.as_slice(), text.as_bytes()].concat()] {
            let mut scan = LogScan::new();
            scan.read("mcp.log", input).unwrap();
            assert_eq!(scan.diagnosis().crashed, []);
        }
    }
}

/// What rules look for, to be put together in any order.
const WORDS: &[&str] = &[
    "2026-03-02T08:15:00.000Z",
    "[a]",
    "[info]",
    "[error]",
    "[4711]",
    "Message from client:",
    "{\"id\":0",
    "\"method\":\"initialize\"",
    "\"requestId\":",
    "spawn",
    "ENOENT",
    "'C:\\Program'",
    "is not recognized",
    "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}",
    "HTTP",
    "404",
    "(status",
    "\n",
    "\r\n",
    "'",
    "\"",
    "Cannot find module",
    "imported from",
    "_npx",
    "npm error",
    "redirect_uri",
    "invalid_grant",
    "ECONNREFUSED",
    "(reading 'port')",
    "null",
    "KeyError: '",
    "${HOME}",
    "is not valid JSON",
    "claude_desktop_config.json",
    "error reading or parsing",
    "No module named",
    "does not satisfy",
    "→",
    "🚀",
    "{ metadata: {",
    "}",
    "Server transport closed",
];
