//! Whether a web page in somebody's browser could call the server.

use bridgekeeper_net::header::{ACCESS_CONTROL_ALLOW_ORIGIN, HeaderMap};
use bridgekeeper_net::{Error as NetError, Method};
use serde_json::json;

use crate::Reach;
use crate::cause::ORIGIN_UNCHECKED;
use crate::connection::{Channel, Connection, Legacy};
use crate::endpoint::{Endpoint, cause, headers, legacy, modern, sentence};
use crate::outcome::Outcome;

const FOREIGN_HOST: &str = "rebinding.example";
const FOREIGN_ORIGIN: &str = "https://rebinding.example";

/// Calls as a foreign page would that had its name point at the server: with another origin and host, and without the
/// headers that were given.
pub(crate) async fn check(endpoint: &Endpoint<'_>, connection: &Connection, reach: Reach) -> Outcome<()> {
    let none = HeaderMap::new();
    let endpoint = &Endpoint { url: endpoint.url.clone(), headers: &none, ..*endpoint };
    let pages = match asked_by_a_page(endpoint).await {
        Ok(pages) => pages,
        Err(error) => return Outcome::failed(cause(&error), sentence(&error)),
    };
    if reach == Reach::Public {
        return Outcome::passed(format!("The server is public; {pages}."), ());
    }
    let foreign = headers([("origin", FOREIGN_ORIGIN), ("host", FOREIGN_HOST)]);
    match call(endpoint, connection, foreign).await {
        Ok(true) => {
            let message = format!("The server answers calls with a foreign Origin and Host; {pages}.");
            Outcome::passed(message.clone(), ()).finding(&ORIGIN_UNCHECKED, &message)
        }
        Ok(false) => {
            Outcome::passed(format!("Calls with a foreign Origin and Host are refused; {pages}."), ())
        }
        Err(error) => Outcome::failed(cause(&error), sentence(&error)),
    }
}

/// Whether such a call is answered.
async fn call(
    endpoint: &Endpoint<'_>,
    connection: &Connection,
    mut extra: HeaderMap,
) -> Result<bool, NetError> {
    let response = match &connection.legacy {
        Some(Legacy { channel: Channel::Events(_), .. }) => endpoint.get(extra).await?,
        Some(session) => {
            extra.extend(session.headers());
            endpoint.post(&legacy("origin", "ping", &json!({})), extra).await?
        }
        None => {
            let (message, own) = modern("origin", "server/discover", json!({}));
            extra.extend(own);
            endpoint.post(&message, extra).await?
        }
    };
    Ok(response.status().is_success())
}

/// What a browser is told before it lets a page call (CORS).
async fn asked_by_a_page(endpoint: &Endpoint<'_>) -> Result<&'static str, NetError> {
    let extra = headers([
        ("origin", FOREIGN_ORIGIN),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type"),
    ]);
    let response = endpoint.ask(Method::OPTIONS, extra).await?;
    let allowed =
        response.headers().get(ACCESS_CONTROL_ALLOW_ORIGIN).map(|value| value.as_bytes().to_owned());
    Ok(match allowed.as_deref() {
        Some(b"*") => "web pages of any origin may call it",
        Some(origin) if origin == FOREIGN_ORIGIN.as_bytes() => "web pages of any origin may call it",
        Some(_) | None => "web pages may not call it",
    })
}
