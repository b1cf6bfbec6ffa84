//! Signing in: the server is asked as a bridge would ask it, and its refusal says where to go.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bridgekeeper_bridge::Options;
use bridgekeeper_net::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use bridgekeeper_net::{Client, Method, Request, Response, StatusCode, origin};
use bridgekeeper_oauth::discovery::{Limits, find_protected_resource};
use bridgekeeper_oauth::{
    Access, Browser, Error as OAuthError, InMemory, Opened, Progress, Refused, Session,
};
use tokio::sync::Notify;

use super::kept::Reader;
use super::shown::SignInView;
use super::{AccountError, NoBrowser, Remote, in_keyring, session, store, wait_for};
use crate::context::Context;

/// What to sign in to, and how.
#[derive(Debug, Clone)]
pub struct SignInCall {
    /// The name of an entry, or an address.
    pub server: String,
    /// Which of the person's accounts; `None` for the one that the entry names.
    pub account: Option<String>,
    /// How the person gets to the page.
    pub way: Way,
    /// Longest time for all of it.
    pub limit: Duration,
    /// Breaks it off.
    pub stop: Stop,
}

/// Breaks a sign-in off, from any thread.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<Notify>);

impl Stop {
    /// Breaks it off, also where it has not begun.
    pub fn stop(&self) {
        self.0.notify_one();
    }
}

/// How the person gets to the page.
#[derive(Clone)]
pub enum Way {
    /// In this browser.
    Browser(Arc<dyn Browser>),
    /// By the address alone.
    Link,
    /// With a code on any device (RFC 8628).
    DeviceCode,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInStep<'a> {
    /// The server is asked where to sign in.
    Asking(&'a str),
    /// It is being prepared: looking up, registering.
    Preparing,
    /// A bridge or another call does it.
    Elsewhere,
    /// The person has to act.
    Invited {
        /// Where.
        url: &'a str,
        /// The code to enter there, where it is not part of the address.
        code: Option<&'a str>,
        /// Whether a browser was opened with it.
        in_browser: bool,
    },
}

/// What came of it.
#[derive(Debug)]
pub enum SignedIn {
    /// Somebody signed in.
    Kept(Box<SignInView>),
    /// The server lets everybody in and names no place to sign in. Nothing was kept.
    NotNeeded {
        /// Its origin.
        server: String,
    },
}

pub(crate) fn sign_in(
    context: &Context,
    call: &SignInCall,
    observe: &mut dyn FnMut(SignInStep<'_>),
) -> Result<SignedIn, AccountError> {
    let remote = call.remote(context)?;
    let session = session(context, &remote, call.browser(), store(context))?;
    let account = session.account();
    // Whoever cannot keep a sign-in does not send anybody to a page.
    in_keyring(context).ready().map_err(AccountError::Keyring)?;
    let signed_in = wait_for(obtain(&remote.options, &session, call, observe))?;
    if signed_in.is_none() {
        return Ok(SignedIn::NotNeeded { server: origin(&remote.options.server_url) });
    }
    if let Some(problem) = session.store_problem().borrow().clone() {
        return Err(AccountError::NotKept(problem));
    }
    let kept = Reader::new(context).read(&account, remote.names).map_err(AccountError::NotKept)?;
    kept.map(|kept| SignedIn::Kept(Box::new(kept)))
        .ok_or_else(|| AccountError::NotKept(bridgekeeper_oauth::StoreError::Damaged))
}

pub(crate) fn for_now(
    context: &Context,
    call: &SignInCall,
    observe: &mut dyn FnMut(SignInStep<'_>),
) -> Result<Option<(String, String)>, AccountError> {
    let remote = call.remote(context)?;
    let session = session(context, &remote, call.browser(), Arc::new(InMemory::default()))?;
    let Some(access) = wait_for(obtain(&remote.options, &session, call, observe))? else {
        return Ok(None);
    };
    let headers = access.headers(&Method::POST, &remote.options.server_url)?;
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    Ok(value.map(|value| (AUTHORIZATION.to_string(), value.to_owned())))
}

/// Gets a token; `None` where the server wants none.
pub(crate) async fn obtain(
    options: &Options,
    session: &Session,
    call: &SignInCall,
    observe: &mut dyn FnMut(SignInStep<'_>),
) -> Result<Option<Access>, AccountError> {
    let work = async {
        let server = origin(&options.server_url);
        observe(SignInStep::Asking(&server));
        let Some(headers) = refusal(options).await? else { return Ok(None) };
        let refused =
            Refused { access: None, status: StatusCode::UNAUTHORIZED, headers: &headers, before: 1 };
        let mut progress = session.progress();
        let mut recovering = std::pin::pin!(session.recover(&refused));
        loop {
            tokio::select! {
                access = &mut recovering => return Ok(Some(access.map_err(plain)?)),
                Ok(()) = progress.changed() => tell(&progress.borrow_and_update().clone(), observe),
            }
        }
    };
    tokio::select! {
        done = work => done,
        () = call.stop.0.notified() => Err(AccountError::Stopped),
        () = tokio::time::sleep(call.limit) => Err(AccountError::TooLate { after: call.limit }),
    }
}

fn tell(progress: &Progress, observe: &mut dyn FnMut(SignInStep<'_>)) {
    match progress {
        Progress::Beginning => observe(SignInStep::Preparing),
        Progress::Elsewhere => observe(SignInStep::Elsewhere),
        Progress::Invited(invitation) => observe(SignInStep::Invited {
            url: invitation.url.as_str(),
            code: invitation.code.as_deref(),
            in_browser: invitation.browser == Opened::Yes,
        }),
        Progress::Idle | Progress::SignedIn | Progress::Failed(_) => {}
    }
}

/// The head of the answer with which the server refuses whoever brings no token; `None` where it refuses nobody and
/// names no place to sign in.
pub(super) async fn refusal(options: &Options) -> Result<Option<HeaderMap>, AccountError> {
    let client = Client::new(options.net.clone());
    let first = ask(&client, options, Method::POST).await?;
    let older = matches!(first.status(), StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED);
    let answer = if older { ask(&client, options, Method::GET).await? } else { first };
    if !answer.status().is_success() {
        return Ok(Some(answer.headers().clone()));
    }
    let headers = answer.headers().clone();
    drop(answer);
    end_session(&client, options, &headers).await;
    // Some servers let everybody shake hands and refuse the first tool.
    let published = find_protected_resource(&client, &options.server_url, None, Limits::default()).await;
    Ok(published.document().is_some().then_some(headers))
}

async fn ask(client: &Client, options: &Options, method: Method) -> Result<Response, AccountError> {
    const INITIALIZE: &str = concat!(
        r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","#,
        r#""capabilities":{},"clientInfo":{"name":"bridgekeeper","version":""#,
        env!("CARGO_PKG_VERSION"),
        r#""}}}"#
    );
    let mut headers = options.headers.clone();
    let (accept, body) = if method == Method::GET {
        ("text/event-stream", "")
    } else {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        ("application/json, text/event-stream", INITIALIZE)
    };
    headers.insert(ACCEPT, HeaderValue::from_static(accept));
    let url = options.server_url.clone();
    let sent = client.send(Request { method, url, headers, body: body.into() }).await;
    sent.map_err(|source| AccountError::NoAnswer { server: origin(&options.server_url), source })
}

/// Takes leave of a server that has opened a session. One that does not mind is no matter.
async fn end_session(client: &Client, options: &Options, answer: &HeaderMap) {
    const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
    let Some(id) = answer.get(&SESSION) else { return };
    let mut headers = options.headers.clone();
    headers.insert(SESSION, id.clone());
    let url = options.server_url.clone();
    let _ = client.send(Request { method: Method::DELETE, url, headers, body: "".into() }).await;
}

/// The error itself, where the session has told it already.
fn plain(error: OAuthError) -> OAuthError {
    #[expect(clippy::wildcard_enum_match_arm, reason = "every other error is itself")]
    match error {
        OAuthError::Told(told) => match Arc::try_unwrap(told) {
            Ok(error) => error,
            Err(told) => OAuthError::Told(told),
        },
        error => error,
    }
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Browser(_) => "Browser",
            Self::Link => "Link",
            Self::DeviceCode => "DeviceCode",
        })
    }
}

impl SignInCall {
    pub(crate) fn remote(&self, context: &Context) -> Result<Remote, AccountError> {
        let mut more = Vec::new();
        if let Some(account) = &self.account {
            more.extend(["--account", account]);
        }
        if matches!(self.way, Way::DeviceCode) {
            more.push("--device-code");
        }
        let mut remote = Remote::find(&context.home, &self.server, &more)?;
        remote.options.keyring = context.keyring.clone();
        remote.options = remote.options.with_secrets()?;
        Ok(remote)
    }

    pub(crate) fn browser(&self) -> Arc<dyn Browser> {
        match &self.way {
            Way::Browser(browser) => Arc::clone(browser),
            Way::Link | Way::DeviceCode => Arc::new(NoBrowser),
        }
    }
}
