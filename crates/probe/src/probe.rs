use std::time::{Duration, SystemTime};

use bridgekeeper_net::header::HeaderMap;
use bridgekeeper_net::{Client, Url};
use bridgekeeper_oauth::discovery::Limits;
use tokio::time::timeout;

use crate::cause::{
    CONNECT_TIMEOUT, DNS_FAILURE, HTTP_TIMEOUT, INITIALIZE_TIMEOUT, OAUTH_METADATA_MISSING,
    OAUTH_SERVER_MISSING, SSE_BUFFERED, TLS_FAILURE, TOOL_CALL_TIMEOUT,
};
use crate::connection::Connection;
use crate::endpoint::Endpoint;
use crate::outcome::Outcome;
use crate::run::{Progress, Run};
use crate::stages::authorization::{self, Wanted};
use crate::stages::http::{Answer, Greeting, greet};
use crate::stages::tls::TrustedBy;
use crate::stages::{handshake, network, origin, session, streaming, tls, tools};
use crate::text::{Secrets, shown};
use crate::who::{Facts, SignIn, Terms, is_usable, who};
use crate::{Reach, Report, Stage};

/// The server to ask.
#[derive(Debug, Clone)]
pub struct Target {
    url: Url,
    headers: HeaderMap,
}

/// Why a text is no address of a server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// It cannot be read as a URL.
    #[error("not a URL; it begins with https:// and names a host")]
    NotAUrl,
    /// It is a URL of another kind.
    #[error("`{0}:` is no address of a remote MCP server; use https:// or http://")]
    Scheme(String),
}

impl Target {
    /// Takes the server's URL and the headers that go to its origin.
    pub fn new(url: &str, headers: HeaderMap) -> Result<Self, TargetError> {
        let url = Url::parse(url.trim()).map_err(|_| TargetError::NotAUrl)?;
        match url.scheme() {
            "http" | "https" if url.has_host() => Ok(Self { url, headers }),
            "http" | "https" => Err(TargetError::NotAUrl),
            other => Err(TargetError::Scheme(other.to_owned())),
        }
    }

    /// The server's address.
    pub const fn url(&self) -> &Url {
        &self.url
    }
}

/// How long things may take, and what time it is.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Longest time for one stage.
    pub stage: Duration,
    /// How long an event stream is watched for its first event.
    pub quiet: Duration,
    /// The machine's clock, with which the certificate's dates are compared.
    pub now: SystemTime,
}

impl Settings {
    /// The usual time limits.
    pub const fn at(now: SystemTime) -> Self {
        Self { stage: Duration::from_secs(15), quiet: Duration::from_secs(2), now }
    }

    fn document(&self) -> Limits {
        // Shorter than the stage, so that the stage can say which address kept silent.
        Limits { time: self.stage * 2 / 3, ..Limits::default() }
    }

    fn seconds(&self) -> i64 {
        let since = self.now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    }
}

/// Asks the server stage by stage. `observe` is told what is waited for and what is done.
pub async fn probe(
    client: &Client,
    target: &Target,
    settings: Settings,
    observe: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Report {
    let mut run = Run::new(settings.stage, Secrets::of(&target.url, &target.headers), observe);
    let reach = Reach::of(&target.url, &[]);
    let trusted_by = if target.url.scheme() == "https" { TrustedBy::Unknown } else { TrustedBy::Nobody };
    let mut facts = Facts { reach, trusted_by, sign_in: SignIn::Unknown };
    network_and_after(&mut run, client, target, settings, &mut facts).await;
    // Where it ended early, the last stage is the one that failed.
    let last = run.stages.last().map_or_else(|| "the route".to_owned(), |report| report.stage.to_string());
    run.skip_rest(&format!("{last} failed"));
    run.stages.sort_by_key(|report| report.stage);
    let who = who(&facts, &run.stages);
    Report { url: shown(&target.url), stages: run.stages, who }
}

/// Goes on for as long as there are facts to go on with.
async fn network_and_after(
    run: &mut Run<'_>,
    client: &Client,
    target: &Target,
    settings: Settings,
    facts: &mut Facts,
) -> Option<()> {
    let url = &target.url;
    let route = client.route(url)?;
    let named = format!("the addresses of {}", route.host);
    let work = async { network::past_a_script(network::look_up(client, &route).await, client, &route) };
    let addresses = run.stage(Stage::Dns, &named, &DNS_FAILURE, work).await?;
    if route.proxy.is_none() {
        facts.reach = Reach::of(url, &addresses);
    }

    let each = settings.stage / u32::try_from(addresses.len() + 1).unwrap_or(u32::MAX);
    let sockets = format!("{} at port {}", route.host, route.port);
    let work = async { network::past_a_script(network::reach(&addresses, each).await, client, &route) };
    let open = run.stage(Stage::Tcp, &sockets, &CONNECT_TIMEOUT, work).await?;

    if url.scheme() == "https" {
        let work = tls::inspect(client, url, &route, *open.first()?, settings.seconds());
        let waits_for = format!("the TLS handshake with {sockets}");
        facts.trusted_by = run.stage(Stage::Tls, &waits_for, &TLS_FAILURE, work).await?;
    } else {
        run.settle(Stage::Tls, tls::absent(url, facts.reach));
    }

    let endpoint = Endpoint { client, url: url.clone(), headers: &target.headers };
    let waits_for = format!("an answer of {}", shown(url));
    let work = greet(&endpoint, settings.stage, settings.now);
    let greeting = run.stage(Stage::Http, &waits_for, &HTTP_TIMEOUT, work).await?;

    sign_in(run, client, target, settings, &greeting, facts).await;
    if matches!(greeting.answer, Answer::SignIn(_)) {
        run.skip_rest("the server asks for sign-in, and nobody signed in");
        return None;
    }
    let endpoint = Endpoint { url: greeting.url.clone(), ..endpoint };
    let work = handshake::shake(&endpoint, &greeting);
    let connection = run.stage(Stage::Initialize, "the MCP handshake", &INITIALIZE_TIMEOUT, work).await;
    let Some(mut connection) = connection else {
        // It may have asked for sign-in only now; that it answered before then proves nothing.
        if !matches!(facts.sign_in, SignIn::OAuth(_)) {
            facts.sign_in = SignIn::Unknown;
        }
        run.skip_rest("there was no handshake");
        return None;
    };
    talk(run, &endpoint, &mut connection, settings, facts.reach).await;
    // Whatever became of the stages, the session does not stay behind.
    let _ = timeout(settings.quiet, connection.close(&endpoint)).await;
    Some(())
}

/// The stages from the protected-resource metadata to the resource indicator.
async fn sign_in(
    run: &mut Run<'_>,
    client: &Client,
    target: &Target,
    settings: Settings,
    greeting: &Greeting,
    facts: &mut Facts,
) {
    let url = &target.url;
    let (wanted, challenge) = match &greeting.answer {
        Answer::SignIn(challenge) => (Wanted::Yes, challenge.as_ref()),
        Answer::Modern(..) | Answer::Older | Answer::EventStream => (Wanted::No, None),
    };
    if wanted == Wanted::No {
        facts.sign_in = if target.headers.is_empty() { SignIn::None } else { SignIn::GivenHeaders };
    }
    let limits = settings.document();
    let work = authorization::resource(client, url, challenge, wanted, limits);
    let waits_for = format!("the protected-resource metadata of {}", shown(url));
    let resource = run.stage(Stage::ResourceMetadata, &waits_for, &OAUTH_METADATA_MISSING, work).await;
    let rest = [Stage::AuthorizationServer, Stage::Registration, Stage::Pkce, Stage::ResourceIndicator];
    let Some(resource) = resource else {
        match wanted {
            Wanted::Yes => run.skip(&rest, "resource-metadata failed"),
            Wanted::No => {
                for stage in rest {
                    run.settle(stage, Outcome::not_needed("The server answers without sign-in."));
                }
            }
        }
        return;
    };

    let waits_for = "the metadata of the authorization server";
    let work = authorization::authorization_server(client, url, resource.as_ref(), limits);
    let issuer = run.stage(Stage::AuthorizationServer, waits_for, &OAUTH_SERVER_MISSING, work).await;
    match &issuer {
        Some(issuer) => {
            run.settle(Stage::Registration, authorization::registration(issuer));
            run.settle(Stage::Pkce, authorization::pkce(issuer));
        }
        None => run.skip(&[Stage::Registration, Stage::Pkce], "authorization-server failed"),
    }
    match &resource {
        Some(resource) => {
            run.settle(Stage::ResourceIndicator, authorization::resource_indicator(url, resource));
        }
        None => run.skip(&[Stage::ResourceIndicator], "the server publishes no resource"),
    }
    let usable = resource.as_ref().is_none_or(|resource| is_usable(resource, url));
    match issuer {
        Some(issuer) if usable => facts.sign_in = SignIn::OAuth(Terms::of(&issuer)),
        None if resource.is_none() && wanted == Wanted::Yes => facts.sign_in = SignIn::FixedToken,
        _ => {}
    }
}

/// The stages after the handshake. Each stands by itself.
async fn talk(
    run: &mut Run<'_>,
    endpoint: &Endpoint<'_>,
    connection: &mut Connection,
    settings: Settings,
    reach: Reach,
) {
    run.settle(Stage::Transport, session::transport(connection));
    let work = session::session(endpoint, connection);
    run.stage(Stage::Session, "the answer to an unknown session", &HTTP_TIMEOUT, work).await;
    let work = streaming::watch(endpoint, connection, settings.quiet);
    run.stage(Stage::Streaming, "the first event of a stream", &SSE_BUFFERED, work).await;
    let work = tools::list(endpoint, connection);
    run.stage(Stage::Tools, "the list of tools", &TOOL_CALL_TIMEOUT, work).await;
    let work = origin::check(endpoint, connection, reach);
    run.stage(Stage::Origin, "the answer to a call from a foreign page", &HTTP_TIMEOUT, work).await;
}
