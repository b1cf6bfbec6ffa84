//! The steps in a server's life, as Claude's own texts and `mcp-remote`'s report them.

use super::{LogEntry, Origin};

/// One step in a server's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event<'a> {
    /// Claude begins to start the server.
    Initializing,
    /// The program that Claude really runs.
    Command {
        /// Path or name, as resolved.
        program: &'a str,
    },
    /// The process was spawned. Written for servers that die at once, too.
    Started,
    /// Claude sent a message.
    FromClient(Message<'a>),
    /// The server sent a message.
    FromServer(Message<'a>),
    /// One side of the pipe closed.
    TransportClosed,
    /// Claude closed the server on purpose.
    IntentionalShutdown,
    /// Claude begins to close the server.
    ShuttingDown,
    /// The process ended by itself.
    ClosedUnexpectedly,
    /// Claude gave the server up.
    Disconnected,
    /// The bridge begins to connect.
    BridgeConnecting {
        /// The address of the remote server.
        url: &'a str,
    },
    /// The bridge stands between Claude and the remote server.
    BridgeConnected,
    /// The bridge waits for the person to sign in.
    BridgeWaitsForSignIn,
    /// The sign-in went through: a code or tokens arrived.
    BridgeSignedIn,
    /// The bridge ends because it was told to.
    BridgeShutdown,
}

/// A JSON-RPC message as far as its log line tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    /// What it is.
    pub kind: MessageKind,
    /// Its method, for requests and notifications.
    pub method: Option<&'a str>,
    /// Its id, for requests and answers.
    pub id: Option<RequestId<'a>>,
    /// The line as JSON or as the summary that newer versions write.
    pub body: &'a str,
    /// Only the summary is in the log, so an answer may be missing although it came.
    pub summarised: bool,
}

/// What a JSON-RPC message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    /// A request or a notification.
    Call,
    /// An answer with a result.
    Result,
    /// An answer with an error.
    Error,
    /// The line does not tell.
    Unknown,
}

/// The id of a request, as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId<'a>(pub &'a str);

impl<'a> Event<'a> {
    pub(super) fn of(entry: &LogEntry<'a>) -> Option<Self> {
        let text = entry.text;
        if let Origin::McpRemote { .. } = entry.origin {
            return bridge(text);
        }
        if let Some(body) = text.strip_prefix("Message from client: ") {
            return Some(Self::FromClient(Message::of(body)));
        }
        if let Some(body) = text.strip_prefix("Message from server: ") {
            return Some(Self::FromServer(Message::of(body)));
        }
        if let Some(rest) = text.strip_prefix("Using MCP server command: ") {
            let end =
                rest.find(" with args and path").or_else(|| rest.find(" with path")).unwrap_or(rest.len());
            return Some(Self::Command { program: rest[..end].trim() });
        }
        claude(text).or_else(|| bridge(text))
    }
}

fn claude(text: &str) -> Option<Event<'_>> {
    const TEXTS: &[(&str, Event<'_>)] = &[
        ("Initializing server", Event::Initializing),
        ("Attempting to connect to MCP server", Event::Initializing),
        ("Launching MCP Server", Event::Initializing),
        ("Server started and connected successfully", Event::Started),
        ("Connected to MCP server", Event::Started),
        ("Server transport closed (intentional shutdown)", Event::IntentionalShutdown),
        ("Server transport closed unexpectedly", Event::ClosedUnexpectedly),
        ("Server transport closed", Event::TransportClosed),
        ("Client transport closed", Event::TransportClosed),
        ("Shutting down server", Event::ShuttingDown),
        ("Shutting down MCP Server", Event::ShuttingDown),
        ("Server disconnected", Event::Disconnected),
    ];
    let known = TEXTS.iter().find(|(start, _)| begins(text, start)).map(|(_, event)| *event);
    known.or_else(|| {
        (text.starts_with("MCP server ") && text.contains(" disconnected")).then_some(Event::Disconnected)
    })
}

fn bridge(text: &str) -> Option<Event<'_>> {
    const TEXTS: &[(&str, Event<'_>)] = &[
        ("Proxy established successfully", Event::BridgeConnected),
        ("Authentication required", Event::BridgeWaitsForSignIn),
        ("Please authorize this client by visiting", Event::BridgeWaitsForSignIn),
        ("Another instance is handling authentication", Event::BridgeWaitsForSignIn),
        ("Auth code received", Event::BridgeSignedIn),
        ("Received auth code from callback server", Event::BridgeSignedIn),
        ("Saving tokens", Event::BridgeSignedIn),
        ("Shutting down...", Event::BridgeShutdown),
    ];
    if let Some(url) = text.strip_prefix("Connecting to remote server: ") {
        return Some(Event::BridgeConnecting { url });
    }
    if let Some((_, event)) = TEXTS.iter().find(|(start, _)| begins(text, start)) {
        return Some(*event);
    }
    let answered = text.strip_prefix("[Remote→Local] ")?;
    Some(Event::FromServer(Message {
        kind: MessageKind::Result,
        method: None,
        id: Some(RequestId(answered.trim())),
        body: text,
        summarised: true,
    }))
}

/// The first byte tells most lines apart, without a call.
fn begins(text: &str, start: &str) -> bool {
    text.as_bytes().first() == start.as_bytes().first() && text.starts_with(start)
}

impl<'a> Message<'a> {
    fn of(body: &'a str) -> Self {
        if !body.trim_start().starts_with('{') {
            let value = |key: &str| -> Option<&'a str> {
                let rest = &body[body.find(key)? + key.len()..];
                rest.strip_prefix('"')
                    .map_or_else(|| rest.split_whitespace().next(), |quoted| quoted.split('"').next())
            };
            let method = value("method=");
            let kind = match method {
                Some(_) => MessageKind::Call,
                None if body.contains("error") => MessageKind::Error,
                None if body.contains("result") => MessageKind::Result,
                None => MessageKind::Unknown,
            };
            return Self { kind, method, id: value(" id=").map(RequestId), body, summarised: true };
        }
        let mut message =
            Self { kind: MessageKind::Unknown, method: None, id: None, body, summarised: false };
        for (key, value) in Members(body.trim_start().get(1..).unwrap_or_default()) {
            match key {
                "method" => {
                    message.method = Some(value.trim_matches('"'));
                    message.kind = MessageKind::Call;
                }
                "id" => message.id = Some(RequestId(value.trim_matches('"'))),
                "result" => message.kind = MessageKind::Result,
                "error" => message.kind = MessageKind::Error,
                _ => {}
            }
        }
        message
    }
}

/// The members of a JSON object, key and raw value, as far as the line goes. Log lines are often cut, so this
/// takes what is there.
struct Members<'a>(&'a str);

impl<'a> Iterator for Members<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let key_at = self.0.find('"')? + 1;
        let key_end = key_at + string_end(&self.0[key_at..])?;
        let key = &self.0[key_at..key_end];
        let rest = self.0[key_end + 1..].trim_start().strip_prefix(':')?.trim_start();
        let end = value_end(rest);
        self.0 = &rest[end..];
        Some((key, rest[..end].trim_end()))
    }
}

fn string_end(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at),
            _ => {}
        }
    }
    None
}

/// The end of a value: the comma or brace on its own level.
fn value_end(text: &str) -> usize {
    let mut depth = 0_u32;
    let mut string = false;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if string => escaped = true,
            b'"' => string = !string,
            _ if string => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' | b',' if depth == 0 => return at,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::parse_line;

    fn event(line: &str) -> Option<Event<'_>> {
        parse_line(line).event()
    }

    #[test]
    fn a_message_is_known_by_its_own_members() {
        let Some(Event::FromClient(message)) = event(
            r#"2026-01-02T03:04:05Z [a] [info] Message from client: {"params":{"method":"no","id":9},"method":"initialize","jsonrpc":"2.0","id":0}"#,
        ) else {
            panic!()
        };
        assert_eq!(
            (message.kind, message.method, message.id),
            (MessageKind::Call, Some("initialize"), Some(RequestId("0")))
        );
        let Some(Event::FromServer(message)) =
            event(r#"[a] [info] Message from server: {"jsonrpc":"2.0","id":0,"result":{"error":{},"x":"}"#)
        else {
            panic!()
        };
        assert_eq!((message.kind, message.id), (MessageKind::Result, Some(RequestId("0"))));
    }

    #[test]
    fn the_summary_of_newer_versions_is_understood() {
        let Some(Event::FromClient(message)) =
            event(r#"[a] [info] Message from client: method="tools/list" id=1"#)
        else {
            panic!()
        };
        assert_eq!(
            (message.method, message.id, message.summarised),
            (Some("tools/list"), Some(RequestId("1")), true)
        );
    }

    #[test]
    fn ends_are_told_apart() {
        assert_eq!(event("[a] [info] Server transport closed"), Some(Event::TransportClosed));
        assert_eq!(
            event("[a] [info] Server transport closed (intentional shutdown)"),
            Some(Event::IntentionalShutdown)
        );
        assert_eq!(
            event("[a] [info] Server transport closed unexpectedly, this is likely due to"),
            Some(Event::ClosedUnexpectedly)
        );
    }

    #[test]
    fn the_command_is_the_program_alone() {
        assert_eq!(
            event("[a] [info] Using MCP server command: /opt/x y/npx with args and path: {"),
            Some(Event::Command { program: "/opt/x y/npx" })
        );
    }

    #[test]
    fn the_bridge_reports_its_steps() {
        assert_eq!(
            event("[12] [12] Connecting to remote server: https://example.org/mcp"),
            Some(Event::BridgeConnecting { url: "https://example.org/mcp" })
        );
        assert_eq!(
            event("[12] Proxy established successfully between local STDIO and remote X"),
            Some(Event::BridgeConnected)
        );
        assert!(matches!(event("[12] [Remote→Local] 0"), Some(Event::FromServer(_))));
    }
}
