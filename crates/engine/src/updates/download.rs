//! A public file fetched over https: a release's description, a package.
//!
//! Whoever serves it is not believed: it may name another length than it sends, send without end, stop in the middle, or
//! lead elsewhere. The connection is the bridge's and the probe's, with the same trust and the same proxies.
//!
//! Deliberately absent: whether what came is what was meant. Its signature says that, and the host checks it.

use std::future::Future;
use std::io;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Duration;

use bridgekeeper_net::header::{ACCEPT, HeaderMap, HeaderValue};
use bridgekeeper_net::{
    Client, Error as NetError, Method, NetOptions, Proxies, Request, Response, Trust, origin,
};
use url::Url;

/// Redirects followed for one file. Releases lie behind two.
const REDIRECTS: usize = 5;

/// What is fetched, and what it may cost.
#[derive(Debug, Clone)]
pub struct Download {
    /// Where it is.
    pub url: Url,
    /// The media type that is asked for.
    pub accept: &'static str,
    /// Who asks: version and platform, nothing else.
    pub user_agent: String,
    /// Its length in bytes, where somebody said it beforehand.
    pub length: Option<u64>,
    /// More bytes than these are not taken.
    pub largest: u64,
    /// How long nothing may come.
    pub silence: Duration,
    /// How long it may take.
    pub whole: Duration,
}

/// How much has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// Bytes so far.
    pub bytes: u64,
    /// Bytes there should be, where the server or somebody else says it.
    pub of: Option<u64>,
}

/// Why a file was not fetched. Nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// It is not to be had over an encrypted connection.
    #[error("{0} is not encrypted; only https is used")]
    Insecure(String),
    /// One redirect too many.
    #[error("{0} leads in circles")]
    Circles(String),
    /// No answer, or not all of it.
    #[error(transparent)]
    Net(#[from] NetError),
    /// The server has nothing for us.
    #[error("{origin} answered with status {status}")]
    Status {
        /// Who answered.
        origin: String,
        /// With what.
        status: u16,
    },
    /// More came than may.
    #[error("{origin} sends more than {largest} bytes")]
    TooLarge {
        /// Who sends.
        origin: String,
        /// The limit.
        largest: u64,
    },
    /// The length is not the one that was said.
    #[error("{origin} sends {came} bytes in the place of {said}")]
    OtherLength {
        /// Who sends.
        origin: String,
        /// What was said.
        said: u64,
        /// What it is.
        came: u64,
    },
    /// Nothing came for too long, or it took too long as a whole.
    #[error("{0} stopped sending")]
    Silent(String),
    /// The caller broke it off.
    #[error("it was broken off")]
    BrokenOff,
    /// The system gave no means to wait for sockets.
    #[error("could not begin")]
    Runtime(#[source] io::Error),
}

impl Download {
    /// Fetches it and waits for the end. `variable` reads the environment: proxies, and `NODE_EXTRA_CA_CERTS` as the
    /// bridge reads it. `tell` hears of each piece, and may break it off.
    pub fn fetch(
        &self,
        variable: impl Fn(&str) -> Option<String>,
        tell: &mut dyn FnMut(Received) -> ControlFlow<()>,
    ) -> Result<Vec<u8>, DownloadError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(DownloadError::Runtime)?;
        let fetched = runtime.block_on(async {
            let all = self.fetch_all(&variable, tell);
            tokio::time::timeout(self.whole, all).await.unwrap_or_else(|_| Err(silent(&self.url)))
        });
        // A name that is still being looked up would be waited for otherwise.
        runtime.shutdown_background();
        fetched
    }

    async fn fetch_all(
        &self,
        variable: &impl Fn(&str) -> Option<String>,
        tell: &mut dyn FnMut(Received) -> ControlFlow<()>,
    ) -> Result<Vec<u8>, DownloadError> {
        let mut response = self.follow(variable).await?;
        let from = origin(response.url());
        let announced = response.content_length();
        if let (Some(said), Some(came)) = (self.length, announced)
            && said != came
        {
            return Err(DownloadError::OtherLength { origin: from, said, came });
        }
        let of = self.length.or(announced);
        if of.is_some_and(|of| of > self.largest) {
            return Err(DownloadError::TooLarge { origin: from, largest: self.largest });
        }
        let mut bytes = Vec::new();
        while let Some(piece) = self.awaited(&self.url, response.chunk()).await? {
            bytes.extend_from_slice(&piece);
            let came = length(&bytes);
            if came > of.unwrap_or(self.largest).min(self.largest) {
                return Err(DownloadError::TooLarge {
                    origin: from,
                    largest: self.largest.min(of.unwrap_or(came)),
                });
            }
            if tell(Received { bytes: came, of }).is_break() {
                return Err(DownloadError::BrokenOff);
            }
        }
        match of {
            Some(said) if said != length(&bytes) => {
                Err(DownloadError::OtherLength { origin: from, said, came: length(&bytes) })
            }
            _ => Ok(bytes),
        }
    }

    /// The first response that is no redirect. Releases lead to another host, so each one is asked anew; there is
    /// nothing in the request that it should not have.
    async fn follow(&self, variable: &impl Fn(&str) -> Option<String>) -> Result<Response, DownloadError> {
        let mut url = self.url.clone();
        for _ in 0..=REDIRECTS {
            if url.scheme() != "https" {
                return Err(DownloadError::Insecure(origin(&url)));
            }
            let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(self.accept))]);
            let request = Request { method: Method::GET, url: url.clone(), headers, body: Vec::new().into() };
            let client = self.client(&url, variable);
            let response = self.awaited(&url, client.send(request)).await?;
            let status = response.status();
            match response.redirect_target(response.url()) {
                Some(target) if status.is_redirection() => url = target,
                _ if status.as_u16() == 200 => return Ok(response),
                _ => return Err(DownloadError::Status { origin: origin(&url), status: status.as_u16() }),
            }
        }
        Err(DownloadError::Circles(origin(&self.url)))
    }

    fn client(&self, url: &Url, variable: &impl Fn(&str) -> Option<String>) -> Client {
        let authorities = variable("NODE_EXTRA_CA_CERTS").map(PathBuf::from).filter(|path| path.exists());
        Client::new(NetOptions {
            trust: Trust::System(authorities.into_iter().collect()),
            proxies: Proxies::from_env(variable).or_of_system(url),
            user_agent: self.user_agent.clone(),
            ..NetOptions::default()
        })
    }

    async fn awaited<T>(
        &self,
        url: &Url,
        next: impl Future<Output = Result<T, NetError>>,
    ) -> Result<T, DownloadError> {
        match tokio::time::timeout(self.silence, next).await {
            Ok(came) => Ok(came?),
            Err(_) => Err(silent(url)),
        }
    }
}

fn silent(url: &Url) -> DownloadError {
    DownloadError::Silent(origin(url))
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

// An update is fetched with the system's authorities always. Wine, which runs what is built with GNU's tools, lets a program
// add none to them; Windows itself does.
#[cfg(test)]
#[cfg(not(all(windows, target_env = "gnu")))]
mod tests {
    use bridgekeeper_net::Fault;
    use bridgekeeper_testkit::scripted::{Reply, Request, ScriptedServer};
    use bridgekeeper_testkit::tls::{Certificate, TlsServer};

    use super::*;

    fn of(url: &str) -> Download {
        Download {
            url: url.parse().unwrap(),
            accept: "application/octet-stream",
            user_agent: "bridgekeeper/0.1.0 (linux-x86_64)".to_owned(),
            length: None,
            largest: 1000,
            silence: Duration::from_secs(20),
            whole: Duration::from_secs(30),
        }
    }

    fn serve(script: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> TlsServer {
        TlsServer::start(Certificate::Good, script)
    }

    fn fetch(server: &TlsServer, change: impl FnOnce(&mut Download)) -> Result<Vec<u8>, DownloadError> {
        let mut what = of(&format!("{}/file", server.origin()));
        change(&mut what);
        let authority = server.authority().display().to_string();
        what.fetch(|name| (name == "NODE_EXTRA_CA_CERTS").then(|| authority.clone()), &mut |_| {
            ControlFlow::Continue(())
        })
    }

    fn bytes(count: usize) -> Reply {
        Reply::typed(200, "application/octet-stream", vec![7; count])
    }

    #[test]
    fn a_file_comes_whole_and_the_request_says_version_and_platform_alone() {
        let server = serve(|_| bytes(1000));
        assert_eq!(fetch(&server, |what| what.length = Some(1000)).unwrap().len(), 1000);
        let request = &server.seen()[0];
        let names: Vec<&str> = request.headers().keys().map(String::as_str).collect();
        assert_eq!(names, ["accept", "host", "user-agent"]);
        assert_eq!(request.headers()["user-agent"], "bridgekeeper/0.1.0 (linux-x86_64)");
    }

    #[test]
    fn another_length_than_was_said_is_refused() {
        let server = serve(|_| bytes(999));
        let error = fetch(&server, |what| what.length = Some(1000)).unwrap_err();
        assert!(matches!(error, DownloadError::OtherLength { said: 1000, came: 999, .. }), "{error}");
        let endless = serve(|_| Reply::stream("application/octet-stream").and(vec![7; 2000]).stall());
        for length in [None, Some(500)] {
            let error = fetch(&endless, |what| what.length = length).unwrap_err();
            assert!(matches!(error, DownloadError::TooLarge { .. }), "{error}");
        }
        let large = serve(|_| bytes(1001));
        assert!(matches!(fetch(&large, |_| ()).unwrap_err(), DownloadError::TooLarge { largest: 1000, .. }));
    }

    #[test]
    fn who_stops_sending_is_waited_for_no_longer() {
        let scripts: [fn() -> Reply; 2] = [
            || Reply::nothing().stall(),
            || Reply::stream("application/octet-stream").and(vec![7; 10]).stall(),
        ];
        for answer in scripts {
            let server = serve(move |_| answer());
            let error = fetch(&server, |what| what.silence = Duration::from_millis(300)).unwrap_err();
            assert!(matches!(error, DownloadError::Silent(_)), "{error}");
        }
    }

    #[test]
    fn a_redirect_is_followed_to_another_host_and_never_to_plain_http() {
        let plain = ScriptedServer::start(|_| bytes(3));
        let to = format!("{}/file", plain.origin());
        let server = serve(move |_| Reply::status(302).with("Location", to.clone()));
        let error = fetch(&server, |_| ()).unwrap_err();
        assert!(matches!(&error, DownloadError::Insecure(origin) if *origin == plain.origin()), "{error}");
        assert!(plain.seen().is_empty(), "nothing was asked over plain http");
        let error =
            of("http://127.0.0.1:9/").fetch(|_| None, &mut |_| ControlFlow::Continue(())).unwrap_err();
        assert!(matches!(error, DownloadError::Insecure(_)), "{error}");

        // Another name of the same server is another origin
        let server = serve(|request| match request.path() {
            "/file" => Reply::status(302)
                .with("Location", request.origin().replace("127.0.0.1", "localhost") + "/there"),
            _ => bytes(3),
        });
        assert_eq!(fetch(&server, |_| ()).unwrap(), [7; 3]);

        let circle = serve(|request| {
            let other =
                if request.headers()["host"].starts_with("localhost") { "127.0.0.1" } else { "localhost" };
            Reply::status(302).with("Location", request.origin().replace("127.0.0.1", other) + "/file")
        });
        assert!(matches!(fetch(&circle, |_| ()).unwrap_err(), DownloadError::Circles(_)));
    }

    #[test]
    fn what_is_not_there_is_told_with_its_status_and_a_stranger_is_not_believed() {
        let server = serve(|_| Reply::status(404));
        assert!(matches!(fetch(&server, |_| ()).unwrap_err(), DownloadError::Status { status: 404, .. }));
        let stranger = of(&format!("{}/file", server.origin()));
        let gone = format!("{}/gone.pem", env!("CARGO_MANIFEST_DIR"));
        for named in [None, Some(gone)] {
            let variable = |name: &str| named.clone().filter(|_| name == "NODE_EXTRA_CA_CERTS");
            let error = stranger.fetch(variable, &mut |_| ControlFlow::Continue(())).unwrap_err();
            let DownloadError::Net(error) = error else { panic!("{error}") };
            assert_ne!(error.fault(), Fault::TrustRoots, "{error}");
        }
    }

    #[test]
    fn it_can_be_broken_off() {
        let server = serve(|_| bytes(1000));
        let what = of(&format!("{}/file", server.origin()));
        let authority = server.authority().display().to_string();
        let error = what
            .fetch(|name| (name == "NODE_EXTRA_CA_CERTS").then(|| authority.clone()), &mut |_| {
                ControlFlow::Break(())
            })
            .unwrap_err();
        assert!(matches!(error, DownloadError::BrokenOff), "{error}");
    }
}
