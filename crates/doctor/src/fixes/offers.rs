//! Which fixes a finding can offer here, and what each needs before it may be made.

use std::collections::HashMap;

use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_formats::json;
use bridgekeeper_model::{Applicability, ServerName};

use super::plan::{Strict, is_foreign};
use super::{Fix, FixFacts, Make, Offer, repair_json};

/// What the fixes would do to one file, for asking about one finding after the other.
#[derive(Debug)]
pub struct Offers<'o> {
    file: &'o ConfigFile,
    repaired: Strict,
    facts: &'o FixFacts,
    known: HashMap<(&'static str, Option<ServerName>), Option<Terms>>,
}

/// Whether a fix may be made without asking, and what it costs.
type Terms = (Applicability, Option<String>);

impl<'o> Offers<'o> {
    /// Looks at a file. A broken one is looked at as it would be once repaired.
    pub fn of(file: &'o ConfigFile, facts: &'o FixFacts) -> Self {
        Self { file, repaired: Strict::of(&json::repair(file.text()).text), facts, known: HashMap::new() }
    }

    /// Which of the named fixes would change the entry, or the file as a whole, and what each needs before it may
    /// be made.
    pub fn among(&mut self, server: Option<&ServerName>, ids: &[&str]) -> Vec<bridgekeeper_model::Fix> {
        let fixes: Vec<&'static Fix> = ids.iter().filter_map(|id| super::named(id)).collect();
        let mut offered = Vec::new();
        for fix in fixes {
            let key = (fix.id, server.cloned());
            let known = self.known.get(&key).cloned();
            let terms = known.unwrap_or_else(|| self.terms(fix, server));
            self.known.insert(key, terms.clone());
            offered.extend(terms.map(|(applicability, price)| bridgekeeper_model::Fix {
                id: fix.id.to_owned(),
                title: fix.title.to_owned(),
                applicability,
                price,
            }));
        }
        offered
    }

    /// Whether the fix may be made without asking, and what it costs; `None` where it would change nothing.
    fn terms(&self, fix: &Fix, server: Option<&ServerName>) -> Option<Terms> {
        let is_repair = fix.id == repair_json::REPAIR_JSON.id;
        if is_repair && is_foreign(self.file) {
            return self.repaired.file.parsed().is_strict().then_some((Applicability::Automatic, None));
        }
        let file = if is_repair { self.file } else { &self.repaired.file };
        let offer = match (fix.make, server) {
            (Make::File(make), _) => make(file, self.facts),
            (Make::Entry(make), Some(server)) => self.repaired.offer(make, self.facts, server),
            (Make::Entry(_), None) => Offer::Nothing,
        };
        match offer {
            Offer::Edits { occasion, note, .. } => Some((occasion.applicability(), note)),
            Offer::Nothing | Offer::Refused(_) => None,
        }
    }
}
