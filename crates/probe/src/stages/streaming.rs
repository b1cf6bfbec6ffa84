//! Whether events arrive when they are sent.
//!
//! A server must say something at once on some streams: the acknowledgement of `subscriptions/listen` (2026-07-28),
//! the address at the beginning of HTTP+SSE. Where not even the head of a stream arrives, or such an event does not,
//! something between holds it back. A stream on which a server may stay silent proves less, and the result says so.

use std::time::Duration;

use bridgekeeper_net::header::SERVER;
use bridgekeeper_net::{Error as NetError, Response, StatusCode};
use serde_json::json;
use tokio::time::{Instant, timeout};

use crate::Status;
use crate::cause::SSE_BUFFERED;
use crate::connection::{Channel, Connection, EventStream, Legacy};
use crate::endpoint::{Endpoint, Kind, cause, kind, modern, sentence};
use crate::outcome::Outcome;

const NOTHING_SENT: &str = "The server sends nothing of its own accord.";

/// Watches the stream that fits the server for as long as `quiet`.
pub(crate) async fn watch(endpoint: &Endpoint<'_>, connection: &Connection, quiet: Duration) -> Outcome<()> {
    if connection.modern.is_some() {
        let outcome = subscription(endpoint, quiet).await;
        if outcome.status != Status::NotNeeded || connection.legacy.is_none() {
            return outcome;
        }
    }
    match &connection.legacy {
        Some(Legacy { channel: Channel::Events(_), .. }) => {
            Outcome::passed("Events come as they are sent: the whole handshake went over the stream.", ())
        }
        Some(legacy) => own_stream(endpoint, legacy, quiet).await,
        None => Outcome::not_needed(NOTHING_SENT),
    }
}

async fn subscription(endpoint: &Endpoint<'_>, quiet: Duration) -> Outcome<()> {
    let params = json!({"notifications": {"toolsListChanged": true}});
    let (message, extra) = modern("listen", "subscriptions/listen", params);
    let began = Instant::now();
    match timeout(quiet, endpoint.post(&message, extra)).await {
        Err(_) => held_back("not even the beginning of the answer to subscriptions/listen came", quiet),
        Ok(Err(error)) => Outcome::failed(cause(&error), sentence(&error)),
        Ok(Ok(response)) if !response.status().is_success() || kind(&response) != Kind::Events => {
            Outcome::not_needed(NOTHING_SENT)
        }
        Ok(Ok(response)) => match first_event(response, quiet).await {
            First::Event => prompt(began),
            First::Nothing => held_back("the stream opened, but its acknowledgement did not come", quiet),
            First::End => Outcome::not_checked("The server ended the stream at once."),
            First::Broken(error) => Outcome::failed(cause(&error), sentence(&error)),
        },
    }
}

async fn own_stream(endpoint: &Endpoint<'_>, legacy: &Legacy, quiet: Duration) -> Outcome<()> {
    let began = Instant::now();
    match timeout(quiet, endpoint.get(legacy.headers())).await {
        Err(_) => held_back("not even the beginning of the server's stream came", quiet),
        Ok(Err(error)) => Outcome::failed(cause(&error), sentence(&error)),
        Ok(Ok(response)) if response.status() == StatusCode::METHOD_NOT_ALLOWED => {
            Outcome::not_needed("The server offers no stream of its own (status 405).")
        }
        Ok(Ok(response)) if !response.status().is_success() || kind(&response) != Kind::Events => {
            let status = response.status().as_u16();
            Outcome::not_checked(format!("The server opens no stream of its own (status {status})."))
        }
        Ok(Ok(response)) => {
            let before = is_nginx(&response);
            match first_event(response, quiet).await {
                First::Event => prompt(began),
                First::Nothing => silent(quiet, before),
                First::End => Outcome::not_checked("The server ended the stream at once."),
                First::Broken(error) => Outcome::failed(cause(&error), sentence(&error)),
            }
        }
    }
}

fn is_nginx(response: &Response) -> bool {
    response.headers().get(SERVER).is_some_and(|server| server.as_bytes().starts_with(b"nginx"))
}

/// A server may stay silent, so this is no failure; who stands before it tells whom to ask.
fn silent(quiet: Duration, behind_nginx: bool) -> Outcome<()> {
    let whom = if behind_nginx {
        "Events may be held back by nginx, which answers here: it does so unless told `proxy_buffering off`."
    } else {
        "Held-back events would not show."
    };
    Outcome::not_checked(format!(
        "The stream opens at once, but the server sent nothing on it for {} s. {whom}",
        quiet.as_secs_f32()
    ))
}

enum First {
    Event,
    Nothing,
    End,
    Broken(NetError),
}

async fn first_event(response: Response, quiet: Duration) -> First {
    match timeout(quiet, EventStream::new(response).next()).await {
        Err(_) => First::Nothing,
        Ok(Ok(Some(_))) => First::Event,
        Ok(Ok(None)) => First::End,
        Ok(Err(error)) => First::Broken(error),
    }
}

fn prompt(began: Instant) -> Outcome<()> {
    Outcome::passed(format!("The first event came after {} ms.", began.elapsed().as_millis()), ())
}

fn held_back(what: &str, quiet: Duration) -> Outcome<()> {
    let message = format!("Events are held back on the way: {what} within {} s.", quiet.as_secs_f32());
    Outcome::failed(&SSE_BUFFERED, message)
}
