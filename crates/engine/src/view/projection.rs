//! From the engine's report to what is shown.

use std::collections::BTreeMap;

use bridgekeeper_claude::Home;
use bridgekeeper_doctor::log_scan::LogScan;
use bridgekeeper_doctor::text::Language;
use bridgekeeper_formats::config::{ConfigFile, Entry};
use bridgekeeper_formats::secrets;
use bridgekeeper_model::{
    Evidence, Finding, Health, Indicator, Indicators, Sentence, ServerName, ServerStatus, Severity, Value,
};

use super::{
    Claude, EvidenceView, FindingView, FixView, NotChecked, Overall, ServerView, SignKind, SignView,
    Snapshot, story,
};
use crate::explain;
use crate::report::{ConfigReport, Report};
use crate::told::told_in;

/// All that a snapshot is made from.
pub(crate) struct Looked<'a> {
    pub(crate) home: &'a Home,
    pub(crate) report: &'a Report,
    pub(crate) scan: &'a LogScan,
    /// Whether Claude runs; `None` where that is not known.
    pub(crate) running: Option<bool>,
    /// The live config, where it could be read.
    pub(crate) config: Option<&'a ConfigFile>,
    /// What is spoken.
    pub(crate) language: &'a Language,
}

/// The config that Claude reads, or else the first one that it may read.
pub(crate) fn live_config(report: &Report) -> Option<&ConfigReport> {
    let live = report.configs.iter().find(|config| config.live == Some(true));
    live.or_else(|| report.configs.iter().find(|config| config.live.is_none()))
}

impl Snapshot {
    /// What there is to show while nothing has been read yet.
    pub(crate) fn before_the_first_look(read_at: String) -> Self {
        Self {
            generation: 0,
            claude: Claude::default(),
            overall: Overall::Idle,
            servers: Vec::new(),
            setup_findings: Vec::new(),
            not_checked: Vec::new(),
            checking: Some("Claude's config and logs".to_owned()),
            read_at,
        }
    }

    /// What there is to show now.
    pub(crate) fn of(looked: &Looked<'_>, generation: u32, read_at: String) -> Self {
        let report = looked.report;
        let servers: Vec<ServerView> = report.servers.iter().map(|server| looked.server(server)).collect();
        let listed = |name: &ServerName| report.servers.iter().any(|server| server.name == *name);
        let setup = report.findings.iter().filter(|finding| !finding.server.as_ref().is_some_and(listed));
        let setup_findings: Vec<FindingView> = setup.map(|finding| looked.finding(finding)).collect();
        let claude = looked.claude();
        Self {
            generation,
            overall: overall(&claude, &servers, &setup_findings),
            claude,
            servers,
            setup_findings,
            not_checked: report.not_checked.iter().map(|one| looked.not_checked(one)).collect(),
            checking: None,
            read_at,
        }
    }

    /// Whether both show the same.
    pub(crate) fn shows_the_same(&self, other: &Self) -> bool {
        let bare = |one: &Self| Self { generation: 0, read_at: String::new(), ..one.clone() };
        bare(self) == bare(other)
    }
}

impl Looked<'_> {
    fn claude(&self) -> Claude {
        let install = self.report.installs.first();
        let config = live_config(self.report);
        let has_config =
            self.report.configs.iter().any(|config| config.parses.is_some() || config.error.is_some());
        Claude {
            found: install.is_some() || has_config,
            kind: install.map(|install| self.language.words(install.build.title()).to_owned()),
            version: install.and_then(|install| install.version.clone()),
            running: self.running,
            config_path: config.map(|config| self.home.shorten(&config.path)),
            why_live: config.map(|config| self.language.words(&config.why).to_owned()),
            looked_in: self.report.looked_in.iter().map(|place| self.home.shorten(place)).collect(),
        }
    }

    fn server(&self, server: &ServerStatus) -> ServerView {
        let entry = self.config.and_then(|config| config.server(server.name.as_str()));
        let about =
            self.report.findings.iter().filter(|finding| finding.server.as_ref() == Some(&server.name));
        let findings: Vec<FindingView> = about.map(|finding| self.finding(finding)).collect();
        ServerView {
            name: server.name.to_string(),
            source: server.source,
            state: server.state,
            since: server.since.map(|time| time.to_string()),
            summary: self.language.say(&summary(server.state, self.cause(server, &findings), entry)),
            command_line: entry.map(command_line).unwrap_or_default(),
            findings,
            timeline: self
                .scan
                .track(&server.name)
                .map(|track| story::moments(track, self.language))
                .unwrap_or_default(),
            signs: self.signs(&server.indicators),
        }
    }

    fn signs(&self, signs: &Indicators) -> Vec<SignView> {
        let all = [
            (SignKind::SignedIn, &signs.signed_in),
            (SignKind::ToolsListed, &signs.tools_listed),
            (SignKind::NoSignInCrash, &signs.no_sign_in_crash),
        ];
        // Where nothing is known at all there is nothing to show
        if all.iter().all(|(_, sign)| sign.known == Indicator::Unknown) {
            return Vec::new();
        }
        all.map(|(kind, sign)| SignView {
            kind,
            known: sign.known,
            evidence: sign.evidence.as_ref().map(|line| self.evidence(line)),
        })
        .to_vec()
    }

    fn finding(&self, finding: &Finding) -> FindingView {
        self.shown().finding(finding)
    }

    /// What is wrong with the server itself, or else with the whole set-up.
    fn cause(&self, server: &ServerStatus, own: &[FindingView]) -> Option<String> {
        if let Some(cause) = own.iter().find(|finding| finding.severity != Severity::Info) {
            return Some(cause.message.clone());
        }
        let of_all = |finding: &&Finding| finding.server.is_none() && server.findings.contains(&finding.id);
        let cause = self.report.findings.iter().filter(|_| server.state == Health::Failing).find(of_all)?;
        Some(self.finding(cause).message)
    }

    fn evidence(&self, evidence: &Evidence) -> EvidenceView {
        self.shown().evidence(evidence)
    }

    fn not_checked(&self, one: &NotChecked) -> NotChecked {
        let check = self.home.shorten(one.check.as_ref());
        let names: Vec<&str> = check.split(", ").map(|name| self.language.words(name)).collect();
        NotChecked { check: names.join(", "), why: self.shown().told(&one.why) }
    }

    const fn shown(&self) -> Shown<'_> {
        Shown { home: self.home, language: self.language }
    }
}

/// Shows what the engine found; places below the home are shortened by it.
pub(crate) struct Shown<'a> {
    pub(crate) home: &'a Home,
    pub(crate) language: &'a Language,
}

impl Shown<'_> {
    pub(crate) fn finding(&self, finding: &Finding) -> FindingView {
        let (why, what_to_do) = match self.language.page(&finding.id) {
            Some(page) => (page.why.to_owned(), page.what_to_do.to_owned()),
            None => english_page(&finding.id),
        };
        FindingView {
            id: finding.id.clone(),
            severity: finding.severity,
            server: finding.server.as_ref().map(ToString::to_string),
            message: self.language.say(&finding.sentence),
            why,
            what_to_do,
            evidence: finding.evidence.iter().map(|evidence| self.evidence(evidence)).collect(),
            fixes: finding
                .fixes
                .iter()
                .map(|fix| FixView {
                    id: fix.id.clone(),
                    title: self.language.words(&fix.title).to_owned(),
                    applicability: fix.applicability,
                    price: fix.price.as_deref().map(|price| self.told(price)),
                })
                .collect(),
        }
    }

    fn told(&self, english: &str) -> String {
        told_in(self.language.code(), self.language.words(english))
    }

    fn evidence(&self, evidence: &Evidence) -> EvidenceView {
        EvidenceView {
            file: self.home.shorten(evidence.file.as_ref()),
            line: u32::try_from(evidence.line).unwrap_or(u32::MAX),
            text: evidence.text.clone(),
            time: evidence.time.map(|time| time.to_string()),
        }
    }
}

fn overall(claude: &Claude, servers: &[ServerView], setup_findings: &[FindingView]) -> Overall {
    let is_any = |state: Health| servers.iter().any(|server| server.state == state);
    if is_any(Health::Failing) || setup_findings.iter().any(|finding| finding.severity == Severity::Error) {
        Overall::Failing
    } else if !claude.found {
        Overall::Idle
    } else if is_any(Health::NeedsSignIn) {
        Overall::NeedsSignIn
    } else if is_any(Health::Starting) {
        Overall::Starting
    } else if is_any(Health::Connected) {
        Overall::Connected
    } else {
        Overall::Idle
    }
}

fn summary(state: Health, cause: Option<String>, entry: Option<&Entry>) -> Sentence {
    let place = entry.and_then(place);
    match (state, cause) {
        (Health::Connected, _) => place.map_or_else(
            || Sentence::of("Answers"),
            |place| Sentence::of("Answers, {place}").with("place", place),
        ),
        (Health::Off, _) => Sentence::of("Switched off"),
        // In one line of a list or a menu there is no typeface for code
        (_, Some(cause)) => Sentence::of(cause.replace('`', "")),
        (Health::Failing, None) => Sentence::of("It does not work, and its log names no cause that is known"),
        (Health::NeedsSignIn, None) => Sentence::of("Waits for your sign-in in the browser"),
        (Health::Starting, None) => Sentence::of("Claude has started it and waits for its answer"),
        (Health::Stopped, None) => Sentence::of("Claude has closed it"),
        (Health::NeverSeen, None) => Sentence::of("Claude has not started it yet"),
    }
}

/// Where a server runs: the host of a remote one, `local` for any other.
fn place(entry: &Entry) -> Option<Value> {
    let addresses = entry.url.iter().map(|url| url.value.as_str()).chain(entry.arguments());
    let host = addresses.into_iter().find_map(|address| {
        let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
        let authority = rest.split(['/', '?', '#']).next()?;
        Some(authority.rsplit('@').next()?.to_owned())
    });
    let local = || entry.command.as_ref().map(|_| Sentence::of("local").into());
    host.map(Value::from).or_else(local)
}

/// How Claude starts it, as one would type it, secrets masked.
fn command_line(entry: &Entry) -> String {
    let command = entry.command.iter().map(|command| command.value.as_str());
    let words: Vec<String> = command.chain(entry.arguments()).map(quoted).collect();
    let line = match (&entry.url, words.is_empty()) {
        (Some(url), true) => url.value.clone(),
        _ => words.join(" "),
    };
    secrets::mask(&line).into_owned()
}

fn quoted(word: &str) -> String {
    if word.is_empty() || word.contains(char::is_whitespace) {
        format!("\"{word}\"")
    } else {
        word.to_owned()
    }
}

/// Why a finding matters, and what to do.
fn english_page(id: &str) -> (String, String) {
    let mut sections = explain::page(id).map(|page| sections(&page.text)).unwrap_or_default();
    let mut section = |heading: &str| sections.remove(heading).unwrap_or_default();
    (section("Why it matters"), section("What to do"))
}

/// The text under each heading of a rule's page.
fn sections(page: &str) -> BTreeMap<String, String> {
    let mut sections: BTreeMap<String, String> = BTreeMap::new();
    let parts = page.split("\n## ").skip(1).filter_map(|section| section.split_once('\n'));
    for (heading, text) in parts {
        // Of what severity a finding is stands beside it in the window
        let text = text.split("\n\nSeverity: ").next().unwrap_or_default().trim();
        let known = sections.entry(heading.trim().to_owned()).or_default();
        // Both sides of a cause, what the logs tell first
        if !known.is_empty() && !known.contains(text) {
            known.push_str("\n\n");
        }
        if !known.contains(text) {
            known.push_str(text);
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> ConfigFile {
        ConfigFile::read(format!(r#"{{"mcpServers": {{"a": {text}}}}}"#).as_bytes())
    }

    #[test]
    fn a_command_line_is_quoted_and_holds_no_secret() {
        let file = entry(
            r#"{"command": "npx", "args": ["mcp-remote", "https://a.example/mcp", "--header", "Authorization: Bearer s3cr3t-t0k3n-1234"]}"#,
        );
        let line = command_line(file.server("a").unwrap());
        assert!(
            line.starts_with("npx mcp-remote https://a.example/mcp --header \"Authorization: "),
            "{line}"
        );
        assert!(!line.contains("s3cr3t"), "{line}");
    }

    #[test]
    fn a_place_is_the_remote_host_or_here() {
        let told =
            |text: &str| place(entry(text).server("a").unwrap()).map(|place| place.in_english().into_owned());
        assert_eq!(
            told(r#"{"command": "npx", "args": ["https://u@a.example:8443/mcp?x"]}"#).as_deref(),
            Some("a.example:8443")
        );
        assert_eq!(told(r#"{"url": "https://b.example"}"#).as_deref(), Some("b.example"));
        assert_eq!(told(r#"{"command": "node", "args": ["x.js"]}"#).as_deref(), Some("local"));
    }

    #[test]
    fn sections_of_a_page_are_found_by_their_headings() {
        let page = "What it is.\n\n## Why it matters\n\nBecause.\n\nAnd so.\n\n## What to do\n\nThis.\n\nSeverity: info. Seen in logs.\n";
        let sections = sections(page);
        assert_eq!(sections["Why it matters"], "Because.\n\nAnd so.");
        assert_eq!(sections["What to do"], "This.");
    }
}
