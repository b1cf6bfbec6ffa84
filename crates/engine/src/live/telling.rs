//! What goes to the window, told in its language at the last moment: what the parts below say as text, see
//! [`crate::told`].

use bridgekeeper_doctor::text::Language;

use super::{
    BridgeView, ImportDoneView, ImportPreview, OfferedView, ProbeNews, ProbeView, ReportView, RestartNews,
    SignOutDone, StageView, TrialNews, TrialView,
};
use crate::accounts::{SignInView, SignInsView};
use crate::add::Extension;
use crate::document::view::{DocumentView, Mended};
use crate::told::told_in;
use crate::view::{Change, Preview};

/// Something whose sentences can be in another language.
pub(super) trait Told: Sized {
    /// Replaces each sentence of ours.
    fn each(&mut self, tell: &dyn Fn(&mut String));

    /// The same in that language.
    fn told(mut self, language: &Language) -> Self {
        self.each(&|text| *text = told(language, text));
        self
    }
}

/// A text in that language, be it a sentence of its own or one that parts below have put together.
pub(super) fn told(language: &Language, english: &str) -> String {
    match language.words(english) {
        known if known != english => known.to_owned(),
        _ => told_in(language.code(), english),
    }
}

impl Told for Preview {
    fn each(&mut self, tell: &dyn Fn(&mut String)) {
        tell(&mut self.fix_title);
        self.notes.iter_mut().for_each(tell);
        for thing in &mut self.things {
            tell(&mut thing.kind);
            thing.note.iter_mut().chain(&mut thing.age).for_each(tell);
        }
    }
}

impl Told for Change {
    fn each(&mut self, tell: &dyn Fn(&mut String)) {
        tell(&mut self.title);
        self.why_not.iter_mut().chain(&mut self.left).for_each(tell);
    }
}

impl Told for RestartNews {
    fn each(&mut self, tell: &dyn Fn(&mut String)) {
        self.trouble.iter_mut().for_each(tell);
        self.change.iter_mut().for_each(|change| change.each(tell));
    }
}

impl Told for DocumentView {
    fn each(&mut self, tell: &dyn Fn(&mut String)) {
        self.why_unreadable.iter_mut().for_each(tell);
        self.flags.iter_mut().for_each(|flag| tell(&mut flag.help));
    }
}

impl Told for Mended {
    fn each(&mut self, tell: &dyn Fn(&mut String)) {
        self.notes.iter_mut().for_each(tell);
    }
}

impl Told for SignInsView {
    fn each(&mut self, tell: &dyn Fn(&mut String)) {
        self.keyring.message.iter_mut().chain(&mut self.keyring.next).for_each(tell);
        self.sign_ins.each(tell);
    }
}

impl Told for SignInView {
    fn each(&mut self, tell: &dyn Fn(&mut String)) {
        self.problem.iter_mut().for_each(tell);
        self.failure.iter_mut().for_each(|failure| tell(&mut failure.why));
        self.import.iter_mut().filter_map(|import| import.why_not.as_mut()).for_each(tell);
    }
}

impl Told for SignOutDone {
    fn each(&mut self, tell: &dyn Fn(&mut String)) {
        self.why.iter_mut().for_each(tell);
    }
}

impl Told for ImportPreview {
    fn each(&mut self, tell: &dyn Fn(&mut String)) {
        self.why_not.iter_mut().for_each(tell);
    }
}

impl Told for ImportDoneView {
    fn each(&mut self, tell: &dyn Fn(&mut String)) {
        self.kept_plain.iter_mut().for_each(tell);
    }
}

impl Told for OfferedView {
    fn each(&mut self, tell: &dyn Fn(&mut String)) {
        self.notes.iter_mut().for_each(tell);
    }
}

impl Told for Extension {
    fn each(&mut self, tell: &dyn Fn(&mut String)) {
        self.notes.iter_mut().for_each(tell);
    }
}

/// What goes to whoever takes the report stays English.
impl Told for ReportView {
    fn each(&mut self, tell: &dyn Fn(&mut String)) {
        tell(&mut self.tracker.name);
        tell(&mut self.tracker.why);
    }
}

impl Told for TrialView {
    fn each(&mut self, tell: &dyn Fn(&mut String)) {
        self.remarks.iter_mut().chain(&mut self.not_run).chain(&mut self.exit).for_each(tell);
    }
}

impl Told for TrialNews {
    fn each(&mut self, tell: &dyn Fn(&mut String)) {
        match self {
            Self::Waits(what) => tell(what),
            Self::Printed(_) => {}
        }
    }
}

impl Told for BridgeView {
    fn each(&mut self, tell: &dyn Fn(&mut String)) {
        self.last_error.iter_mut().for_each(tell);
    }
}

impl Told for StageView {
    fn each(&mut self, tell: &dyn Fn(&mut String)) {
        tell(&mut self.message);
        self.details.iter_mut().for_each(tell);
    }
}

impl Told for ProbeNews {
    fn each(&mut self, tell: &dyn Fn(&mut String)) {
        match self {
            Self::Waits(what) => tell(what),
            Self::Stage(stage) => stage.each(tell),
        }
    }
}

impl Told for ProbeView {
    fn each(&mut self, tell: &dyn Fn(&mut String)) {
        self.stages.iter_mut().for_each(|stage| stage.each(tell));
        self.notes.iter_mut().for_each(tell);
        for who in &mut self.who {
            tell(&mut who.client);
            tell(&mut who.why);
        }
    }
}

impl<T: Told> Told for Vec<T> {
    fn each(&mut self, tell: &dyn Fn(&mut String)) {
        for one in self {
            one.each(tell);
        }
    }
}

#[cfg(test)]
mod tests;
