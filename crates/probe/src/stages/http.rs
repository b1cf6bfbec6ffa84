//! What answers at the address, before anything is agreed on.
//!
//! The first message is `server/discover` of 2026-07-28: it opens no session, and every older server answers it with
//! an error that tells what it is.

use std::time::{Duration, SystemTime};

use bridgekeeper_net::header::{HeaderMap, SERVER};
use bridgekeeper_net::{Error as NetError, Response, StatusCode, Url};
use bridgekeeper_oauth::discovery::{Challenge, bearer};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::Cause;
use crate::cause::{
    CLOCK_SKEW, HTML_PAGE, HTTP_5XX, HTTP_401, HTTP_403, HTTP_404, HTTP_405, HTTP_406, HTTP_421, HTTP_429,
    HTTP_REDIRECT, SSE_BUFFERED,
};
use crate::endpoint::{Endpoint, Kind, Reply, cause, kind, modern, read, sentence};
use crate::outcome::Outcome;
use crate::stages::clock;
use crate::text::{quoted, shown};

/// What the first message met.
#[derive(Debug)]
pub(crate) struct Greeting {
    /// Where the answer came from: another address than was asked where the server redirected.
    pub(crate) url: Url,
    pub(crate) answer: Answer,
}

#[derive(Debug)]
pub(crate) enum Answer {
    /// The result of `server/discover`.
    Modern(Value, Kind),
    /// Something that an older server may say.
    Older,
    /// An event stream at GET, and no place for POST: HTTP+SSE.
    EventStream,
    /// Status 401, with its challenge if it is one for tokens.
    SignIn(Option<Challenge>),
}

/// Sends the first message and looks at what comes back.
pub(crate) async fn greet(endpoint: &Endpoint<'_>, limit: Duration, now: SystemTime) -> Outcome<Greeting> {
    match try_to_greet(endpoint, limit, now).await {
        Ok(outcome) => outcome,
        Err(error) => Outcome::failed(cause(&error), sentence(&error)),
    }
}

async fn try_to_greet(
    endpoint: &Endpoint<'_>,
    limit: Duration,
    now: SystemTime,
) -> Result<Outcome<Greeting>, NetError> {
    let (message, extra) = modern("discover", "server/discover", json!({}));
    let response = endpoint.post(&message, extra).await?;
    if response.status().is_redirection() {
        return Ok(redirected(endpoint, &response));
    }
    let clock = clock::difference(response.headers(), now);
    let outcome = judged(endpoint, limit, response).await?;
    Ok(match clock {
        Some(apart) => outcome.finding(&CLOCK_SKEW, &apart),
        None => outcome,
    })
}

async fn judged(
    endpoint: &Endpoint<'_>,
    limit: Duration,
    response: Response,
) -> Result<Outcome<Greeting>, NetError> {
    let url = response.url().clone();
    let reply = read(response, "discover").await?;
    if reply.status == StatusCode::UNAUTHORIZED {
        return Ok(sign_in(endpoint, url, &reply.headers));
    }
    if let Some(cause) = refusal(&reply) {
        return Ok(Outcome::failed(cause, format!("{} refuses: {}.", shown(&url), reply.words())));
    }
    let no_place = matches!(reply.status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED);
    if no_place && reply.message.is_none() {
        return no_place_for_messages(endpoint, url, &reply, limit).await;
    }
    if reply.kind == Kind::Html {
        let message = format!(
            "{} answers with a web page (status {}), not with MCP.",
            shown(&url),
            reply.status.as_u16()
        );
        return Ok(Outcome::failed(&HTML_PAGE, message).details(other_path(endpoint, limit).await));
    }
    let answer = match reply.result() {
        Some(result) if result["supportedVersions"].is_array() => Answer::Modern(result.clone(), reply.kind),
        _ => Answer::Older,
    };
    Ok(answered(endpoint, url, answer, &reply.headers))
}

fn answered(endpoint: &Endpoint<'_>, url: Url, answer: Answer, headers: &HeaderMap) -> Outcome<Greeting> {
    let software = headers.get(SERVER).and_then(|value| value.to_str().ok()).map(quoted);
    let details = software.map(|software| format!("answered by {software}"));
    let message = if url == endpoint.url {
        "The server answers.".to_owned()
    } else {
        format!("The server answers, and sends to {}.", shown(&url))
    };
    Outcome::passed(message, Greeting { url, answer }).details(details)
}

/// The redirects within the origin were followed; this one leads away from it.
fn redirected(endpoint: &Endpoint<'_>, response: &Response) -> Outcome<Greeting> {
    let status = response.status().as_u16();
    let message = match response.redirect_target(response.url()) {
        Some(target) => format!("{} sends to {} (status {status}).", shown(&endpoint.url), shown(&target)),
        None => format!("{} sends elsewhere without saying where (status {status}).", shown(&endpoint.url)),
    };
    Outcome::failed(&HTTP_REDIRECT, message)
}

fn sign_in(endpoint: &Endpoint<'_>, url: Url, headers: &HeaderMap) -> Outcome<Greeting> {
    let challenges = Challenge::all(headers);
    let challenge = bearer(&challenges).cloned();
    let description =
        challenge.as_ref().and_then(|challenge| challenge.parameter("error_description")).map(quoted);
    let schemes: Vec<_> = challenges.iter().map(|challenge| quoted(&challenge.scheme)).collect();
    let details = [
        (!schemes.is_empty()).then(|| format!("challenge: {}", schemes.join(", "))),
        description.map(|text| format!("it says “{text}”")),
    ];
    let greeting = Greeting { url, answer: Answer::SignIn(challenge) };
    let outcome = if endpoint.headers.contains_key("authorization") {
        Outcome::failed(&HTTP_401, "The server refuses the token that was given (status 401).")
            .but_with(greeting)
    } else {
        Outcome::passed("The server answers, and asks for sign-in (status 401).", greeting)
    };
    outcome.details(details.into_iter().flatten())
}

/// Statuses that end the matter whatever the path is.
fn refusal(reply: &Reply) -> Option<&'static Cause> {
    Some(match reply.status.as_u16() {
        403 => &HTTP_403,
        406 => &HTTP_406,
        421 => &HTTP_421,
        429 => &HTTP_429,
        500.. => &HTTP_5XX,
        _ => return None,
    })
}

/// Messages are not taken here: it may be the event stream of the older transport, or the wrong path.
async fn no_place_for_messages(
    endpoint: &Endpoint<'_>,
    url: Url,
    reply: &Reply,
    limit: Duration,
) -> Result<Outcome<Greeting>, NetError> {
    // A proxy that buffers holds back even the head of an event stream.
    let Ok(response) = timeout(limit / 2, endpoint.get(HeaderMap::new())).await else {
        let message = format!(
            "Events are held back on the way: the server refuses POST at once, but GET opens no stream within {} s.",
            (limit / 2).as_secs_f32()
        );
        return Ok(Outcome::failed(&SSE_BUFFERED, message));
    };
    let response = response?;
    if response.status() == StatusCode::UNAUTHORIZED {
        return Ok(sign_in(endpoint, url, response.headers()));
    }
    if response.status().is_success() && kind(&response) == Kind::Events {
        return Ok(answered(endpoint, url, Answer::EventStream, response.headers()));
    }
    let (cause, message) = if reply.status == StatusCode::NOT_FOUND {
        (&HTTP_404, format!("There is nothing at {} (status 404).", shown(&url)))
    } else {
        (&HTTP_405, format!("{} takes no MCP messages (status 405).", shown(&url)))
    };
    Ok(Outcome::failed(cause, message).details(other_path(endpoint, limit).await))
}

/// Whether one of the usual paths would have been right.
async fn other_path(endpoint: &Endpoint<'_>, limit: Duration) -> Option<String> {
    for path in ["/mcp", "/sse"] {
        let mut url = endpoint.url.clone();
        url.set_path(path);
        if path == endpoint.url.path() {
            continue;
        }
        let there = Endpoint { url, ..*endpoint };
        let speaks = async {
            let (message, extra) = modern("discover", "server/discover", json!({}));
            let reply = read(there.post(&message, extra).await.ok()?, "discover").await.ok()?;
            if reply.message.is_some() || reply.status == StatusCode::UNAUTHORIZED {
                return Some(());
            }
            let stream = there.get(HeaderMap::new()).await.ok()?;
            (stream.status().is_success() && kind(&stream) == Kind::Events).then_some(())
        };
        // A small part of the stage's time: this is a hint, not the question.
        if let Ok(Some(())) = timeout(limit / 4, speaks).await {
            return Some(format!("MCP is spoken at {}", shown(&there.url)));
        }
    }
    None
}
