//! How fast a log is read. Not run by default: it needs a release build and a quiet machine.
//!
//! `cargo test --release -p bridgekeeper-doctor --test it speed -- --ignored --nocapture`

use std::io::Read;
use std::time::Instant;

use bridgekeeper_doctor::log_scan::LogScan;
use bridgekeeper_model::Verdict;

const MIB: usize = 1024 * 1024;

/// A log that never ends: one block of a busy server's day, again and again, up to a length.
struct Busy {
    block: Vec<u8>,
    at: usize,
    left: usize,
}

impl Busy {
    fn new(length: usize) -> Self {
        let mut block = String::new();
        let mut line = |second: usize, text: &str| {
            let (minute, second) = (second / 60 % 60, second % 60);
            block += &format!(
                "2026-03-02T08:{minute:02}:{second:02}.123Z [busy] [info] {text} {{ metadata: undefined }}\n"
            );
        };
        line(0, "Initializing server...");
        line(
            0,
            r#"Message from client: {"method":"initialize","params":{"protocolVersion":"2025-11-25"},"jsonrpc":"2.0","id":0}"#,
        );
        line(0, r#"Message from server: {"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-11-25"}}"#);
        for id in 1..3000 {
            line(
                id,
                &format!(
                    r#"Message from client: {{"method":"tools/call","params":{{"name":"search","arguments":{{"query":"harbour {id}"}}}},"jsonrpc":"2.0","id":{id}}}"#
                ),
            );
            let words =
                "The harbour opens at seven and closes when the last boat is in. ".repeat(1 + id % 12);
            line(
                id,
                &format!(
                    r#"Message from server: {{"jsonrpc":"2.0","id":{id},"result":{{"content":[{{"type":"text","text":"{words}"}}]}}}}"#
                ),
            );
        }
        Self { block: block.into_bytes(), at: 0, left: length }
    }
}

impl Read for Busy {
    fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
        let rest = &self.block[self.at..];
        let length = rest.len().min(room.len()).min(self.left);
        room[..length].copy_from_slice(&rest[..length]);
        self.at = (self.at + length) % self.block.len();
        self.left -= length;
        Ok(length)
    }
}

#[test]
#[ignore = "measures; run it in a release build"]
fn a_quarter_of_a_gigabyte_is_read_in_a_moment() {
    let length = 256 * MIB;
    let mut scan = LogScan::new();
    let begun = Instant::now();
    scan.read("mcp-server-busy.log", Busy::new(length)).unwrap();
    let diagnosis = scan.diagnosis();
    let seconds = begun.elapsed().as_secs_f64();
    println!("{:.0} MiB/s", 256.0 / seconds);
    assert_eq!(diagnosis.verdict, Verdict::Ok);
    assert!(seconds < 10.0, "{seconds:.1} s for 256 MiB");
}
