//! Every short cut of the scan, against reading each line by itself and looking for each needle by itself.

use bridgekeeper_formats::log::LineReader;
use proptest::prelude::*;

use super::needles::{IN_MESSAGES, LIFE, LOG_RULES, NEEDLES};
use super::{Diagnosis, LogScan};
use crate::rule::Detect;

/// A message of somebody's, whose words are no report.
const FOREIGN: &str = r#"[info] Message from server: {"jsonrpc":"2.0","id":7,"result":{"text":"Error: spawn npx ENOENT, HTTP 401"}}"#;
/// What a server's life looks like, and words that mean nothing.
const LIFE_AND_WORDS: &[&str] = &[
    "[info] Initializing server...",
    "[info] Server started and connected successfully",
    r#"[info] Message from client: {"method":"initialize","params":{"protocolVersion":"2025-11-25"},"jsonrpc":"2.0","id":0}"#,
    r#"[info] Message from server: {"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-11-25"}}"#,
    r#"[info] Message from server: {"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"Method not found"}}"#,
    FOREIGN,
    "[info] Server transport closed",
    "[info] Client transport closed",
    "[info] Server transport closed unexpectedly, this is likely due to the process exiting early.",
    "[info] Shutting down server...",
    "[info] Server transport closed (intentional shutdown)",
    "[error] Server disconnected. For troubleshooting guidance, please visit our documentation",
    "[info] cache warm, 14030 entries, port 5031",
    "[warn] nothing to see",
];

fn examples() -> Vec<&'static str> {
    let mut lines: Vec<&str> = LOG_RULES
        .iter()
        .filter_map(|rule| rule.docs.split_once("## Examples"))
        .flat_map(|(_, examples)| examples.lines())
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .filter(|line| !line.starts_with("```"))
        .collect();
    lines.extend(LIFE_AND_WORDS);
    lines
}

fn holds(line: &[u8], needle: &str) -> bool {
    let (line, needle) = (line.to_ascii_lowercase(), needle.to_ascii_lowercase());
    let needle = needle.as_bytes();
    let is_number = needle.iter().all(u8::is_ascii_digit);
    let digit = |at: Option<usize>| at.and_then(|at| line.get(at)).is_some_and(u8::is_ascii_digit);
    line.windows(needle.len()).enumerate().any(|(at, there)| {
        there == needle && !(is_number && (digit(at.checked_sub(1)) || digit(Some(at + needle.len()))))
    })
}

fn wanted_by(line: &[u8]) -> Vec<u16> {
    let wants = |needles: &[&str]| {
        needles
            .iter()
            .any(|needle| holds(line, needle) || *needle == "\u{FFFD}" && std::str::from_utf8(line).is_err())
    };
    (0..)
        .zip(LOG_RULES.iter())
        .filter(|(_, rule)| matches!(rule.detect, Detect::Log { needles, .. } if wants(needles)))
        .map(|(number, _)| number)
        .collect()
}

fn is_worth_a_look(line: &[u8]) -> bool {
    let text = String::from_utf8_lossy(line);
    let body = ["] Message from client: {", "] Message from server: {"]
        .iter()
        .find_map(|mark| text.find(mark).map(|at| &text[at..]));
    match body {
        Some(body) => IN_MESSAGES.iter().any(|needle| body.contains(needle)),
        None => {
            !wanted_by(line).is_empty()
                || LIFE.iter().any(|needle| holds(line, needle))
                || std::str::from_utf8(line).is_err()
        }
    }
}

fn read_plainly(name: &str, log: &[u8]) -> Diagnosis {
    let mut scan = LogScan::new();
    let file = scan.file(name);
    let mut reader = LineReader::new(log);
    let needles = NEEDLES.as_ref().unwrap();
    while let Some(line) = reader.next_line().unwrap() {
        if needles.find(line.bytes).is_some() {
            scan.line(file, &line, needles);
        }
    }
    scan.put_back();
    scan.files[file].tail.read(reader.behind());
    scan.diagnosis()
}

fn read(name: &str, log: &[u8]) -> Diagnosis {
    let mut scan = LogScan::new();
    scan.read(name, log).unwrap();
    scan.diagnosis()
}

/// How a line of a log begins.
#[derive(Debug, Clone, Copy)]
enum Begin {
    Stamped,
    Bridge,
    Bare,
    Broken,
}

/// Blocks of lines, each with how often it repeats.
fn log() -> impl Strategy<Value = Vec<u8>> {
    let begin = prop_oneof![
        6 => Just(Begin::Stamped),
        2 => Just(Begin::Bridge),
        4 => Just(Begin::Bare),
        1 => Just(Begin::Broken)
    ];
    let words = prop_oneof![prop::sample::select(examples()), prop::sample::select(LIFE_AND_WORDS)];
    let block = prop::collection::vec((begin, words), 1..10);
    let often = prop_oneof![4 => 1_usize..4, 1 => 100_usize..400];
    prop::collection::vec((often, block), 1..12).prop_map(|blocks| {
        let mut log = Vec::new();
        let mut second = 0;
        for (often, block) in blocks {
            for (begin, words) in std::iter::repeat_n(&block, often).flatten() {
                second += 1;
                let time = format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
                match begin {
                    Begin::Stamped => log.extend(format!("2026-03-02T{time}.403Z [a] ").bytes()),
                    Begin::Bridge => log.extend(format!("[{}] ", 4000 + second / 50).bytes()),
                    Begin::Bare => {}
                    Begin::Broken => log.extend(b"caf\xE9 "),
                }
                log.extend(words.bytes());
                log.push(b'\n');
            }
        }
        log
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_log_says_the_same_however_it_is_read(log in log()) {
        for name in ["mcp-server-a.log", "mcp.log"] {
            prop_assert_eq!(read(name, &log), read_plainly(name, &log));
        }
    }

    #[test]
    fn a_line_is_wanted_by_the_same_rules_however_its_needles_are_found(
        line in prop::sample::select(examples()),
        before in "[ -~]{0,9}",
        after in "[ -~]{0,9}",
    ) {
        let mut wanted = Vec::new();
        for line in [format!("{before}{line}{after}"), format!("{line}{after}").to_uppercase()] {
            let needles = NEEDLES.as_ref().unwrap();
            prop_assert_eq!(needles.find(line.as_bytes()).is_some(), is_worth_a_look(line.as_bytes()), "{}", line);
            needles.rules(line.as_bytes(), &mut wanted);
            prop_assert_eq!(&wanted, &wanted_by(line.as_bytes()), "{}", line);
        }
    }
}

#[test]
fn a_server_that_works_after_a_long_loop_works() {
    let failed =
        "[a] [info] Initializing server...\nError: spawn npx ENOENT\n[a] [info] Server transport closed\n";
    let works = format!(
        "{}\n{}\n{}\n{}\n",
        LIFE_AND_WORDS[0], LIFE_AND_WORDS[1], LIFE_AND_WORDS[2], LIFE_AND_WORDS[3]
    )
    .replace("[info]", "[a] [info]");
    let chatter = "nothing to see\n".repeat(200_000);
    let log = format!("{}{works}{chatter}", failed.repeat(5000));
    let said = read("mcp-server-a.log", log.as_bytes());
    assert_eq!(said, read_plainly("mcp-server-a.log", log.as_bytes()));
    assert_eq!(said.verdict, bridgekeeper_model::Verdict::Ok);
    let broken = format!("{log}{}{chatter}", failed.repeat(5000));
    assert_eq!(read("mcp-server-a.log", broken.as_bytes()).verdict, bridgekeeper_model::Verdict::Problem);
}
