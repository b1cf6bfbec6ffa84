//! Which fixes a config file really offers. A rule names the fixes that mend its problem in general; whether one
//! can be made here, and without asking, depends on the entry.

use std::collections::BTreeMap;

use bridgekeeper_doctor::fixes::{self, FixFacts, Selection};
use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_model::{Applicability, Fix, ServerName};

/// What can be done to one file, for asking about one finding after the other.
#[derive(Debug)]
pub(crate) struct Offers<'o> {
    file: &'o ConfigFile,
    /// What a plan of the automatic fixes says about each fix and entry.
    planned: BTreeMap<(String, Option<ServerName>), (Applicability, Option<String>)>,
    /// What each fix would do by itself: one that the plan has nothing left for may mend the same problem.
    alone: fixes::Offers<'o>,
}

impl<'o> Offers<'o> {
    pub(crate) fn of(file: &'o ConfigFile, facts: &'o FixFacts) -> Self {
        let plan = fixes::plan(file, facts, &Selection::automatic());
        let made = plan.applied.iter().map(|fix| {
            ((fix.id.to_owned(), fix.server.clone()), (Applicability::Automatic, fix.note.clone()))
        });
        let left = plan
            .skipped
            .iter()
            .map(|fix| ((fix.id.clone(), fix.server.clone()), (Applicability::Ask, fix.price.clone())));
        let asked = plan
            .on_request
            .iter()
            .map(|(id, server)| (((*id).to_owned(), server.clone()), (Applicability::Ask, None)));
        // A fix that is made for an entry is offered, whatever else was left out.
        // The price of one that waits for a word stands with what was left out.
        let planned = asked.chain(left).chain(made).collect();
        Self { file, planned, alone: fixes::Offers::of(file, facts) }
    }

    /// Puts right what a finding about `server` says of its fixes: an edit of the config that would change nothing
    /// goes. What is no edit of the config stays.
    pub(crate) fn put_right(&mut self, server: Option<&ServerName>, fixes: &mut Vec<Fix>) {
        fixes.retain_mut(|fix| {
            if fixes::named(&fix.id).is_none() {
                return true;
            }
            let whole = (fix.id.clone(), None);
            let here = (fix.id.clone(), server.cloned());
            let Some((applicability, price)) = self.planned.get(&here).or_else(|| self.planned.get(&whole))
            else {
                return self.changes_something(server, &fix.id);
            };
            fix.applicability = *applicability;
            fix.price.clone_from(price);
            true
        });
    }

    /// Whether the fix by itself would change the entry, or any entry where the finding names none.
    fn changes_something(&mut self, server: Option<&ServerName>, id: &str) -> bool {
        let entries = self.file.servers().iter().map(|entry| Some(&entry.name));
        let places: Vec<Option<&ServerName>> = match server {
            Some(server) => vec![Some(server)],
            None => std::iter::once(None).chain(entries).collect(),
        };
        places.into_iter().any(|place| !self.alone.among(place, &[id]).is_empty())
    }
}
