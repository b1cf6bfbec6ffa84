//! What Claude says to a server at its start, in both eras of the protocol, and what it makes of the answers.

use std::time::{Duration, Instant};

use bridgekeeper_claude::start::Start;
use bridgekeeper_formats::secrets::LineMask;
use serde_json::{Value, json};

use super::log::TrialLog;
use super::process::{Line, Running};
use super::{Cancelled, Era, Exit, Handshake, Printed, Progress, Stream, Tool, Trial};

/// The revision with `initialize` that Claude asks for.
const INITIALIZE: &str = "2025-11-25";
/// The revision without.
const STATELESS: &str = "2026-07-28";
/// How long a second copy may take to answer `server/discover`.
const ERA_LIMIT: Duration = Duration::from_secs(5);
/// How long the list of tools may take.
const TOOLS_LIMIT: Duration = Duration::from_mins(1);
/// Pages of tools that are asked for.
const MOST_PAGES: usize = 100;
/// How long a server may take to end when its input is closed.
const LAST_CHANCE: Duration = Duration::from_secs(2);
/// Lines that are kept of what a server prints.
const MOST_LINES: usize = 1000;

/// Asks a second copy for its era, as Claude does since August 2026. One that does not say is of the old one.
pub(super) fn era(start: &Start, cancelled: &Cancelled) -> Era {
    let Ok(mut copy) = Running::start(start, cancelled) else { return Era::Initialize };
    copy.send(&request("discover", "server/discover", &stateless(json!({}))).to_string());
    let deadline = Instant::now() + ERA_LIMIT;
    let mut closed = 0;
    loop {
        match copy.next(deadline) {
            Ok(Line::Out(text)) => match serde_json::from_str::<Value>(&text) {
                Ok(answer) if answer["id"] == "discover" => {
                    return if answer.get("result").is_some() { Era::Stateless } else { Era::Initialize };
                }
                Ok(_) | Err(_) => {}
            },
            Ok(Line::Err(_)) => {}
            Ok(Line::Closed) if closed == 0 => closed = 1,
            Ok(Line::Closed) | Err(_) => return Era::Initialize,
        }
    }
}

/// Shakes hands, lists the tools and ends the server.
pub(super) fn talk(
    process: Running,
    era: Era,
    trial: &mut Trial,
    log: &mut TrialLog,
    deadline: Instant,
    observe: &mut dyn FnMut(Progress<'_>),
) {
    let mut talk = Talk { process, trial, log, observe, mask: LineMask::default(), closed: 0 };
    let began = Instant::now();
    let first = match era {
        Era::Initialize => request(0, "initialize", &initialize()),
        Era::Stateless => request(0, "server/discover", &stateless(json!({}))),
    };
    match talk.ask(&first, deadline) {
        Answer::Result(result) => {
            talk.trial.handshake = Some(handshake(era, &result, began.elapsed()));
            if era == Era::Initialize {
                talk.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
            }
            talk.list_tools(era);
        }
        Answer::Nothing => talk.log.timed_out(began.elapsed()),
        Answer::Error => {}
    }
    talk.finish();
}

struct Talk<'a> {
    process: Running,
    trial: &'a mut Trial,
    log: &'a mut TrialLog,
    observe: &'a mut dyn FnMut(Progress<'_>),
    mask: LineMask,
    /// Streams of the server that are closed.
    closed: u8,
}

enum Answer {
    Result(Value),
    Error,
    Nothing,
}

impl Talk<'_> {
    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.log.sent(&text);
        self.process.send(&text);
    }

    /// Sends a request and takes everything in until its answer comes.
    fn ask(&mut self, request: &Value, deadline: Instant) -> Answer {
        self.send(request);
        while self.closed < 2 {
            let Ok(line) = self.process.next(deadline) else { return Answer::Nothing };
            let Some(message) = self.take(line) else { continue };
            if message.get("method").is_some() {
                self.refuse(&message);
            } else if message["id"] == request["id"] {
                return match message.get("result") {
                    Some(result) => Answer::Result(result.clone()),
                    None => Answer::Error,
                };
            }
        }
        Answer::Error
    }

    /// Takes a line in; a message comes back.
    fn take(&mut self, line: Line) -> Option<Value> {
        let (stream, text) = match line {
            Line::Closed => {
                self.closed += 1;
                return None;
            }
            Line::Out(text) if text.trim().is_empty() => return None,
            Line::Out(text) => match serde_json::from_str::<Value>(&text) {
                Ok(message) if message.get("jsonrpc").is_some() => {
                    self.log.received(&text);
                    return Some(message);
                }
                Ok(_) | Err(_) => {
                    self.log.not_protocol(&text);
                    (Stream::NotProtocol, text)
                }
            },
            Line::Err(text) => {
                self.log.printed(&text);
                (Stream::Stderr, text)
            }
        };
        if self.trial.printed.len() < MOST_LINES {
            let printed = Printed { stream, text: self.mask.mask(&text).into_owned() };
            (self.observe)(Progress::Line(&printed));
            self.trial.printed.push(printed);
        }
        None
    }

    /// What the server asks: a ping is answered, for anything else there is nobody here.
    fn refuse(&mut self, message: &Value) {
        let Some(id) = message.get("id") else { return };
        let answer = if message["method"] == "ping" {
            json!({"jsonrpc": "2.0", "id": id, "result": {}})
        } else {
            json!({"jsonrpc": "2.0", "id": id, "error": {"code": -32601, "message": "Method not found"}})
        };
        self.send(&answer);
    }

    fn list_tools(&mut self, era: Era) {
        (self.observe)(Progress::Waits("the list of its tools"));
        let deadline = Instant::now() + TOOLS_LIMIT;
        let mut tools = Vec::new();
        let mut cursor = None;
        for page in 1..=MOST_PAGES {
            let params = cursor.take().map_or_else(|| json!({}), |cursor: Value| json!({"cursor": cursor}));
            let params = if era == Era::Stateless { stateless(params) } else { params };
            let Answer::Result(result) = self.ask(&request(page, "tools/list", &params), deadline) else {
                break;
            };
            let listed = result["tools"].as_array().into_iter().flatten();
            tools.extend(listed.filter_map(Tool::read));
            self.trial.tools = Some(tools.iter().map(|tool| tool.name.clone()).collect());
            self.trial.described.clone_from(&tools);
            match result.get("nextCursor").filter(|next| next.is_string()) {
                Some(next) => cursor = Some(next.clone()),
                None => break,
            }
        }
    }

    /// Says how it ended by itself, or ends it as Claude does. What it printed before its last answer may come after
    /// it, because both streams are read on their own; so it is listened to until it is silent.
    fn finish(mut self) {
        let both_closed = self.closed >= 2;
        let patience = Duration::from_millis(if both_closed { 2000 } else { 0 });
        if let Some(status) = self.process.ended(Instant::now() + patience) {
            for line in self.process.last_words() {
                self.take(line);
            }
            self.trial.exit = Some(Exit { code: status.code(), said: status.to_string() });
            self.log.ended();
            return;
        }
        self.process.close_input();
        let deadline = Instant::now() + LAST_CHANCE;
        while self.closed < 2 {
            let Ok(line) = self.process.next(deadline) else { break };
            self.take(line);
        }
        self.process.ended(deadline);
    }
}

fn request(id: impl Into<Value>, method: &str, params: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id.into(), "method": method, "params": params})
}

/// In Claude's own words: a server may behave by the client's name.
fn initialize() -> Value {
    json!({
        "protocolVersion": INITIALIZE,
        "capabilities": {"extensions": {"io.modelcontextprotocol/ui": {"mimeTypes": ["text/html;profile=mcp-app"]}}},
        "clientInfo": client(),
    })
}

fn stateless(mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": STATELESS,
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": client(),
    });
    params
}

fn client() -> Value {
    json!({"name": "claude-ai", "version": "0.1.0"})
}

fn handshake(era: Era, result: &Value, took: Duration) -> Handshake {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let info = match era {
        Era::Initialize => &result["serverInfo"],
        Era::Stateless => &result["_meta"]["io.modelcontextprotocol/serverInfo"],
    };
    let protocol = match era {
        Era::Initialize => text(&result["protocolVersion"]).unwrap_or_else(|| "not said".to_owned()),
        Era::Stateless => STATELESS.to_owned(),
    };
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    Handshake { era, protocol, name: text(&info["name"]), version: text(&info["version"]), ms }
}
