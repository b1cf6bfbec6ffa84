//! The MCP handshake: what `server/discover` said, and `initialize` for the clients of the 2025 revisions.

use bridgekeeper_net::header::HeaderMap;
use bridgekeeper_net::{Error as NetError, StatusCode};
use serde_json::{Value, json};

use super::http::{Answer, Greeting};
use crate::cause::{
    INITIALIZE_FAILED, INVALID_MESSAGE, NEEDS_TRANSLATION, PROTOCOL_VERSION_MISMATCH, TRANSPORT_MISMATCH,
};
use crate::connection::{Channel, Connection, EventChannel, Legacy, Modern, NoResult};
use crate::endpoint::{
    Endpoint, Kind, LEGACY, MODERN, REVISIONS, Reply, cause, client_info, kind, legacy, read, sentence,
};
use crate::outcome::Outcome;
use crate::text::quoted;

/// Shakes hands in both eras. Whatever came of the one, the other is tried.
pub(crate) async fn shake(endpoint: &Endpoint<'_>, greeting: &Greeting) -> Outcome<Connection> {
    let modern = match &greeting.answer {
        Answer::Modern(result, kind) => Some(read_modern(result, *kind)),
        Answer::Older | Answer::EventStream | Answer::SignIn(_) => None,
    };
    let older = match &greeting.answer {
        Answer::EventStream => over_events(endpoint).await,
        Answer::Modern(..) | Answer::Older | Answer::SignIn(_) => over_post(endpoint, modern.is_some()).await,
    };
    match (modern, older) {
        (None, Err(failed)) => *failed,
        (Some(modern), Err(_)) => only_modern(modern),
        (modern, Ok(mut legacy)) => {
            if let Err(error) = legacy.initialized(endpoint).await {
                return Outcome::failed(cause(&error), sentence(&error));
            }
            both_or_legacy(modern, legacy)
        }
    }
}

type Tried = Result<Legacy, Box<Outcome<Connection>>>;

async fn over_post(endpoint: &Endpoint<'_>, speaks_modern: bool) -> Tried {
    let reply = match try_post(endpoint).await {
        Ok(reply) => reply,
        Err(error) => return Err(Box::new(Outcome::failed(cause(&error), sentence(&error)))),
    };
    if let Some(result) = reply.result() {
        let session =
            reply.headers.get("mcp-session-id").and_then(|value| value.to_str().ok()).map(str::to_owned);
        return read_legacy(result, Channel::Post { session, kind: reply.kind });
    }
    let older_transport = matches!(
        reply.status,
        StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED
    );
    if older_transport && !speaks_modern {
        // The rule of the specification for servers that may be older than Streamable HTTP.
        if let Ok(legacy) = over_events(endpoint).await {
            return Ok(legacy);
        }
    }
    Err(Box::new(refused(&reply)))
}

async fn try_post(endpoint: &Endpoint<'_>) -> Result<Reply, NetError> {
    read(endpoint.post(&initialize(), HeaderMap::new()).await?, "initialize").await
}

async fn over_events(endpoint: &Endpoint<'_>) -> Tried {
    let failed = |why: NoResult| {
        Box::new(match why {
            NoResult::Net(error) => Outcome::failed(cause(&error), sentence(&error)),
            NoResult::Refused(words) => Outcome::failed(
                &INITIALIZE_FAILED,
                format!("The server does not begin over HTTP+SSE: {words}."),
            ),
        })
    };
    let response = endpoint.get(HeaderMap::new()).await.map_err(|error| failed(error.into()))?;
    if !response.status().is_success() || kind(&response) != Kind::Events {
        let status = response.status().as_u16();
        let message =
            format!("The server offers neither Streamable HTTP nor HTTP+SSE here (status {status}).");
        return Err(Box::new(Outcome::failed(&TRANSPORT_MISMATCH, message)));
    }
    let mut channel = EventChannel::open(response, endpoint).await.map_err(failed)?;
    let result = channel.request(endpoint, &initialize(), "initialize").await.map_err(failed)?;
    read_legacy(&result, Channel::Events(Box::new(channel)))
}

fn initialize() -> Value {
    let params = json!({"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": client_info()});
    legacy("initialize", "initialize", &params)
}

fn read_legacy(result: &Value, channel: Channel) -> Tried {
    let Some(version) = result["protocolVersion"].as_str() else {
        let message = "The server answers initialize without a protocol version.";
        return Err(Box::new(Outcome::failed(&INVALID_MESSAGE, message)));
    };
    if !REVISIONS.contains(&version) {
        let message =
            format!("The server wants to speak the revision “{}”, which nobody knows.", quoted(version));
        return Err(Box::new(Outcome::failed(&PROTOCOL_VERSION_MISMATCH, message)));
    }
    Ok(Legacy {
        version: version.to_owned(),
        name: name(&result["serverInfo"]),
        capabilities: result["capabilities"].clone(),
        channel,
    })
}

fn read_modern(result: &Value, kind: Kind) -> Modern {
    let versions = result["supportedVersions"].as_array().into_iter().flatten();
    Modern {
        versions: versions.filter_map(Value::as_str).map(quoted).collect(),
        name: name(&result["_meta"]["io.modelcontextprotocol/serverInfo"]),
        capabilities: result["capabilities"].clone(),
        kind,
    }
}

fn name(info: &Value) -> Option<String> {
    let name = info["title"].as_str().or_else(|| info["name"].as_str())?;
    let version = info["version"].as_str().unwrap_or_default();
    Some(quoted(format!("{name} {version}").trim()))
}

fn refused(reply: &Reply) -> Outcome<Connection> {
    if reply.status == StatusCode::UNAUTHORIZED {
        return Outcome::not_checked("The server asks for sign-in at the handshake.");
    }
    if reply.error_code() == Some(-32022) || reply.words().to_lowercase().contains("protocol version") {
        return Outcome::failed(
            &PROTOCOL_VERSION_MISMATCH,
            format!("The handshake was refused: {}.", reply.words()),
        );
    }
    if reply.status.is_success() && reply.message.is_none() {
        let message = format!("The answer to initialize is no JSON-RPC message: {}.", reply.words());
        return Outcome::failed(&INVALID_MESSAGE, message);
    }
    Outcome::failed(&INITIALIZE_FAILED, format!("The handshake was refused: {}.", reply.words()))
}

fn only_modern(modern: Modern) -> Outcome<Connection> {
    let message = format!("{} speaks {} only.", called(modern.name.as_ref()), modern.versions.join(", "));
    let known = modern.versions.iter().any(|version| version == MODERN);
    let connection = Connection { modern: Some(modern), legacy: None };
    if known {
        let finding = "The server has no handshake for clients of the 2025 revisions.";
        Outcome::passed(message, connection).finding(&NEEDS_TRANSLATION, finding)
    } else {
        Outcome::failed(&PROTOCOL_VERSION_MISMATCH, message)
    }
}

fn both_or_legacy(modern: Option<Modern>, legacy: Legacy) -> Outcome<Connection> {
    let who = called(legacy.name.as_ref().or(modern.as_ref().and_then(|modern| modern.name.as_ref())));
    let message = match &modern {
        Some(_) => format!("{who} speaks {MODERN} and {}.", legacy.version),
        None => format!("{who} speaks {}.", legacy.version),
    };
    Outcome::passed(message, Connection { modern, legacy: Some(legacy) })
}

fn called(name: Option<&String>) -> &str {
    name.map_or("The server", String::as_str)
}
