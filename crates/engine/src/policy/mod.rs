//! What an organisation has set for the computers that it looks after: no updates, which servers may be added, and
//! where reports go.
//!
//! A [`Policy`] is plain data, made from what stands in the system's own places, which [`PolicySource`] reads anew at
//! each question because an app runs for days. What cannot be read is told, and until it can be read it counts as
//! forbidden: a policy with a mistake in it must not open what it was written to close.
//!
//! Deliberately absent: a wall against the person at the computer. Claude's config is theirs to write, and an entry may
//! start any program, so an entry that is not allowed is a finding; Bridgekeeper does not add one, and deletes none.
//! The bridge asks nothing here: the same entry could name another bridge, so a refusal would only look like safety.

mod allowed;
mod finding;
mod source;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use bridgekeeper_model::Sentence;
use serde::Serialize;
use serde_json::{Map, Value};
use url::Url;

use allowed::refused;
pub(crate) use allowed::refused_by;
pub use allowed::{BadPattern, ServerPattern};
pub(crate) use finding::{PAGES, findings, page};
pub use source::PolicySource;

const ORGANISATION: &str = "Organisation";
const UPDATES_OFF: &str = "UpdatesOff";
const ALLOWED_SERVERS: &str = "AllowedServers";
const REPORT_ADDRESS: &str = "ReportAddress";

/// What is set for this computer and person. The default is what holds where no organisation has said anything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Policy {
    /// Who has set it, as they call themselves.
    pub organisation: Option<String>,
    /// Where it stands, the computer's before the person's; empty where there is none.
    pub places: Vec<String>,
    /// Whether newer releases must be neither looked for nor installed.
    pub updates_off: bool,
    /// The servers that may be added; `None` where every one may, unless a problem names this key.
    #[cfg_attr(feature = "bindings", specta(type = Option<Vec<String>>))]
    pub allowed_servers: Option<Vec<ServerPattern>>,
    /// Where reports go: a mail address, or an `https:` or `mailto:` address.
    pub report_address: Option<String>,
    /// What could not be read or is not known. What it may forbid counts as forbidden.
    pub problems: Vec<PolicyProblem>,
}

/// A part of a policy that says nothing that could be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct PolicyProblem {
    /// Where it stands.
    pub place: String,
    /// The key; `None` where the whole place could not be read.
    pub key: Option<String>,
    /// What is wrong with it.
    #[cfg_attr(feature = "bindings", specta(type = String))]
    pub why: Sentence,
    /// What follows from it.
    pub effect: PolicyEffect,
}

/// What follows from a problem of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum PolicyEffect {
    /// What the part may forbid is forbidden until it can be read.
    Forbids,
    /// Nothing: the rest holds without it.
    Ignored,
}

/// One place that a policy may stand in, as it was found.
#[derive(Debug)]
struct Layer {
    place: String,
    found: Found,
}

#[derive(Debug)]
enum Found {
    Absent,
    Keys(Map<String, Value>),
    Unreadable(String),
}

impl Policy {
    /// Whether anybody has set anything.
    pub fn is_set(&self) -> bool {
        !self.places.is_empty()
    }

    /// Who has decided, for a sentence: the organisation by its name and where it says so.
    pub fn decided_by(&self) -> String {
        let who = self.organisation.as_deref().unwrap_or("your organisation");
        format!("{who} (set in {})", self.places.join(", "))
    }

    /// Puts the places together: what stands in an earlier one holds, and a later one adds what that leaves open.
    fn of(layers: Vec<Layer>) -> Self {
        let mut policy = Self::default();
        let mut decided: Vec<&str> = Vec::new();
        for Layer { place, found } in layers {
            match found {
                Found::Absent => continue,
                Found::Unreadable(why) => policy.problem(&place, None, why),
                Found::Keys(keys) => {
                    let mut of_here = Vec::new();
                    for (name, value) in keys {
                        match KEYS.iter().find(|(known, _)| known.eq_ignore_ascii_case(&name)) {
                            Some((known, _)) if decided.contains(known) => {}
                            Some((known, read)) => {
                                of_here.push(*known);
                                read(&mut policy, &place, &value);
                            }
                            None => policy.problems.push(PolicyProblem {
                                place: place.clone(),
                                key: Some(name),
                                why: Sentence::of("this version knows no such key"),
                                effect: PolicyEffect::Ignored,
                            }),
                        }
                    }
                    decided.extend(of_here);
                }
            }
            policy.places.push(place);
        }
        if policy.is_unread(UPDATES_OFF) {
            policy.updates_off = true;
        }
        policy
    }

    /// Whether a key may say something that could not be read.
    fn is_unread(&self, key: &str) -> bool {
        let concerns = |problem: &PolicyProblem| problem.key.as_deref().is_none_or(|unread| unread == key);
        self.problems.iter().any(|problem| problem.effect == PolicyEffect::Forbids && concerns(problem))
    }

    fn problem(&mut self, place: &str, key: Option<&'static str>, why: impl Into<Cow<'static, str>>) {
        let (place, key) = (place.to_owned(), key.map(str::to_owned));
        let why = Sentence::of(why);
        self.problems.push(PolicyProblem { place, key, why, effect: PolicyEffect::Forbids });
    }

    fn read_organisation(&mut self, place: &str, value: &Value) {
        match value.as_str() {
            Some(name) => self.organisation = Some(name.trim().to_owned()).filter(|name| !name.is_empty()),
            None => self.ignored(place, ORGANISATION, Sentence::of("it is no text")),
        }
    }

    fn read_updates_off(&mut self, place: &str, value: &Value) {
        let off = value.as_bool().or_else(|| match value.as_u64() {
            Some(0) => Some(false),
            Some(1) => Some(true),
            _ => None,
        });
        match off {
            Some(off) => self.updates_off = off,
            None => self.problem(place, Some(UPDATES_OFF), "it is neither true nor false, 1 nor 0"),
        }
    }

    fn read_allowed_servers(&mut self, place: &str, value: &Value) {
        let one = value.as_str().map(|one| vec![one]);
        let texts = one.or_else(|| value.as_array()?.iter().map(Value::as_str).collect());
        let Some(texts) = texts else {
            return self.problem(place, Some(ALLOWED_SERVERS), "it is no list of texts");
        };
        let mut patterns = Vec::new();
        for text in texts {
            match text.parse::<ServerPattern>() {
                Ok(pattern) => patterns.push(pattern),
                // One pattern less allows less
                Err(why) => {
                    let why = Sentence::of("`{pattern}`: {why}")
                        .with("pattern", text)
                        .with("why", Sentence::of(why.to_string()));
                    self.ignored(place, ALLOWED_SERVERS, why);
                }
            }
        }
        self.allowed_servers = Some(patterns);
    }

    fn read_report_address(&mut self, place: &str, value: &Value) {
        let address = value.as_str().map(str::trim).filter(|text| is_address(text));
        match address {
            Some(address) => self.report_address = Some(address.to_owned()),
            None => self.ignored(
                place,
                REPORT_ADDRESS,
                Sentence::of("it is neither a mail address nor one that begins with https: or mailto:"),
            ),
        }
    }

    fn ignored(&mut self, place: &str, key: &str, why: Sentence) {
        let (place, key) = (place.to_owned(), Some(key.to_owned()));
        self.problems.push(PolicyProblem { place, key, why, effect: PolicyEffect::Ignored });
    }
}

type Read = fn(&mut Policy, &str, &Value);

/// Every key, as it is written in each place. Letters of either size are taken, as the registry does.
const KEYS: [(&str, Read); 4] = [
    (ORGANISATION, Policy::read_organisation),
    (UPDATES_OFF, Policy::read_updates_off),
    (ALLOWED_SERVERS, Policy::read_allowed_servers),
    (REPORT_ADDRESS, Policy::read_report_address),
];

fn is_address(text: &str) -> bool {
    let is_mail = |text: &str| {
        text.split_once('@').is_some_and(|(who, host)| {
            !who.is_empty() && host.contains('.') && !text.contains([' ', '/', ':', '<', '>'])
        })
    };
    match Url::parse(text) {
        Ok(url) if url.scheme() == "mailto" => is_mail(url.path()),
        Ok(url) => url.scheme() == "https" && url.has_host(),
        Err(_) => is_mail(text),
    }
}
