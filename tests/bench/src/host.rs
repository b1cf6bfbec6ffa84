//! A host that drives a bridge over its pipes, with as little work of its own as can be.

use std::io::{Read as _, Write as _};
use std::ops::Range;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use memchr::{memchr, memmem};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{cpu_micros, peak_mib};
use crate::stdio::{FromBridge, ToBridge, started};
use crate::workload::{
    AT_ONCE, CALLS, CALLS_AT_ONCE, INITIALIZE, INITIALIZED, LARGE, LARGE_CALLS, LARGE_JSON_TOOL,
    LARGE_SSE_TOOL, LARGE_WARM_UP, SMALL_TOOL, STARTS, WARM_UP, call, mebibytes_per_second, median, micros,
    rate,
};

/// Bytes that a read of a bridge's output has room for at least.
const ROOM: usize = 1 << 20;

/// Every figure of one bridge.
pub(crate) fn measure(program: &str, arguments: &[&str]) -> Result<Value> {
    let starts = (0..STARTS).map(|_| start(program, arguments)).collect::<Result<Vec<_>>>()?;

    let mut bridge = Bridge::connected(program, arguments)?;
    bridge.one_by_one(WARM_UP)?;
    let before = cpu_micros(bridge.child.id());
    let call_time = bridge.one_by_one(CALLS)?;
    let cpu = cpu_micros(bridge.child.id())
        .zip(before)
        .map(|(after, before)| (after - before) / rate(CALLS, Duration::from_secs(1)));
    let peak = peak_mib(bridge.child.id());
    bridge.at_once(WARM_UP)?;
    let at_once = bridge.at_once(CALLS_AT_ONCE)?;
    drop(bridge);

    let (json, json_peak) = large(program, arguments, LARGE_JSON_TOOL)?;
    let (sse, sse_peak) = large(program, arguments, LARGE_SSE_TOOL)?;
    Ok(json!({
        "start_ms": micros(median(starts)) / 1e3,
        "peak_mib": peak,
        "call_us": micros(call_time),
        "cpu_us": cpu,
        "calls_per_second": rate(CALLS_AT_ONCE, at_once),
        "json_mib_per_second": mebibytes_per_second(LARGE_CALLS, json),
        "sse_mib_per_second": mebibytes_per_second(LARGE_CALLS, sse),
        "large_peak_mib": json_peak.zip(sse_peak).map(|(json, sse)| json.max(sse)),
    }))
}

/// From the start of the process to its first answer, in a home where nothing is kept.
fn start(program: &str, arguments: &[&str]) -> Result<Duration> {
    let begun = Instant::now();
    let mut bridge = Bridge::started(program, arguments)?;
    bridge.send(INITIALIZE)?;
    bridge.answer(0)?;
    Ok(begun.elapsed())
}

fn large(program: &str, arguments: &[&str], tool: &str) -> Result<(Duration, Option<f64>)> {
    let mut bridge = Bridge::connected(program, arguments)?;
    for _ in 0..LARGE_WARM_UP {
        let id = bridge.take_id();
        bridge.call(id, tool)?;
    }
    let begun = Instant::now();
    for _ in 0..LARGE_CALLS {
        let id = bridge.take_id();
        bridge.call(id, tool)?;
        let length = bridge.output.line().len();
        if length < LARGE {
            bail!("a large result came with {length} bytes");
        }
    }
    Ok((begun.elapsed(), peak_mib(bridge.child.id())))
}

struct Bridge {
    child: Child,
    input: ToBridge,
    output: Output,
    next_id: u64,
    _home: TempDir,
}

impl Bridge {
    fn started(program: &str, arguments: &[&str]) -> Result<Self> {
        let home = tempfile::tempdir().context("a throwaway home")?;
        let mut command = Command::new(program);
        command.args(arguments).env("HOME", home.path()).env("USERPROFILE", home.path());
        for variable in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"] {
            command.env_remove(variable);
        }
        let (child, input, output) = started(command).with_context(|| format!("{program} does not start"))?;
        Ok(Self { child, input, output: Output::new(output), next_id: 1, _home: home })
    }

    fn connected(program: &str, arguments: &[&str]) -> Result<Self> {
        let mut bridge = Self::started(program, arguments)?;
        bridge.send(INITIALIZE)?;
        bridge.answer(0)?;
        bridge.send(INITIALIZED)?;
        Ok(bridge)
    }

    /// The time of the middle one of so many calls.
    fn one_by_one(&mut self, calls: u64) -> Result<Duration> {
        let mut times = Vec::new();
        for _ in 0..calls {
            let id = self.take_id();
            let begun = Instant::now();
            self.call(id, SMALL_TOOL)?;
            times.push(begun.elapsed());
        }
        Ok(median(times))
    }

    /// The time of them all, with [`AT_ONCE`] of them on their way.
    fn at_once(&mut self, calls: u64) -> Result<Duration> {
        let begun = Instant::now();
        let mut first = String::new();
        for _ in 0..AT_ONCE.min(calls) {
            first += &call(self.take_id(), SMALL_TOOL);
            first.push('\n');
        }
        self.input.write_all(first.as_bytes())?;
        let mut left_to_send = calls.saturating_sub(AT_ONCE);
        let mut answered = 0;
        while answered < calls {
            self.read()?;
            if !self.is_result() {
                continue;
            }
            answered += 1;
            if left_to_send > 0 {
                left_to_send -= 1;
                let id = self.take_id();
                self.send(&call(id, SMALL_TOOL))?;
            }
        }
        Ok(begun.elapsed())
    }

    fn call(&mut self, id: u64, tool: &str) -> Result<()> {
        self.send(&call(id, tool))?;
        self.answer(id)
    }

    fn send(&mut self, message: &str) -> Result<()> {
        let line = format!("{message}\n");
        self.input.write_all(line.as_bytes()).context("the bridge does not read")
    }

    /// Reads up to the answer with this id, which must be a result.
    fn answer(&mut self, id: u64) -> Result<()> {
        let id = format!("\"id\":{id}");
        loop {
            self.read()?;
            // An id stands at the begin or at the end of a message, never in the middle of a large one.
            let line = self.output.line();
            let ends = [&line[..line.len().min(200)], &line[line.len().saturating_sub(60)..]];
            if ends.iter().any(|end| memmem::find(end, id.as_bytes()).is_some()) {
                return if self.is_result() {
                    Ok(())
                } else {
                    bail!("{}", String::from_utf8_lossy(self.output.line()))
                };
            }
        }
    }

    fn is_result(&self) -> bool {
        let line = self.output.line();
        memmem::find(&line[..line.len().min(200)], b"\"result\"").is_some()
    }

    fn read(&mut self) -> Result<()> {
        if !self.output.read_line()? {
            bail!("the bridge ended: {:?}", self.child.wait()?);
        }
        Ok(())
    }

    const fn take_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        // It may have ended already, which is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a bridge writes, line by line. Each byte is taken out and looked at once, as the client without a bridge
/// takes it out of its socket.
struct Output {
    source: FromBridge,
    buffer: Vec<u8>,
    /// What has been read and lies behind the present line.
    unread: Range<usize>,
    line: Range<usize>,
}

impl Output {
    const fn new(source: FromBridge) -> Self {
        Self { source, buffer: Vec::new(), unread: 0..0, line: 0..0 }
    }

    /// The present line, without its end.
    fn line(&self) -> &[u8] {
        &self.buffer[self.line.clone()]
    }

    /// Goes on to the next line; `false` at the end.
    fn read_line(&mut self) -> Result<bool> {
        let mut searched = 0;
        loop {
            if let Some(offset) = memchr(b'\n', &self.buffer[self.unread.start + searched..self.unread.end]) {
                self.line = self.unread.start..self.unread.start + searched + offset;
                self.unread.start = self.line.end + 1;
                return Ok(true);
            }
            searched = self.unread.len();
            if self.unread.start > 0 {
                self.buffer.copy_within(self.unread.clone(), 0);
                self.unread = 0..searched;
            }
            if self.buffer.len() < searched + ROOM {
                self.buffer.resize(searched + ROOM, 0);
            }
            let read = self.source.read(&mut self.buffer[searched..])?;
            if read == 0 {
                return Ok(false);
            }
            self.unread.end += read;
        }
    }
}
