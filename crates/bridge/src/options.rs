//! The command line: all of mcp-remote's, and some words of our own.

mod headers;
mod own;
mod sign_in;

use std::path::PathBuf;
use std::time::Duration;

use bridgekeeper_mcp_remote::{CommandLine, Surprise};
use bridgekeeper_net::header::HeaderMap;
use bridgekeeper_net::{ClientCertificate, Family, NetOptions, Proxies, Trust, Url};
use bridgekeeper_vault::Keyring;

use self::headers::headers;
use self::own::{Own, take_own};
use crate::fingerprint::Fingerprint;
use crate::log::Verbosity;
use crate::secrets::{self, SecretError};
use crate::sign_in::SignInOptions;
use crate::tool_filter::ToolFilter;

/// What one run of the bridge is to do.
#[derive(Debug, Clone)]
pub struct Options {
    /// The server's MCP endpoint.
    pub server_url: Url,
    /// Sent with every request to that endpoint's origin, and nowhere else.
    pub headers: HeaderMap,
    /// Which transport is tried first.
    pub transport: Transport,
    /// Which age of the protocol the server is taken to speak.
    pub protocol: Protocol,
    /// Whether the server's cookies are sent back to it.
    pub cookies: bool,
    /// How the network is reached.
    pub net: NetOptions,
    /// Longest silence of the server within one request.
    pub silence: Option<Duration>,
    /// How often the server is pinged while nothing else is said to it.
    pub keep_alive: Option<Duration>,
    /// Which of the server's tools the host may use.
    pub tools: ToolFilter,
    /// How much is said on standard error.
    pub verbosity: Verbosity,
    /// Where it is said too, in a file of bounded size.
    pub log_file: Option<PathBuf>,
    /// How to sign in where the server wants that; `None` where nobody is to be asked.
    pub sign_in: Option<SignInOptions>,
    /// How this run was started, by which its status is told from those of others.
    pub fingerprint: Fingerprint,
    /// The user's home, or what stands in for it. Without one nothing is remembered.
    pub home: Option<PathBuf>,
    /// Where `${secret:NAME}` is looked up. It is asked only where something refers to it.
    pub keyring: Keyring,
}

impl Options {
    /// Bridgekeeper's own folder in the home.
    pub(crate) fn folder(&self) -> Option<PathBuf> {
        Some(self.home.as_ref()?.join(".bridgekeeper"))
    }

    /// With every `${secret:NAME}` in its place, from the keyring.
    pub fn with_secrets(self) -> Result<Self, SecretError> {
        if secrets::are_referred_to(&self) { secrets::filled(self) } else { Ok(self) }
    }

    /// The server's address without what may be a secret in it: user, password and query.
    pub(crate) fn shown_url(&self) -> String {
        format!("{}{}", bridgekeeper_net::origin(&self.server_url), self.server_url.path())
    }
}

/// Which of the two HTTP transports of MCP is tried, and in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Transport {
    /// Streamable HTTP; HTTP+SSE where the server refuses it.
    #[default]
    HttpFirst,
    /// HTTP+SSE; Streamable HTTP where the server refuses it.
    SseFirst,
    /// Streamable HTTP (2025-03-26 and later).
    HttpOnly,
    /// HTTP+SSE (2024-11-05).
    SseOnly,
}

impl Transport {
    fn named(word: &str) -> Option<Self> {
        match word {
            "http-first" => Some(Self::HttpFirst),
            "sse-first" => Some(Self::SseFirst),
            "http-only" => Some(Self::HttpOnly),
            "sse-only" => Some(Self::SseOnly),
            _ => None,
        }
    }
}

/// Which age of the protocol the server is taken to speak. A host that speaks 2026-07-28 itself is not affected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Protocol {
    /// The server is asked.
    #[default]
    Auto,
    /// Versions with a handshake, up to 2025-11-25.
    Legacy,
    /// 2026-07-28, which has none.
    Modern,
}

impl Protocol {
    fn named(word: &str) -> Option<Self> {
        match word {
            "auto" => Some(Self::Auto),
            "legacy" => Some(Self::Legacy),
            "modern" => Some(Self::Modern),
            _ => None,
        }
    }
}

/// What the command line asks for.
#[derive(Debug)]
pub enum Call {
    /// Print the help.
    Help,
    /// Print the version.
    Version,
    /// Carry messages. The texts are warnings about the command line.
    Run(Box<Options>, Vec<String>),
}

/// Why the bridge cannot start.
#[derive(Debug, thiserror::Error)]
pub enum UsageError {
    /// No URL was given.
    #[error("no server URL given. Usage: mcp-bridge URL [PORT] [OPTIONS]; see mcp-bridge --help")]
    NoUrl,
    /// The argument in the URL's place is none.
    #[error(
        "`{0}` is not an http or https URL. The server's URL comes first: mcp-bridge URL [PORT] [OPTIONS]"
    )]
    NotAUrl(String),
    /// Plain HTTP to a host that is not this machine.
    #[error("{0} is not encrypted. Use https, or add --allow-http where the network itself is trusted")]
    PlainHttp(String),
    /// The value of a flag is not what the flag takes. It is not repeated: it may be a secret.
    #[error("{flag} is not usable: {why}")]
    Value {
        /// The flag.
        flag: &'static str,
        /// What is wrong.
        why: &'static str,
    },
    /// The file that a flag names cannot be read.
    #[error("{flag}: {} cannot be read", path.display())]
    File {
        /// The flag.
        flag: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file of `--private-key` holds no key that can be used.
    #[error("--private-key: {} cannot be used", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Box<bridgekeeper_oauth::Error>,
    },
    /// A header file cannot be read.
    #[error("the header file {} cannot be read", path.display())]
    HeaderFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// Silence that is borne by default, as mcp-remote does.
const SILENCE: Duration = Duration::from_mins(5);

/// How often the server is pinged if it is at all, as mcp-remote does.
const PING_INTERVAL: Duration = Duration::from_secs(30);

impl Options {
    /// Reads the arguments after the program's name. `variable` looks up the environment.
    pub fn parse(args: &[String], variable: impl Fn(&str) -> Option<String>) -> Result<Call, UsageError> {
        let (own, rest, mut warnings) = take_own(args);
        let rest = url_first(rest);
        let line = CommandLine::parse(&rest);
        if line.has("--help") {
            return Ok(Call::Help);
        }
        if line.has("--version") {
            return Ok(Call::Version);
        }
        let server_url = server_url(&line)?;
        warnings.extend(line.surprises.iter().filter_map(|surprise| describe(surprise, &rest)));
        if !server_url.username().is_empty() || server_url.password().is_some() {
            warnings
                .push("the user and password in the URL are not sent; a --header can hold them".to_owned());
        }
        let headers = headers(&line, &variable, &mut warnings)?;
        let mut net = NetOptions {
            trust: trust(&own, &variable, &mut warnings),
            client_certificate: client_certificate(&own, &mut warnings),
            family: if line.has("--ipv4") { Family::Ipv4 } else { Family::Any },
            proxies: Proxies::from_env(&variable).or_of_system(&server_url),
            user_agent: concat!("mcp-bridge/", env!("CARGO_PKG_VERSION")).to_owned(),
            ..NetOptions::default()
        };
        let flag = |name| line.value(name).and_then(|given| Limit::read(&given.value));
        if let Some(Limit::After(limit)) = flag("--connect-timeout") {
            net.connect_timeout = limit;
        }
        let own_limit = own.timeout.as_deref().and_then(Limit::read);
        let silence = match own_limit.or_else(|| flag("--headers-timeout")).or_else(|| flag("--body-timeout"))
        {
            Some(Limit::Never) => None,
            Some(Limit::After(limit)) => Some(limit),
            None => Some(SILENCE),
        };
        // Another word has given a warning already.
        let transport =
            line.value("--transport").and_then(|given| Transport::named(&given.value)).unwrap_or_default();
        let protocol = match own.protocol.as_deref().map(Protocol::named) {
            Some(Some(protocol)) => protocol,
            Some(None) => {
                warnings.push("--protocol takes auto, legacy or modern; auto holds".into());
                Protocol::Auto
            }
            None => Protocol::Auto,
        };
        let cookies = !line.has("--disable-cookies");
        let ping_interval = match flag("--ping-interval") {
            Some(Limit::After(interval)) => interval,
            Some(Limit::Never) | None => PING_INTERVAL,
        };
        let keep_alive = line.has("--keep-alive").then_some(ping_interval);
        let ignored = line.values("--ignore-tool").map(|given| given.value.clone()).collect();
        let home_variable = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        let home = own
            .home
            .clone()
            .or_else(|| variable(home_variable).map(PathBuf::from).filter(|home| home.is_absolute()));
        let sign_in = sign_in::sign_in(&line, &own, &server_url, home.as_deref(), &variable, &mut warnings)?;
        let verbosity = match (line.has("--silent"), line.has("--debug")) {
            (true, _) => Verbosity::Silent,
            (false, true) => Verbosity::Debug,
            (false, false) => Verbosity::Normal,
        };
        Ok(Call::Run(
            Box::new(Self {
                server_url,
                headers,
                transport,
                protocol,
                cookies,
                net,
                silence,
                keep_alive,
                tools: ToolFilter { allowed: own.allowed_tools, ignored },
                verbosity,
                log_file: own.log_file,
                sign_in,
                keyring: secrets::keyring(home.as_deref(), &variable),
                fingerprint: Fingerprint::of(args, &variable),
                home,
            }),
            warnings,
        ))
    }
}

/// mcp-remote takes whatever stands first for the URL. Where that is a flag, the URL is moved there.
fn url_first(mut args: Vec<String>) -> Vec<String> {
    let is_url = |text: &String| text.starts_with("http://") || text.starts_with("https://");
    if args
        .first()
        .is_some_and(|first| first.starts_with("--") && first != "--header" && first != "--header-file")
        && let Some(at) = args.iter().position(is_url)
    {
        let url = args.remove(at);
        args.insert(0, url);
    }
    args
}

fn server_url(line: &CommandLine) -> Result<Url, UsageError> {
    let text = &line.server_url.as_ref().ok_or(UsageError::NoUrl)?.value;
    let not_a_url = || UsageError::NotAUrl(without_secrets(text).to_owned());
    let mut url = Url::parse(text).map_err(|_| not_a_url())?;
    let loopback = match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => return Err(not_a_url()),
    };
    match url.scheme() {
        "https" => {}
        "http" if loopback || line.has("--allow-http") => {}
        "http" => return Err(UsageError::PlainHttp(bridgekeeper_net::origin(&url))),
        _ => return Err(not_a_url()),
    }
    url.set_fragment(None);
    Ok(url)
}

/// The part of a would-be URL that can be shown: neither user and password nor the query.
fn without_secrets(text: &str) -> &str {
    let address = text.split(['?', '#']).next().unwrap_or_default();
    address.rsplit('@').next().unwrap_or_default()
}

/// What the person should know about an argument. Values are not repeated: they may be secrets.
fn describe(surprise: &Surprise, args: &[String]) -> Option<String> {
    match *surprise {
        Surprise::UnknownFlag { index } => {
            let flag = args[index].split('=').next().unwrap_or_default();
            Some(format!("the flag {flag} is unknown and ignored"))
        }
        Surprise::MissingValue { index } => {
            Some(format!("{} needs a value and is ignored without one", args[index]))
        }
        Surprise::MalformedHeader { .. } => {
            Some("a --header that is not in Name:Value form is ignored".into())
        }
        Surprise::NotAPort { .. } => Some("the second argument is no port and is ignored".into()),
        Surprise::InvalidValue { index } => {
            let flag = index.checked_sub(1).and_then(|flag| args.get(flag)).map_or("a flag", String::as_str);
            Some(format!("{flag} does not take that value; its default holds"))
        }
        // Errors, reported as such.
        Surprise::NoServerUrl | Surprise::NotAUrl { .. } | Surprise::HttpNotAllowed { .. } => None,
    }
}

/// A variable that outlived its file is common, and stops no other program: Node warns and goes on.
fn trust(own: &Own, variable: &impl Fn(&str) -> Option<String>, warnings: &mut Vec<String>) -> Trust {
    let mut files = own.ca_files.clone();
    if own.ca_only {
        return Trust::Only(files);
    }
    for name in ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"] {
        let Some(path) = variable(name).filter(|path| !path.is_empty()).map(PathBuf::from) else { continue };
        if path.exists() {
            files.push(path);
        } else {
            warnings
                .push(format!("{name} names a file that is not there and is ignored: {}", path.display()));
        }
    }
    Trust::System(files)
}

/// A key may stand in the certificate's own file.
fn client_certificate(own: &Own, warnings: &mut Vec<String>) -> Option<ClientCertificate> {
    if own.client_certificate.is_none() && own.client_key.is_some() {
        warnings.push("--client-key is ignored without --client-cert".into());
    }
    let chain = own.client_certificate.clone()?;
    let key = own.client_key.clone().unwrap_or_else(|| chain.clone());
    Some(ClientCertificate { chain, key })
}

/// A time limit as the command line gives it, in seconds; 0 is none.
#[derive(Debug, Clone, Copy)]
enum Limit {
    Never,
    After(Duration),
}

impl Limit {
    fn read(text: &str) -> Option<Self> {
        let limit = Duration::try_from_secs_f64(text.trim().parse().ok()?).ok()?;
        Some(if limit.is_zero() { Self::Never } else { Self::After(limit) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXISTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");

    fn parse(args: &[&str]) -> Result<Call, UsageError> {
        let args: Vec<String> = args.iter().map(|&argument| argument.to_owned()).collect();
        Options::parse(&args, |name| match name {
            "TOKEN" => Some("Bearer abc".to_owned()),
            "NODE_EXTRA_CA_CERTS" => Some(EXISTS.to_owned()),
            _ => None,
        })
    }

    fn run(args: &[&str]) -> (Options, Vec<String>) {
        let Call::Run(options, warnings) = parse(args).expect("a usable command line") else {
            panic!("{args:?} asks for something else")
        };
        (*options, warnings)
    }

    #[test]
    fn a_variable_that_names_no_file_is_told_and_stops_nothing() {
        let gone = format!("{EXISTS}.gone");
        let args = ["https://example.com/mcp".to_owned()];
        let call = Options::parse(&args, |name| (name == "NODE_EXTRA_CA_CERTS").then(|| gone.clone()));
        let Ok(Call::Run(options, warnings)) = call else { panic!("{call:?}") };
        assert_eq!(options.net.trust, Trust::System(vec![]));
        assert_eq!(
            warnings,
            [format!("NODE_EXTRA_CA_CERTS names a file that is not there and is ignored: {gone}")]
        );
    }

    #[test]
    fn a_header_that_belongs_to_the_connection_is_told_and_not_sent() {
        let (options, warnings) = run(&["https://example.com/mcp", "--header", "Content-Length: 3"]);
        assert!(options.headers.is_empty());
        assert_eq!(warnings, ["the header content-length belongs to the connection and is ignored"]);
    }

    #[test]
    fn a_password_in_the_url_is_told_and_not_sent() {
        let (options, warnings) = run(&["https://ada:winter-river-71@example.com/mcp"]);
        assert!(options.headers.is_empty());
        assert_eq!(warnings, ["the user and password in the URL are not sent; a --header can hold them"]);
    }

    #[test]
    fn a_line_written_for_mcp_remote_is_read_as_it_is() {
        let (options, warnings) = run(&[
            "https://example.com/mcp",
            "3334",
            "--header",
            "Authorization:${TOKEN}",
            "--header",
            "X-A: b",
            "--debug",
        ]);
        assert_eq!(options.server_url.as_str(), "https://example.com/mcp");
        assert_eq!(options.headers["authorization"], "Bearer abc");
        assert_eq!(options.headers["x-a"], "b");
        assert_eq!(options.verbosity, Verbosity::Debug);
        assert_eq!(options.net.trust, Trust::System(vec![EXISTS.into()]));
        assert_eq!(warnings, Vec::<String>::new());
    }

    #[test]
    fn a_missing_variable_is_a_warning_and_stays_as_written() {
        let (options, warnings) = run(&["https://example.com/mcp", "--header", "X-A: ${NONE} ${TOKEN}"]);
        assert_eq!(options.headers["x-a"], "${NONE} Bearer abc");
        assert_eq!(warnings, ["the header X-A names the variable NONE, which is not set"]);
    }

    #[test]
    fn unknown_flags_are_a_warning() {
        let (_, warnings) = run(&["https://example.com/mcp", "--no-such-flag=secret"]);
        assert_eq!(warnings, ["the flag --no-such-flag is unknown and ignored"]);
    }

    #[test]
    fn own_flags_stand_anywhere() {
        let (options, _) = run(&[
            "--home",
            "/h",
            "--ca-only",
            "--debug",
            "https://example.com/mcp",
            "--ca-file=/c.pem",
            "--timeout",
            "7",
        ]);
        assert_eq!(options.server_url.as_str(), "https://example.com/mcp");
        assert_eq!(options.home, Some("/h".into()));
        assert_eq!(options.net.trust, Trust::Only(vec!["/c.pem".into()]));
        assert_eq!(options.silence, Some(Duration::from_secs(7)));
        assert_eq!(options.verbosity, Verbosity::Debug);
    }

    #[test]
    fn the_client_certificate_may_hold_its_key_and_tools_have_patterns() {
        let (options, warnings) = run(&[
            "https://example.com/mcp",
            "--client-cert",
            "/me.pem",
            "--allow-tool",
            "get_*",
            "--ignore-tool",
            "get_secret",
            "--keep-alive",
            "--ping-interval",
            "7",
            "--ipv4",
            "--no-auth",
            "--log-file=/log",
        ]);
        let certificate = ClientCertificate { chain: "/me.pem".into(), key: "/me.pem".into() };
        assert_eq!(options.net.client_certificate, Some(certificate));
        assert_eq!(options.net.family, Family::Ipv4);
        assert_eq!(options.tools.allowed, ["get_*"]);
        assert_eq!(options.tools.ignored, ["get_secret"]);
        assert_eq!(options.keep_alive, Some(Duration::from_secs(7)));
        assert_eq!(options.log_file, Some("/log".into()));
        assert_eq!(warnings, Vec::<String>::new());
    }

    #[test]
    fn the_home_is_the_environments_unless_another_is_given() {
        assert_eq!(run(&["https://example.com/"]).0.home, None, "this environment has none");
        let (options, _) = run(&["https://me:pw@example.com/mcp?key=k7", "--home", "/h"]);
        assert_eq!(options.folder(), Some(PathBuf::from("/h").join(".bridgekeeper")));
        assert_eq!(options.shown_url(), "https://example.com/mcp");
    }

    #[test]
    fn plain_http_needs_loopback_or_leave() {
        for url in ["http://localhost:1/mcp", "http://127.0.0.1/mcp", "http://[::1]:1/mcp"] {
            run(&[url]);
        }
        assert!(matches!(parse(&["http://example.com/mcp"]), Err(UsageError::PlainHttp(_))));
        run(&["http://example.com/mcp", "--allow-http"]);
    }

    #[test]
    fn what_is_no_url_is_refused() {
        assert!(matches!(parse(&[]), Err(UsageError::NoUrl)));
        for text in ["example.com/mcp", "ftp://example.com", "--debug"] {
            assert!(matches!(parse(&[text]), Err(UsageError::NotAUrl(_))), "{text}");
        }
    }

    #[test]
    fn a_secret_in_what_is_no_url_is_not_repeated() {
        let told = parse(&["user:pass@example.com/mcp?key=k7"]).expect_err("no URL").to_string();
        assert!(told.contains("`example.com/mcp`"), "{told}");
    }

    #[test]
    fn a_limit_of_zero_is_no_limit() {
        assert_eq!(run(&["https://example.com/", "--body-timeout", "0"]).0.silence, None);
        assert_eq!(run(&["https://example.com/"]).0.silence, Some(SILENCE));
    }
}
