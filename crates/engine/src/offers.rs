//! Which fixes a config file really offers. A rule names the fixes that mend its problem in general; whether one
//! can be made here, and without asking, depends on the entry.

use std::collections::BTreeMap;

use bridgekeeper_doctor::fixes::{self, Plan};
use bridgekeeper_model::{Applicability, Fix, ServerName};

/// Fixes that are there only where something was found, on the computer or in the entry, that they can use.
const OF_THE_COMPUTER: [&str; 5] = ["absolute-command", "node-script", "short-path", "proxy", "move-secret"];

/// What a plan of the automatic fixes says about each fix and entry.
#[derive(Debug)]
pub(crate) struct Offers {
    known: BTreeMap<(String, Option<ServerName>), (Applicability, Option<String>)>,
}

impl Offers {
    pub(crate) fn of(plan: &Plan) -> Self {
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
        Self { known: asked.chain(left).chain(made).collect() }
    }

    /// Puts right what a finding about `server` says of its fixes. A fix that is no edit of the config stays, and so
    /// does one that the plan says nothing of, unless the computer must have something for it.
    pub(crate) fn put_right(&self, server: Option<&ServerName>, fixes: &mut Vec<Fix>) {
        fixes.retain(|fix| {
            let place = |server: Option<&ServerName>| (fix.id.clone(), server.cloned());
            let is_known = self.known.contains_key(&place(server)) || self.known.contains_key(&place(None));
            is_known || !OF_THE_COMPUTER.contains(&fix.id.as_str())
        });
        for fix in fixes.iter_mut().filter(|fix| fixes::named(&fix.id).is_some()) {
            let here = (fix.id.clone(), server.cloned());
            let whole = (fix.id.clone(), None);
            if let Some((applicability, price)) = self.known.get(&here).or_else(|| self.known.get(&whole)) {
                fix.applicability = *applicability;
                fix.price.clone_from(price);
            }
        }
    }
}
