//! An MCP host for tests: starts a program as Claude does and speaks with it over its standard input and output.
//!
//! Whatever it waits for has a deadline. What the program printed is kept, so that a failed test shows it.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long a host waits for one thing unless it is told otherwise.
const PATIENCE: Duration = Duration::from_secs(30);

/// A started program. Dropping it ends the program.
#[derive(Debug)]
pub struct StdioHost {
    child: Child,
    input: Option<ChildStdin>,
    output: Receiver<String>,
    errors: Receiver<String>,
    printed: Vec<String>,
    logged: Vec<String>,
    unread: Vec<String>,
}

impl StdioHost {
    /// Starts the program.
    ///
    /// # Panics
    /// If it cannot be started.
    pub fn start(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
        let input = child.stdin.take();
        let output = lines_of(child.stdout.take());
        let errors = lines_of(child.stderr.take());
        Self { child, input, output, errors, printed: vec![], logged: vec![], unread: vec![] }
    }

    /// Writes one line.
    ///
    /// # Panics
    /// If the program does not take it.
    pub fn send(&mut self, line: &str) {
        let input = self.input.as_mut().expect("standard input is open");
        input.write_all(format!("{line}\n").as_bytes()).and_then(|()| input.flush()).unwrap_or_else(
            |error| {
                panic!("the program does not read: {error}\n{}", self.story());
            },
        );
    }

    /// Writes one request.
    pub fn request(&mut self, id: u64, method: &str, params: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string());
    }

    /// Writes a request and waits for its answer; other lines stay to be read.
    pub fn call(&mut self, id: u64, method: &str, params: &Value) -> Value {
        self.request(id, method, params);
        self.answer(id)
    }

    /// Shakes hands in the given version of the protocol and gives back the result.
    ///
    /// # Panics
    /// If the answer is no result.
    pub fn initialize(&mut self, protocol_version: &str) -> Value {
        let params = json!({
            "protocolVersion": protocol_version,
            "capabilities": {},
            "clientInfo": { "name": "testkit", "version": "1" },
        });
        let answer = self.call(0, "initialize", &params);
        assert!(answer.get("result").is_some(), "initialize was answered with {answer}\n{}", self.story());
        self.send(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
        answer["result"].clone()
    }

    /// Calls a tool and gives back the text of its result.
    ///
    /// # Panics
    /// If the answer is no text.
    pub fn call_tool(&mut self, id: u64, name: &str, arguments: &Value) -> String {
        let answer = self.call(id, "tools/call", &json!({ "name": name, "arguments": arguments }));
        let text = answer["result"]["content"][0]["text"].as_str();
        text.unwrap_or_else(|| panic!("{name} was answered with {answer}\n{}", self.story())).to_owned()
    }

    /// Waits for the answer with this id; other lines stay to be read.
    pub fn answer(&mut self, id: u64) -> Value {
        self.line_where(|line| {
            let message: Value = serde_json::from_str(line).ok()?;
            (message["id"] == id && message.get("method").is_none()).then_some(message)
        })
    }

    /// Waits for the next message with this method; other lines stay to be read.
    pub fn message(&mut self, method: &str) -> Value {
        self.line_where(|line| {
            let message: Value = serde_json::from_str(line).ok()?;
            (message["method"] == method).then_some(message)
        })
    }

    /// Waits for the next line, as it came.
    pub fn line(&mut self) -> String {
        self.line_where(|line| Some(line.to_owned()))
    }

    /// Every line that has not been read yet, up to the end of the output. Waits for that end.
    ///
    /// # Panics
    /// If the output does not end in time.
    pub fn rest(&mut self) -> Vec<String> {
        self.close_input();
        let deadline = Instant::now() + PATIENCE;
        while self.receive(deadline) {}
        std::mem::take(&mut self.unread)
    }

    /// Closes the program's standard input, which asks it to end.
    pub fn close_input(&mut self) {
        self.input = None;
    }

    /// Closes the program's standard input and waits until it has ended.
    ///
    /// # Panics
    /// If it does not end in time.
    pub fn finish(&mut self) -> ExitStatus {
        self.close_input();
        self.ended()
    }

    /// Waits until the program has ended.
    ///
    /// # Panics
    /// If it does not end in time.
    pub fn ended(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        // The end of its output is the sign: no busy waiting.
        while self.receive(deadline) {}
        let status = self.child.wait().expect("our own child");
        while let Ok(line) = self.errors.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            self.logged.push(line);
        }
        status
    }

    /// The program's process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Everything the program wrote to standard error so far; all of it once it has ended.
    pub fn log(&mut self) -> String {
        self.logged.extend(self.errors.try_iter());
        self.logged.join("\n")
    }

    fn line_where<T>(&mut self, wanted: impl Fn(&str) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        let mut looked_at = 0;
        loop {
            if let Some((at, found)) = self
                .unread
                .iter()
                .enumerate()
                .skip(looked_at)
                .find_map(|(at, line)| Some((at, wanted(line)?)))
            {
                self.unread.remove(at);
                return found;
            }
            looked_at = self.unread.len();
            assert!(self.receive(deadline), "the program ended before what was waited for\n{}", self.story());
        }
    }

    /// Takes one more line. `false` at the end of the output.
    fn receive(&mut self, deadline: Instant) -> bool {
        match self.output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(line) => {
                self.printed.push(line.clone());
                self.unread.push(line);
                true
            }
            Err(RecvTimeoutError::Disconnected) => false,
            Err(RecvTimeoutError::Timeout) => panic!("nothing came for {PATIENCE:?}\n{}", self.story()),
        }
    }

    fn story(&mut self) -> String {
        let log = self.log();
        format!("-- it printed:\n{}\n-- it logged:\n{log}", self.printed.join("\n"))
    }
}

impl Drop for StdioHost {
    fn drop(&mut self) {
        // It may have ended already, which is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads on a thread, so that a program that prints much is never stopped by a full pipe.
fn lines_of(pipe: Option<impl Read + Send + 'static>) -> Receiver<String> {
    let (sender, lines) = channel();
    let pipe = pipe.expect("the pipe was asked for");
    thread::spawn(move || {
        let mut reader = BufReader::new(pipe);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let text = String::from_utf8_lossy(line.strip_suffix(b"\n").unwrap_or(&line)).into_owned();
            if sender.send(text).is_err() {
                break;
            }
            line.clear();
        }
    });
    lines
}
