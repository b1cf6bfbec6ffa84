//! That a large log is read as a stream, and how fast. A quarter of a GiB where `BRIDGEKEEPER_LONG_TESTS` is set;
//! `cargo test --release -p bridgekeeper-doctor --test it speed -- --nocapture` prints the rate.

use std::fmt::Write as _;
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
            let time = format_args!("2026-03-02T08:{minute:02}:{second:02}.123Z");
            let _ = writeln!(block, "{time} [busy] [info] {text} {{ metadata: undefined }}");
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
fn a_large_log_is_read_as_a_stream() {
    let mebibytes = if std::env::var_os("BRIDGEKEEPER_LONG_TESTS").is_some() { 256 } else { 16 };
    let mut scan = LogScan::new();
    let begun = Instant::now();
    scan.read("mcp-server-busy.log", Busy::new(mebibytes * MIB)).unwrap();
    let diagnosis = scan.diagnosis();
    println!("{mebibytes} MiB in {:.2} s", begun.elapsed().as_secs_f64());
    assert_eq!(diagnosis.verdict, Verdict::Ok);
}
