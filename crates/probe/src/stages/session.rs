//! How messages travel, and how the server tells one client from another.

use bridgekeeper_net::{Error as NetError, StatusCode};
use serde_json::json;

use crate::cause::{SESSION_EXPIRED, SESSION_INVALID, TRANSPORT_DEPRECATED};
use crate::connection::{Channel, Connection};
use crate::endpoint::{Endpoint, Kind, cause, headers, legacy, sentence};
use crate::outcome::Outcome;

/// A session id that no server has given.
const UNKNOWN: &str = "bridgekeeper-no-such-session";

/// Names the transport. Everything is known since the handshake.
pub(crate) fn transport(connection: &Connection) -> Outcome<()> {
    let kind = match (&connection.modern, &connection.legacy) {
        (_, Some(legacy)) => match &legacy.channel {
            Channel::Events(_) => {
                let message = "HTTP+SSE of 2024-11-05, and nothing newer.";
                return Outcome::passed(message, ()).finding(&TRANSPORT_DEPRECATED, message);
            }
            Channel::Post { kind, .. } => *kind,
        },
        (Some(modern), None) => modern.kind,
        (None, None) => Kind::Other,
    };
    let replies = match kind {
        Kind::Events => "event streams",
        Kind::Json => "JSON documents",
        Kind::Html | Kind::Other => "bodies of no declared type",
    };
    Outcome::passed(format!("Streamable HTTP; replies come as {replies}."), ())
}

/// Looks at the session id, and at what becomes of one that the server does not know.
pub(crate) async fn session(endpoint: &Endpoint<'_>, connection: &Connection) -> Outcome<()> {
    let Some(older) = &connection.legacy else {
        return Outcome::not_needed(format!("{} has no sessions.", crate::endpoint::MODERN));
    };
    let Channel::Post { session, .. } = &older.channel else {
        return Outcome::passed("The session lasts as long as its event stream.", ());
    };
    let Some(session) = session else {
        return Outcome::passed("The server keeps no sessions.", ());
    };
    if !session.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Outcome::failed(&SESSION_INVALID, "The server gives a session id with forbidden characters.");
    }
    match status_of_unknown(endpoint, &older.version).await {
        Ok(StatusCode::NOT_FOUND) => {
            Outcome::passed("The server keeps sessions, and answers an unknown one with 404.", ())
        }
        Ok(status) => {
            let message = format!(
                "The server keeps sessions, but answers an unknown one with {}, not 404.",
                status.as_u16()
            );
            Outcome::passed(message.clone(), ()).finding(&SESSION_EXPIRED, &message)
        }
        Err(error) => Outcome::failed(cause(&error), sentence(&error)),
    }
}

async fn status_of_unknown(endpoint: &Endpoint<'_>, version: &str) -> Result<StatusCode, NetError> {
    let extra = headers([("mcp-protocol-version", version), ("mcp-session-id", UNKNOWN)]);
    let response = endpoint.post(&legacy("session", "ping", &json!({})), extra).await?;
    Ok(response.status())
}
