//! Why a request has no answer from the server, and the JSON-RPC error that the host gets in its place.
//!
//! The host shows the error's message to a person, so it names what failed, where, and what to do next.

use std::fmt::Write as _;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use bridgekeeper_model::BridgeState;
use bridgekeeper_net::{self as net, Fault, Stage, StatusCode};
use bridgekeeper_oauth::Error as OAuthError;
use serde::Serialize;

use crate::envelope::{Id, NotAMessage};
use crate::lines::on_one_line;
use crate::modern;
use crate::secrets::SecretError;
use crate::sign_in::Needed;

/// JSON-RPC's first code for errors of an implementation.
const SERVER_ERROR: i32 = -32000;

/// The code that makes a host of 2026-07-28 fall back to `initialize`.
const METHOD_NOT_FOUND: i32 = -32601;

/// The code for what is not carried because of how it is written (JSON-RPC 2.0, 5.1).
const INVALID_REQUEST: i32 = -32600;

/// The code that mcp-remote gives for a tool that is filtered out.
const INTERNAL_ERROR: i32 = -32603;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("{0}")]
    Net(#[from] net::Error),
    #[error("{origin} answered {status}{}", describe(*.kind))]
    Status { origin: String, status: StatusCode, kind: BodyKind },
    #[error("{origin} redirects to {target}, another address; the request was not sent there")]
    Redirected { origin: String, target: String },
    #[error("{origin} wants its messages at {target}, another address; nothing was sent there")]
    ForeignEndpoint { origin: String, target: String },
    #[error("{origin} answered with {content_type} instead of JSON or an event stream")]
    ContentType { origin: String, content_type: String },
    #[error("{origin} answered with something that is no JSON-RPC message")]
    NotAMessage { origin: String },
    #[error("{origin} took the request and sent no answer")]
    Unanswered { origin: String },
    #[error("{origin} ended the stream before the answer was complete")]
    StreamEnded { origin: String },
    #[error("{origin} sent an answer larger than {} MiB", .limit >> 20)]
    TooLarge { origin: String, limit: usize },
    #[error("{origin} sent nothing for {} s", .after.as_secs())]
    Silent { origin: String, after: Duration },
    #[error("the server answered {status} with an error of its own")]
    JsonRpc { status: StatusCode, error: Box<str> },
    #[error("the server answered with an error of its own")]
    Server { error: Box<str> },
    #[error("{0}")]
    NotConnected(Rc<Failure>),
    #[error("Tool \"{name}\" is not available")]
    ToolFiltered { name: String },
    #[error("{0}")]
    SignIn(Box<Needed>),
    #[error("nobody is signed in at {origin}: {error}")]
    NotSignedIn { origin: String, error: Arc<OAuthError> },
    #[error("{0}")]
    Secret(SecretError),
    #[error("the server does not know server/discover")]
    NoDiscovery,
    #[error("{origin} does not speak 2026-07-28")]
    NotModern { origin: String },
    #[error("{origin} sent a result of a kind that is not known")]
    UnknownResult { origin: String },
    #[error("{origin} asked for more input again and again")]
    TooManyRounds { origin: String },
    #[error("the host could not give what the server asked for")]
    Host { error: Box<str> },
    #[error("the bridge was closed before the answer came")]
    Ending,
    #[error("the request with id {} is still waiting for its answer", .id.raw())]
    DuplicateId { id: Id },
    #[error("a message of the host is longer than {} MiB", .limit >> 20)]
    HostTooLong { limit: usize },
    #[error("the host wrote something that is no message: {reason}")]
    HostNotAMessage { reason: NotAMessage },
}

/// What an error response carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyKind {
    Empty,
    Html,
    /// Words about the session.
    AboutTheSession,
    Other,
}

const fn describe(kind: BodyKind) -> &'static str {
    match kind {
        BodyKind::Html => " with a web page",
        BodyKind::Empty | BodyKind::AboutTheSession | BodyKind::Other => "",
    }
}

#[derive(Serialize)]
struct ErrorData<'a> {
    stage: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    next: &'a str,
}

#[derive(Serialize)]
struct ErrorObject<'a> {
    code: i32,
    message: String,
    data: ErrorData<'a>,
}

impl Failure {
    /// The whole response to the request with this id, as one line without its end.
    pub(crate) fn response_to(&self, id: &Id) -> Vec<u8> {
        if let Self::JsonRpc { error, .. } | Self::Host { error } | Self::Server { error } = self {
            return on_one_line(error_response(id, error));
        }
        if let Self::NotConnected(cause) = self {
            return cause.response_to(id);
        }
        let next = self.next_step();
        let error = ErrorObject {
            code: self.code(),
            message: format!("mcp-bridge: {self}. {next}"),
            data: ErrorData {
                stage: self.stage().as_str(),
                origin: self.origin(),
                status: self.status(),
                next,
            },
        };
        error_response(id, &serde_json::to_string(&error).unwrap_or_default())
    }

    /// How far the request came.
    pub(crate) fn stage(&self) -> Stage {
        if let Self::Net(error) = self {
            return error.stage();
        }
        if let Self::NotConnected(cause) = self { cause.stage() } else { Stage::Http }
    }

    const fn code(&self) -> i32 {
        if matches!(self, Self::NoDiscovery) {
            METHOD_NOT_FOUND
        } else if matches!(self, Self::ToolFiltered { .. }) {
            INTERNAL_ERROR
        } else if matches!(self, Self::HostTooLong { .. } | Self::HostNotAMessage { .. }) {
            INVALID_REQUEST
        } else {
            SERVER_ERROR
        }
    }

    /// The result of a tool's call in the place of an error, so that whoever called it reads it; `None` where an error
    /// says as much. A person has to act, and hosts hide errors from people.
    pub(crate) fn tool_result(&self) -> Option<String> {
        let cause = if let Self::NotConnected(cause) = self { cause } else { self };
        matches!(cause, Self::SignIn(_) | Self::NotSignedIn { .. } | Self::Secret(_)).then(|| {
            serde_json::json!({
                "content": [{ "type": "text", "text": format!("{cause}. {}", cause.next_step()) }],
                "isError": true,
                "resultType": "complete",
            })
            .to_string()
        })
    }

    /// What it says about the server as a whole; `None` where one request alone has failed.
    pub(crate) fn state(&self) -> Option<BridgeState> {
        match self {
            Self::NotConnected(cause) => cause.state(),
            Self::SignIn(_)
            | Self::NotSignedIn { .. }
            | Self::Status { status: StatusCode::UNAUTHORIZED, .. }
            | Self::JsonRpc { status: StatusCode::UNAUTHORIZED, .. } => Some(BridgeState::NeedsSignIn),
            // Of what it refuses, some is about the one request.
            Self::Status { status, .. } => (status.is_server_error()
                || matches!(status.as_u16(), 404 | 405 | 407))
            .then_some(BridgeState::Failing),
            Self::Net(_)
            | Self::Redirected { .. }
            | Self::ForeignEndpoint { .. }
            | Self::ContentType { .. }
            | Self::NotModern { .. }
            | Self::Secret(_)
            | Self::Server { .. }
            | Self::Silent { .. } => Some(BridgeState::Failing),
            Self::NotAMessage { .. }
            | Self::Unanswered { .. }
            | Self::StreamEnded { .. }
            | Self::TooLarge { .. }
            | Self::UnknownResult { .. }
            | Self::TooManyRounds { .. }
            | Self::JsonRpc { .. }
            | Self::ToolFiltered { .. }
            | Self::NoDiscovery
            | Self::Host { .. }
            | Self::Ending
            | Self::DuplicateId { .. }
            | Self::HostTooLong { .. }
            | Self::HostNotAMessage { .. } => None,
        }
    }

    /// Whether the server said no, so that asking again would bring the same.
    pub(crate) fn is_refusal(&self) -> bool {
        if let Self::Status { status, .. } | Self::JsonRpc { status, .. } = self {
            return status.is_client_error()
                && !matches!(
                    *status,
                    // 409: the stream that was open before is not over for the server yet.
                    StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS | StatusCode::CONFLICT
                );
        }
        matches!(self, Self::ContentType { .. } | Self::Redirected { .. })
    }

    /// Whether a stream that was asked for is not, or no longer, to be had.
    pub(crate) fn is_no_such_stream(&self) -> bool {
        if let Self::Status { status, .. } | Self::JsonRpc { status, .. } = self {
            return matches!(status.as_u16(), 400 | 404 | 405);
        }
        matches!(self, Self::ContentType { .. })
    }

    /// Whether a request that named a session was refused because there is no such session: 404 (MCP 2025-11-25, *Session
    /// Management*), or 400 with words about it, as many servers have learned from the official SDKs' examples.
    pub(crate) fn is_lost_session(&self) -> bool {
        if let Self::JsonRpc { status: StatusCode::BAD_REQUEST, error } = self {
            return speaks_of_a_session(error.as_bytes());
        }
        if let Self::JsonRpc { status: StatusCode::NOT_FOUND, error } = self {
            return !modern::is_unknown_method(error);
        }
        matches!(
            self,
            Self::Status { status: StatusCode::NOT_FOUND, .. }
                | Self::Status { status: StatusCode::BAD_REQUEST, kind: BodyKind::AboutTheSession, .. }
        )
    }

    fn origin(&self) -> Option<&str> {
        match self {
            Self::Net(error) => Some(error.origin()),
            Self::Status { origin, .. }
            | Self::Redirected { origin, .. }
            | Self::ForeignEndpoint { origin, .. }
            | Self::ContentType { origin, .. }
            | Self::NotAMessage { origin }
            | Self::Unanswered { origin }
            | Self::StreamEnded { origin }
            | Self::TooLarge { origin, .. }
            | Self::UnknownResult { origin }
            | Self::TooManyRounds { origin }
            | Self::NotModern { origin }
            | Self::NotSignedIn { origin, .. }
            | Self::Silent { origin, .. } => Some(origin),
            Self::SignIn(needed) => Some(&needed.origin),
            Self::NotConnected(cause) => cause.origin(),
            Self::JsonRpc { .. }
            | Self::Server { .. }
            | Self::ToolFiltered { .. }
            | Self::Secret(_)
            | Self::NoDiscovery
            | Self::Host { .. }
            | Self::Ending
            | Self::DuplicateId { .. }
            | Self::HostTooLong { .. }
            | Self::HostNotAMessage { .. } => None,
        }
    }

    const fn status(&self) -> Option<u16> {
        if let Self::Status { status, .. } = self { Some(status.as_u16()) } else { None }
    }

    /// What a person can do about it.
    pub(crate) fn next_step(&self) -> &'static str {
        match self {
            Self::Net(error) => network_step(error.stage(), error.fault()),
            Self::Status { status, .. } | Self::JsonRpc { status, .. } => status_step(*status),
            Self::Redirected { .. } => {
                "If that address is right, put it into the entry in place of the old one."
            }
            Self::ForeignEndpoint { .. } => {
                "Its operator can mend it: behind a proxy the server has to name its public address."
            }
            Self::ContentType { .. } | Self::NotAMessage { .. } => {
                "Check that the URL is the server's MCP endpoint; it often ends in /mcp."
            }
            Self::Unanswered { .. }
            | Self::StreamEnded { .. }
            | Self::UnknownResult { .. }
            | Self::TooManyRounds { .. }
            | Self::Server { .. }
            | Self::Host { .. } => "Try again; if it happens each time, the server's log says why.",
            Self::TooLarge { .. } => "Ask for less at once.",
            Self::HostTooLong { .. } => "Send less at once.",
            Self::HostNotAMessage { .. } => "Send one JSON-RPC message on each line.",
            Self::Silent { .. } => "Try again, or allow more time with --timeout.",
            Self::NotConnected(cause) => cause.next_step(),
            Self::ToolFiltered { .. } => "The entry's --allow-tool and --ignore-tool decide which tools are.",
            Self::SignIn(_) => {
                "Open the link in a browser on this computer, sign in, and try again. If the page does not know the \
                 application, sign out of this server in Bridgekeeper and begin anew."
            }
            Self::NotSignedIn { error, .. } => sign_in_step(error),
            Self::Secret(error) => error.next_step(),
            Self::NotModern { .. } => "Leave --protocol away.",
            Self::NoDiscovery => "Begin with initialize.",
            Self::Ending => "Send it again over a new connection.",
            Self::DuplicateId { .. } => "Use a new id for each request.",
        }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "most that goes wrong may go well the next time")]
fn sign_in_step(error: &OAuthError) -> &'static str {
    match error {
        OAuthError::Told(told) => sign_in_step(told),
        OAuthError::NoPort(_) => {
            "End the program that uses the port, or write another port behind the address in the entry."
        }
        _ => "Try again to sign in anew.",
    }
}

fn network_step(stage: Stage, fault: Fault) -> &'static str {
    match (stage, fault) {
        (Stage::Resolve, _) => "Check the host's name in the URL, and that this machine is online.",
        (_, Fault::ProxyScript) => {
            "This system chooses its proxy by a script (PAC), which the bridge does not run: name the proxy in the \
             entry's env as HTTPS_PROXY."
        }
        (Stage::Proxy, _) => {
            "Check the proxy variables (HTTPS_PROXY, NO_PROXY), that the proxy runs, and user and password in its URL \
             where it wants a sign-in."
        }
        (_, Fault::Refused) => "Check that the server runs, and the port in the URL.",
        (_, Fault::UnknownIssuer) => {
            "If your network replaces certificates, name its CA file with --ca-file or NODE_EXTRA_CA_CERTS."
        }
        (_, Fault::Expired) => {
            "Check this machine's clock; if it is right, the server's certificate has to be renewed."
        }
        (_, Fault::WrongName) => "Check the host in the URL: the certificate is for another name.",
        (_, Fault::NotTls) => "The server speaks plain HTTP on this port: check the URL's scheme and port.",
        (_, Fault::TrustRoots) => {
            "Check the files that --ca-file, NODE_EXTRA_CA_CERTS and --client-cert name."
        }
        (Stage::Tls, _) => "Run `bridgekeeper probe` on the URL to see the certificates.",
        (_, Fault::TimedOut | Fault::Unreachable) => {
            "Check the network, VPN and firewall between here and the server."
        }
        (Stage::Connect | Stage::Http, Fault::Closed | Fault::Other) => {
            "Try again; if it happens each time, the server's log says why."
        }
    }
}

fn status_step(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "The server wants a sign-in: give a token with --header \"Authorization:${VARIABLE}\".",
        403 => "The account or token lacks the right to do this.",
        404 | 405 => "Check the path in the URL: the server has no MCP endpoint there.",
        407 => "The proxy wants a sign-in: put user and password into the proxy's URL.",
        413 => "Send less at once.",
        429 => "Wait a little and try again.",
        500..=599 => "The server itself failed: try again later, or look into its log.",
        _ => "Check the URL and the headers of the entry.",
    }
}

/// Whether a refusal is about the session, by the words that the official SDKs and those after them use.
pub(crate) fn speaks_of_a_session(refusal: &[u8]) -> bool {
    let words = String::from_utf8_lossy(refusal).to_ascii_lowercase();
    ["session", "not initialized"].iter().any(|about| words.contains(about))
}

/// Puts an error object under an id, both as they are.
pub(crate) fn error_response(id: &Id, error: &str) -> Vec<u8> {
    let mut line = String::with_capacity(error.len() + 48);
    let _ = write!(line, r#"{{"jsonrpc":"2.0","id":{},"error":{error}}}"#, id.raw());
    line.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::Envelope;

    fn id(raw: &str) -> Id {
        match Envelope::parse(format!(r#"{{"id":{raw},"method":"x"}}"#).as_bytes()) {
            Ok(Envelope::Request { id, .. }) => id,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_error_answers_its_request_and_names_stage_and_next_step() {
        let failure = Failure::Status {
            origin: "https://example.com".into(),
            status: StatusCode::BAD_GATEWAY,
            kind: BodyKind::Html,
        };
        let line = failure.response_to(&id("1.50"));
        let text = String::from_utf8(line).expect("UTF-8");
        assert!(text.starts_with(r#"{"jsonrpc":"2.0","id":1.50,"error":{"#), "{text}");
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(value["error"]["data"]["stage"], "http");
        assert_eq!(value["error"]["data"]["status"], 502);
        assert_eq!(
            value["error"]["message"],
            "mcp-bridge: https://example.com answered 502 Bad Gateway with a web page. \
             The server itself failed: try again later, or look into its log."
        );
    }
}
