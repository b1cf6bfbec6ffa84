//! `mcp-remote <server-url> [callback-port] [flags]`, read as mcp-remote reads it, quirks included.

use std::collections::BTreeMap;
use std::ops::Range;

use url::Url;

use crate::flags::{Flag, FlagValue, Repeated};
use crate::hash::{HashParts, HashScheme, ServerHash};

/// The command line, with the place of each argument.
///
/// Reading never fails: what mcp-remote would refuse, or read over in silence, is listed in
/// [`surprises`](Self::surprises). Indices count in the slice that was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandLine {
    /// The first argument after the headers are taken out. It is what mcp-remote takes for the URL, whatever
    /// it says.
    pub server_url: Option<Positioned<String>>,
    /// The callback port, where the second argument begins with digits that are a port.
    pub callback_port: Option<Positioned<u16>>,
    /// Every well-formed `--header`, in order, `${VARIABLES}` unresolved.
    pub headers: Vec<Header>,
    /// Every known flag that counts, in order, headers included.
    pub flags: Vec<Given>,
    /// What mcp-remote refuses or ignores.
    pub surprises: Vec<Surprise>,
}

/// A value and the index of the argument that it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Positioned<T> {
    /// Index of the argument.
    pub index: usize,
    /// What it says.
    pub value: T,
}

/// A request header from `--header "Name:Value"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Name as written.
    pub name: String,
    /// Value as written, without the white space after the colon; `${VARIABLES}` unresolved.
    pub value: String,
    /// Index of the argument that holds `Name:Value`. The flag stands before it.
    pub index: usize,
}

/// A flag as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Which one.
    pub flag: &'static Flag,
    /// Index of the flag itself.
    pub index: usize,
    /// Its value, with its index; `None` for a switch.
    pub value: Option<Positioned<String>>,
}

/// Something that mcp-remote refuses, or reads over without a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Surprise {
    /// There is no argument for the URL.
    NoServerUrl,
    /// What stands in the URL's place is none, such as a flag that was written first. Fatal.
    NotAUrl {
        /// Index of the argument.
        index: usize,
    },
    /// Plain `http` to another host than `localhost` or `127.0.0.1`, without `--allow-http`. Fatal.
    HttpNotAllowed {
        /// Index of the URL.
        index: usize,
    },
    /// The header is not in `Name:Value` form and is left out.
    MalformedHeader {
        /// Index of the header's text.
        index: usize,
    },
    /// The second argument begins with a number that is no port.
    NotAPort {
        /// Index of the argument.
        index: usize,
    },
    /// A flag that stands last and misses its value is ignored.
    MissingValue {
        /// Index of the flag.
        index: usize,
    },
    /// A flag that mcp-remote does not know is ignored.
    UnknownFlag {
        /// Index of the flag.
        index: usize,
    },
    /// A word or number that the flag does not take; the default holds instead.
    InvalidValue {
        /// Index of the value.
        index: usize,
    },
}

impl CommandLine {
    /// Reads the arguments that follow the program's name.
    pub fn parse<S: AsRef<str>>(args: &[S]) -> Self {
        Self::parse_from(args, 0)
    }

    /// Reads `args[first..]`, for an entry in which a launcher stands before; indices count in all of `args`.
    pub fn parse_from<S: AsRef<str>>(args: &[S], first: usize) -> Self {
        let all: Vec<&str> = args.iter().map(AsRef::as_ref).collect();
        let range = first.min(all.len())..all.len();
        Reader { args: &all, line: Self::empty() }.read(range)
    }

    /// The value of a flag, where it was given.
    pub fn value(&self, flag: &str) -> Option<&Positioned<String>> {
        self.given(flag)?.value.as_ref()
    }

    /// Whether a switch was given.
    pub fn has(&self, flag: &str) -> bool {
        self.given(flag).is_some()
    }

    /// The flag as it was given; the first occurrence.
    pub fn given(&self, flag: &str) -> Option<&Given> {
        self.flags.iter().find(|given| given.flag.name == flag)
    }

    /// Every value of a flag that may be repeated.
    pub fn values<'a>(&'a self, flag: &'a str) -> impl Iterator<Item = &'a Positioned<String>> {
        self.flags
            .iter()
            .filter(move |given| given.flag.name == flag)
            .filter_map(|given| given.value.as_ref())
    }

    /// The hash by which mcp-remote names this server's files; `None` without a URL.
    pub fn server_hash(&self, scheme: HashScheme) -> Option<ServerHash> {
        let server_url = &self.server_url.as_ref()?.value;
        let headers: BTreeMap<_, _> =
            self.headers.iter().map(|header| (header.name.clone(), header.value.clone())).collect();
        let authorize_params: BTreeMap<_, _> = self
            .values("--authorize-param")
            .filter_map(|param| param.value.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let resource = match self.value("--resource") {
            Some(resource) if !self.has("--disable-resource-parameter") => resource.value.as_str(),
            _ => "",
        };
        Some(ServerHash::of(
            &HashParts {
                server_url,
                resource,
                authorize_params: &authorize_params,
                headers: &headers,
                client_metadata_url: self.text("--client-metadata-url"),
                token_endpoint: self.text("--token-endpoint"),
            },
            scheme,
        ))
    }

    /// Every hash under which a release may have filed this server; the newest rule's first, none without a URL.
    pub fn server_hashes(&self) -> Vec<ServerHash> {
        let mut hashes: Vec<ServerHash> = [HashScheme::Current, HashScheme::UrlAlone]
            .into_iter()
            .filter_map(|scheme| self.server_hash(scheme))
            .collect();
        hashes.dedup();
        hashes
    }

    /// The port on which mcp-remote will wait for the sign-in: the one given, else the one derived from the
    /// hash (since 0.1.5). `None` without a URL.
    pub fn effective_callback_port(&self) -> Option<u16> {
        match &self.callback_port {
            Some(port) => Some(port.value),
            None => self.server_hash(HashScheme::Current).map(|hash| hash.default_port()),
        }
    }

    fn text(&self, flag: &str) -> &str {
        self.value(flag).map_or("", |value| &value.value)
    }

    fn empty() -> Self {
        Self { server_url: None, callback_port: None, headers: vec![], flags: vec![], surprises: vec![] }
    }
}

struct Reader<'a> {
    args: &'a [&'a str],
    line: CommandLine,
}

impl Reader<'_> {
    fn read(mut self, range: Range<usize>) -> CommandLine {
        let end = range.end;
        let rest = self.take_headers(range);
        self.take_positionals(&rest);
        self.take_flags(&rest, end);
        self.line.flags.sort_by_key(|given| given.index);
        self.check_scheme();
        self.line
    }

    /// `--header X` and `--header-file X` are cut out before anything else is counted, so they may stand
    /// before the URL. Returns the indices of what is left.
    fn take_headers(&mut self, range: Range<usize>) -> Vec<usize> {
        let mut rest = Vec::new();
        let (mut index, end) = (range.start, range.end);
        while index < end {
            let is_header = |flag: &&Flag| flag.name == "--header" || flag.name == "--header-file";
            match Flag::named(self.args[index]).filter(is_header) {
                Some(flag) if index + 1 < end => {
                    let value = Positioned { index: index + 1, value: self.args[index + 1].to_owned() };
                    if flag.name == "--header" {
                        self.header(&value);
                    }
                    self.line.flags.push(Given { flag, index, value: Some(value) });
                    index += 2;
                }
                _ => {
                    rest.push(index);
                    index += 1;
                }
            }
        }
        rest
    }

    /// `^([A-Za-z0-9_-]+):\s*(.*)$`; of one name the last value wins.
    fn header(&mut self, argument: &Positioned<String>) {
        let parts = argument.value.split_once(':').filter(|(name, value)| {
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            !name.is_empty() && name.chars().all(is_name) && !value.contains(['\n', '\r'])
        });
        match parts {
            Some((name, value)) => self.line.headers.push(Header {
                name: name.to_owned(),
                value: value.trim_start().to_owned(),
                index: argument.index,
            }),
            None => self.line.surprises.push(Surprise::MalformedHeader { index: argument.index }),
        }
    }

    fn take_positionals(&mut self, rest: &[usize]) {
        let Some(&index) = rest.first() else {
            self.line.surprises.push(Surprise::NoServerUrl);
            return;
        };
        let text = self.args[index];
        if Url::parse(text).is_err() {
            self.line.surprises.push(Surprise::NotAUrl { index });
        }
        self.line.server_url = Some(Positioned { index, value: text.to_owned() });
        if let Some(&index) = rest.get(1) {
            self.callback_port(index);
        }
    }

    /// `parseInt`: white space, then as many digits as there are; anything else is no port at all.
    fn callback_port(&mut self, index: usize) {
        let text = self.args[index].trim_start();
        let digits = &text[..text.bytes().take_while(u8::is_ascii_digit).count()];
        if digits.is_empty() {
            return;
        }
        match digits.parse::<u16>() {
            Ok(value) if value > 0 => self.line.callback_port = Some(Positioned { index, value }),
            _ => self.line.surprises.push(Surprise::NotAPort { index }),
        }
    }

    fn take_flags(&mut self, rest: &[usize], end: usize) {
        let mut value_of_flag = None;
        for &index in rest {
            if value_of_flag.take() == Some(index) || !self.args[index].starts_with('-') {
                continue;
            }
            let Some(flag) = Flag::named(self.args[index]) else {
                self.line.surprises.push(Surprise::UnknownFlag { index });
                continue;
            };
            let value = if flag.value == FlagValue::None {
                None
            } else if index + 1 < end {
                value_of_flag = Some(index + 1);
                Some(Positioned { index: index + 1, value: self.args[index + 1].to_owned() })
            } else {
                self.line.surprises.push(Surprise::MissingValue { index });
                continue;
            };
            if flag.repeated == Repeated::FirstCounts && self.line.has(flag.name) {
                continue;
            }
            if let Some(value) = &value
                && !takes(flag.value, &value.value)
            {
                self.line.surprises.push(Surprise::InvalidValue { index: value.index });
            }
            self.line.flags.push(Given { flag, index, value });
        }
    }

    /// `https` anywhere, `http` on `localhost` and `127.0.0.1` (not on `[::1]`), else with `--allow-http`.
    fn check_scheme(&mut self) {
        let Some(server_url) = &self.line.server_url else { return };
        let Ok(url) = Url::parse(&server_url.value) else { return };
        let loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1"));
        let allowed = match url.scheme() {
            "https" => true,
            "http" => loopback || self.line.has("--allow-http"),
            _ => false,
        };
        if !allowed {
            self.line.surprises.push(Surprise::HttpNotAllowed { index: server_url.index });
        }
    }
}

fn takes(kind: FlagValue, text: &str) -> bool {
    match kind {
        FlagValue::None | FlagValue::Text => true,
        FlagValue::OneOf(words) => words.contains(&text),
        FlagValue::Seconds => text.trim().parse::<f64>().is_ok_and(|seconds| seconds >= 0.0),
        FlagValue::JsonOrFile => {
            text.starts_with('@')
                || serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text).is_ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> CommandLine {
        CommandLine::parse(args)
    }

    #[test]
    fn url_port_and_flags_keep_their_places() {
        let line = parse(&["https://notes.example/mcp", "3334", "--transport", "sse-only", "--debug"]);
        assert_eq!(line.server_url, Some(Positioned { index: 0, value: "https://notes.example/mcp".into() }));
        assert_eq!(line.callback_port, Some(Positioned { index: 1, value: 3334 }));
        assert_eq!(line.value("--transport"), Some(&Positioned { index: 3, value: "sse-only".into() }));
        assert!(line.has("--debug"));
        assert_eq!(line.surprises, []);
    }

    #[test]
    fn headers_are_cut_out_before_the_url_is_looked_for() {
        let line = parse(&["--header", "Authorization: Bearer ${T}", "https://notes.example/mcp", "4000"]);
        assert_eq!(
            line.headers,
            [Header { name: "Authorization".into(), value: "Bearer ${T}".into(), index: 1 }]
        );
        assert_eq!(line.server_url.map(|url| url.index), Some(2));
        assert_eq!(line.callback_port, Some(Positioned { index: 3, value: 4000 }));
    }

    #[test]
    fn a_flag_before_the_url_stands_in_the_urls_place() {
        let line = parse(&["--debug", "https://notes.example/mcp"]);
        assert_eq!(line.server_url.map(|url| url.value), Some("--debug".into()));
        assert!(line.surprises.contains(&Surprise::NotAUrl { index: 0 }));
    }

    #[test]
    fn the_port_is_read_as_parse_int_reads_it() {
        let port = |text| parse(&["https://a.example", text]).callback_port.map(|port| port.value);
        assert_eq!(port("3334abc"), Some(3334));
        assert_eq!(port(" 3334"), Some(3334));
        assert_eq!(port("--debug"), None);
        assert_eq!(port("70000"), None);
        assert_eq!(parse(&["https://a.example", "70000"]).surprises, [Surprise::NotAPort { index: 1 }]);
    }

    #[test]
    fn a_port_after_a_flag_is_no_port() {
        let line = parse(&["https://a.example", "--debug", "3334"]);
        assert_eq!(line.callback_port, None);
    }

    #[test]
    fn malformed_headers_unknown_flags_and_missing_values_are_told() {
        let line = parse(&["https://a.example", "--header", "Bearer x", "--verbose", "--transport"]);
        assert_eq!(line.headers, []);
        assert_eq!(
            line.surprises,
            [
                Surprise::MalformedHeader { index: 2 },
                Surprise::UnknownFlag { index: 3 },
                Surprise::MissingValue { index: 4 },
            ]
        );
    }

    #[test]
    fn of_one_flag_the_first_counts_and_headers_all_count() {
        let line = parse(&["https://a.example", "--host", "one", "--host", "two"]);
        assert_eq!(line.value("--host").map(|host| host.value.as_str()), Some("one"));
        let line = parse(&["https://a.example", "--header", "A:1", "--header", "A:2"]);
        assert_eq!(line.headers.len(), 2);
    }

    #[test]
    fn plain_http_is_for_loopback_or_on_request() {
        let refused = |args: &[&str]| {
            parse(args).surprises.iter().any(|s| matches!(s, Surprise::HttpNotAllowed { .. }))
        };
        assert!(!refused(&["http://localhost:8000/mcp"]));
        assert!(!refused(&["http://127.0.0.1:8000/mcp"]));
        assert!(refused(&["http://[::1]:8000/mcp"]));
        assert!(refused(&["http://intranet/mcp"]));
        assert!(!refused(&["http://intranet/mcp", "--allow-http"]));
    }

    #[test]
    fn values_that_a_flag_does_not_take_are_told() {
        let line = parse(&["https://a.example", "--transport", "websocket", "--auth-timeout", "soon"]);
        assert_eq!(
            line.surprises,
            [Surprise::InvalidValue { index: 2 }, Surprise::InvalidValue { index: 4 }]
        );
    }

    #[test]
    fn nothing_at_all_is_told_and_not_a_crash() {
        assert_eq!(parse(&[]).surprises, [Surprise::NoServerUrl]);
        assert_eq!(CommandLine::parse_from(&["x"], 7).surprises, [Surprise::NoServerUrl]);
        assert_eq!(parse(&["--header"]).surprises.len(), 2);
    }

    #[test]
    fn indices_count_in_the_whole_entry() {
        let line = CommandLine::parse_from(&["-y", "mcp-remote", "https://a.example", "3334"], 2);
        assert_eq!(line.server_url.map(|url| url.index), Some(2));
        assert_eq!(line.callback_port.map(|port| port.index), Some(3));
    }
}
