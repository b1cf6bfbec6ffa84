//! The server's side: HTTP requests to the one MCP endpoint (MCP 2025-11-25, *Transports*, Streamable HTTP), with
//! what each of them must carry.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bridgekeeper_net::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use bridgekeeper_net::{Client, Ends, Method, Request, Response, Url, origin};
use bridgekeeper_oauth::{Access, Credentials};
use bytes::Bytes;
use tokio::sync::{Notify, OnceCell};

use crate::clock;
use crate::cookies::Cookies;
use crate::failure::Failure;
use crate::options::Options;
use crate::reply::within;
use crate::secrets;
use crate::sign_in::{Refusal, SignIn};

const SESSION_ID: HeaderName = HeaderName::from_static("mcp-session-id");
const PROTOCOL_VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Bodies come as they are. Without a word about it any coding would be welcome (RFC 9110, 12.5.3), and what is packed
/// can be larger than any limit once it is unpacked.
const UNPACKED: HeaderValue = HeaderValue::from_static("identity");

/// What the server said in the handshake and wants to hear again with every request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Session(HeaderMap);

impl Session {
    /// Reads the session's id from the response to `initialize`, and takes the version from its result.
    pub(crate) fn new(head: &HeaderMap, protocol_version: Option<&str>) -> Self {
        let mut headers = HeaderMap::new();
        if let Some(mut id) = head.get(SESSION_ID).cloned() {
            // Whoever knows it can take the session over.
            id.set_sensitive(true);
            headers.insert(SESSION_ID, id);
        }
        if let Some(version) = protocol_version.and_then(|version| HeaderValue::from_str(version).ok()) {
            headers.insert(PROTOCOL_VERSION, version);
        }
        Self(headers)
    }

    pub(crate) fn has_id(&self) -> bool {
        self.0.contains_key(SESSION_ID)
    }

    pub(crate) const fn headers(&self) -> &HeaderMap {
        &self.0
    }
}

/// The MCP endpoint.
#[derive(Debug)]
pub(crate) struct Upstream {
    client: RefCell<Rc<Client>>,
    url: Url,
    origin: String,
    silence: Option<Duration>,
    cookies: Option<RefCell<Cookies>>,
    /// Filled when the keyring has given what the command line refers to; at once where it refers to nothing.
    credentials: OnceCell<Given>,
    /// What that is made of.
    referring: Option<(Options, Arc<dyn Credentials>)>,
    filled: Notify,
    clock_ahead: Cell<Option<i64>>,
    /// Of the connection on which an answer came last.
    ends: Cell<Option<Ends>>,
}

/// What the command line gives to show the server who asks.
#[derive(Debug)]
struct Given {
    headers: HeaderMap,
    sign_in: Option<SignIn>,
}

impl Given {
    fn of(options: &Options, store: Arc<dyn Credentials>) -> Self {
        Self {
            headers: options.headers.clone(),
            sign_in: SignIn::new(options, Client::new(options.net.clone()), store),
        }
    }
}

impl Upstream {
    pub(crate) fn new(options: &Options, store: Arc<dyn Credentials>) -> Self {
        let (credentials, referring) = if secrets::are_referred_to(options) {
            (OnceCell::new(), Some((options.clone(), store)))
        } else {
            (OnceCell::new_with(Some(Given::of(options, store))), None)
        };
        Self {
            client: RefCell::new(Rc::new(Client::new(options.net.clone()))),
            origin: origin(&options.server_url),
            url: options.server_url.clone(),
            silence: options.silence,
            cookies: options.cookies.then(RefCell::default),
            credentials,
            referring,
            filled: Notify::new(),
            clock_ahead: Cell::default(),
            ends: Cell::default(),
        }
    }

    /// What the command line gives, with the keyring's secrets in it. A keyring that gave nothing is asked again the
    /// next time: it may be open by then.
    async fn given(&self) -> Result<&Given, Failure> {
        let fill = || async {
            // Without a reference it was filled from the beginning.
            let Some((options, store)) = &self.referring else { return Err(Failure::Ending) };
            let unfilled = options.clone();
            let filling = tokio::task::spawn_blocking(move || secrets::filled(unfilled));
            let options = filling.await.map_err(|_| Failure::Ending)?.map_err(Failure::Secret)?;
            Ok(Given::of(&options, Arc::clone(store)))
        };
        let is_new = !self.credentials.initialized();
        let given = self.credentials.get_or_try_init(fill).await?;
        if is_new {
            self.filled.notify_one();
        }
        Ok(given)
    }

    /// The sign-in at the server as soon as it can be told whether there may be one.
    pub(crate) async fn sign_in_to_come(&self) -> Option<&SignIn> {
        while !self.credentials.initialized() {
            self.filled.notified().await;
        }
        self.sign_in()
    }

    /// Leaves the connections that stand to whoever uses them, and makes new ones from now on.
    pub(crate) fn begin_new_connections(&self) {
        let client = Client::new(self.client.borrow().options().clone());
        *self.client.borrow_mut() = Rc::new(client);
    }

    /// The sign-in at the server, where there may be one.
    pub(crate) fn sign_in(&self) -> Option<&SignIn> {
        self.credentials.get()?.sign_in.as_ref()
    }

    /// Where messages go.
    pub(crate) const fn url(&self) -> &Url {
        &self.url
    }

    /// An address that the server named, which must lie on its own origin.
    pub(crate) fn resolve(&self, address: &str) -> Result<Url, Failure> {
        match self.url.join(address) {
            Ok(url) if url.origin() == self.url.origin() => Ok(url),
            Ok(url) => Err(Failure::ForeignEndpoint { origin: self.origin.clone(), target: origin(&url) }),
            Err(_) => Err(Failure::NotAMessage { origin: self.origin.clone() }),
        }
    }

    /// Seconds by which this machine's clock was ahead of the server's at its last dated answer.
    pub(crate) const fn clock_ahead(&self) -> Option<i64> {
        self.clock_ahead.get()
    }

    /// The ends of the connection on which an answer came last.
    pub(crate) const fn ends(&self) -> Option<Ends> {
        self.ends.get()
    }

    /// Scheme, host and port, for messages.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Longest silence of the server within one request.
    pub(crate) const fn silence(&self) -> Option<Duration> {
        self.silence
    }

    /// Sends one message, with headers beside the usual ones.
    pub(crate) async fn post(
        &self,
        url: &Url,
        message: Bytes,
        extra: &HeaderMap,
    ) -> Result<Response, Failure> {
        self.send(&Outgoing { kind: Kind::Message(message), url, extra }, self.silence).await
    }

    /// Opens a stream of the server's own messages, or takes one up again behind an event. A server may hold back the
    /// response's head until it has something to say.
    pub(crate) async fn listen(
        &self,
        last_event_id: Option<&str>,
        extra: &HeaderMap,
        silence: Option<Duration>,
    ) -> Result<Response, Failure> {
        let last = last_event_id.and_then(|id| HeaderValue::from_bytes(id.as_bytes()).ok());
        self.send(&Outgoing { kind: Kind::Stream(last), url: &self.url, extra }, silence).await
    }

    /// Tells the server that the session is over. It may refuse (405), which is fine.
    pub(crate) async fn end(&self, extra: &HeaderMap) -> Result<(), Failure> {
        let access = self.access().await?;
        let outgoing = Outgoing { kind: Kind::End, url: &self.url, extra };
        self.send_once(self.request(&outgoing, access.as_ref()).await?).await?;
        Ok(())
    }

    /// Sends a request, and sends it again when a sign-in has mended what it was refused for.
    async fn send(&self, outgoing: &Outgoing<'_>, silence: Option<Duration>) -> Result<Response, Failure> {
        let mut refusals = 0;
        loop {
            // What the keyring gives decides whether there may be a sign-in.
            self.given().await?;
            let access = self.access().await?;
            let request = self.request(outgoing, access.as_ref()).await?;
            let response = within(silence, &self.origin, self.send_once(request)).await?;
            let Some(sign_in) = self.sign_in() else { return Ok(response) };
            let Some(refusal) = Refusal::of(access, &response, refusals) else { return Ok(response) };
            if !Box::pin(sign_in.recover(refusal, outgoing.url)).await? {
                return Ok(response);
            }
            refusals += 1;
        }
    }

    /// What shows that somebody has signed in.
    async fn access(&self) -> Result<Option<Access>, Failure> {
        match self.sign_in() {
            Some(sign_in) => Ok(sign_in.access().await?),
            None => Ok(None),
        }
    }

    /// One attempt. It is made anew for each, which costs less than to keep a copy for the few that need another.
    async fn request(&self, outgoing: &Outgoing<'_>, access: Option<&Access>) -> Result<Request, Failure> {
        let Outgoing { kind, url, extra } = outgoing;
        let mut headers = self.given().await?.headers.clone();
        let (method, body) = match kind {
            Kind::Message(message) => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                headers.insert(ACCEPT, HeaderValue::from_static("application/json, text/event-stream"));
                headers.insert(ACCEPT_ENCODING, UNPACKED);
                (Method::POST, message.clone())
            }
            Kind::Stream(last_event_id) => {
                headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
                headers.insert(ACCEPT_ENCODING, UNPACKED);
                if let Some(id) = last_event_id {
                    headers.insert(LAST_EVENT_ID, id.clone());
                }
                (Method::GET, Bytes::new())
            }
            Kind::End => (Method::DELETE, Bytes::new()),
        };
        if let Some(access) = access {
            let proof = access.headers(&method, url);
            headers.extend(proof.map_err(|error| Failure::NotSignedIn {
                origin: self.origin.clone(),
                error: Arc::new(error),
            })?);
        }
        for (name, value) in *extra {
            headers.insert(name, value.clone());
        }
        if let Some(cookies) = &self.cookies {
            cookies.borrow().add_to(&mut headers);
        }
        Ok(Request { method, url: (*url).clone(), headers, body })
    }

    async fn send_once(&self, request: Request) -> Result<Response, bridgekeeper_net::Error> {
        let client = Rc::clone(&self.client.borrow());
        let response = client.send(request).await?;
        if let Some(cookies) = &self.cookies {
            cookies.borrow_mut().learn(response.headers());
        }
        self.ends.set(response.ends());
        if let Some(ahead) = clock::ahead_of(response.headers(), SystemTime::now()) {
            self.clock_ahead.set(Some(ahead));
        }
        Ok(response)
    }

    /// The other origin that a response sends us to, where it does.
    pub(crate) fn redirect_target(&self, response: &Response) -> Option<String> {
        let target =
            response.status().is_redirection().then(|| response.redirect_target(&self.url)).flatten()?;
        (target.origin() != self.url.origin()).then(|| origin(&target))
    }
}

/// A request that is to be sent, however many attempts it takes.
struct Outgoing<'a> {
    kind: Kind,
    url: &'a Url,
    /// Headers beside those that its kind and the command line want.
    extra: &'a HeaderMap,
}

enum Kind {
    /// A message of the host.
    Message(Bytes),
    /// A stream of the server's own messages, behind this event.
    Stream(Option<HeaderValue>),
    /// The end of the session.
    End,
}
