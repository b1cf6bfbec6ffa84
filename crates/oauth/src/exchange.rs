//! One request to an endpoint of an authorization server, bounded in time and size.

use bridgekeeper_net::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use bridgekeeper_net::{Client, Method, Request, StatusCode, Url};
use bytes::Bytes;
use serde::Deserialize;
use url::form_urlencoded;
use zeroize::Zeroizing;

use crate::Error;
use crate::discovery::{Limits, allow};
use crate::error::Refusal;

/// Who is asked, on whose behalf, and how much that may cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exchange<'a> {
    pub(crate) client: &'a Client,
    /// The MCP server: decides which addresses may be asked.
    pub(crate) server: &'a Url,
    pub(crate) limits: Limits,
}

/// A complete answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Zeroizing<Vec<u8>>,
}

/// RFC 6749 §5.2, RFC 7591 §3.2.2.
#[derive(Deserialize)]
struct ErrorBody {
    error: String,
    error_description: Option<String>,
}

impl Exchange<'_> {
    /// An address that the metadata name and that may be asked.
    pub(crate) fn endpoint(&self, what: &'static str, address: &str) -> Result<Url, Error> {
        let url = Url::parse(address).map_err(|_| Error::UnsafeAddress { what, source: None })?;
        allow(self.server, &url).map_err(|source| Error::UnsafeAddress { what, source: Some(source) })?;
        Ok(url)
    }

    /// Posts a form (RFC 6749 §4.1.3).
    pub(crate) async fn post_form(
        &self,
        what: &'static str,
        url: &Url,
        form: &[(&str, &str)],
        headers: HeaderMap,
    ) -> Result<Answer, Error> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        self.post(what, url, "application/x-www-form-urlencoded", body.into(), headers).await
    }

    /// Posts a JSON document (RFC 7591 §3.1).
    pub(crate) async fn post_json(
        &self,
        what: &'static str,
        url: &Url,
        body: String,
    ) -> Result<Answer, Error> {
        self.post(what, url, "application/json", body.into(), HeaderMap::new()).await
    }

    async fn post(
        &self,
        what: &'static str,
        url: &Url,
        content_type: &'static str,
        body: Bytes,
        mut headers: HeaderMap,
    ) -> Result<Answer, Error> {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        self.in_time(what, Request { method: Method::POST, url: url.clone(), headers, body }).await
    }

    /// Asks for what stands there.
    pub(crate) async fn get(
        &self,
        what: &'static str,
        url: &Url,
        mut headers: HeaderMap,
    ) -> Result<Answer, Error> {
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let request = Request { method: Method::GET, url: url.clone(), headers, body: Bytes::new() };
        self.in_time(what, request).await
    }

    async fn in_time(&self, what: &'static str, request: Request) -> Result<Answer, Error> {
        match tokio::time::timeout(self.limits.time, self.send(what, request)).await {
            Ok(answer) => answer,
            Err(_) => Err(Error::TimedOut { what, after: self.limits.time }),
        }
    }

    async fn send(&self, what: &'static str, request: Request) -> Result<Answer, Error> {
        let net = |source| Error::Net { what, source };
        let mut response = self.client.send(request).await.map_err(net)?;
        // Reserved once: a buffer that grows leaves copies of its content behind.
        let mut body = Zeroizing::new(Vec::with_capacity(16 << 10));
        while let Some(piece) = response.chunk().await.map_err(net)? {
            if body.len() + piece.len() > self.limits.bytes {
                return Err(Error::TooLarge { what, limit: self.limits.bytes });
            }
            body.extend_from_slice(&piece);
        }
        Ok(Answer { status: response.status(), headers: response.headers().clone(), body })
    }
}

impl Answer {
    /// The answer where it is a success; else the server's reason, where it can be read. Some servers send their errors
    /// with status 200.
    pub(crate) fn successful(self, what: &'static str) -> Result<Self, Error> {
        let refusal = self.refusal();
        match refusal {
            Some(refusal) => Err(refusal.into()),
            None if self.status.is_success() => Ok(self),
            None => Err(Error::Status { what, status: self.status }),
        }
    }

    /// The server's reason, where it gives one.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        let body: ErrorBody = serde_json::from_slice(&self.body).ok()?;
        Some(Refusal::new(&body.error, body.error_description.as_deref()))
    }
}
