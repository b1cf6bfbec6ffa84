//! A report in a window: all of it is shown before there is a file, and what is saved is exactly what was shown.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use super::telling::Told as _;
use super::{ActError, Live};
use crate::bundle::{Bundle, Tracker};

/// The report that was shown last, and where it was saved.
#[derive(Debug, Default)]
pub(super) struct Prepared(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    count: u64,
    shown: Option<Bundle>,
    saved: Option<PathBuf>,
}

/// A report, which is nowhere but here until it is saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ReportView {
    /// Stands for exactly this report.
    pub token: String,
    /// What it begins with.
    pub introduction: String,
    /// All that stands below.
    pub parts: Vec<ReportPart>,
    /// Its size in bytes.
    pub bytes: u32,
    /// The file that it becomes where no other is chosen, shortened.
    pub file: String,
    /// Who takes it.
    pub tracker: TrackerView,
    /// A title to paste there.
    pub title: String,
    /// A text to paste there.
    pub body: String,
}

/// A part of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ReportPart {
    /// Its heading.
    pub title: String,
    /// Its text, as Markdown.
    pub text: String,
}

/// Who takes a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct TrackerView {
    /// By name.
    pub name: String,
    /// Where they take it; `None` where nobody needs one or their place is not known.
    pub address: Option<String>,
    /// Why them, in one sentence.
    pub why: String,
}

impl Live {
    /// Gathers a report. Nothing is written.
    pub fn prepare_report(&self) -> ReportView {
        let bundle = self.shared.engine.bundle();
        let file = self.usual_report_file();
        let mut state = self.prepared.state();
        state.count += 1;
        let view = ReportView {
            token: format!("report-{}", state.count),
            introduction: Bundle::introduction().to_owned(),
            parts: bundle
                .sections()
                .into_iter()
                .map(|one| ReportPart { title: one.title.to_owned(), text: one.text })
                .collect(),
            bytes: u32::try_from(bundle.markdown().len()).unwrap_or(u32::MAX),
            file: self.shared.engine.context().home.shorten(&file),
            tracker: TrackerView::of(&bundle.tracker),
            title: bundle.title.to_string(),
            body: bundle.body().to_string(),
        }
        .told(&self.language());
        state.shown = Some(bundle);
        view
    }

    /// The file that a report becomes now where no other is chosen: in the folder of downloads where there is one, else in
    /// the home.
    pub fn usual_report_file(&self) -> PathBuf {
        let context = self.shared.engine.context();
        let downloads = context.home.root().join("Downloads");
        let folder = if downloads.is_dir() { downloads } else { context.home.root().to_owned() };
        folder.join(Bundle::usual_name((context.now)()))
    }

    /// Saves the report that was shown, there, in the place of whatever stands there; or else as a new file at its usual
    /// place. Returns the file.
    pub fn save_report(&self, token: &str, chosen: Option<&Path>) -> Result<PathBuf, ActError> {
        let mut state = self.prepared.state();
        let is_shown = token == format!("report-{}", state.count);
        let bundle = state.shown.as_ref().filter(|_| is_shown).ok_or(ActError::StalePreview)?;
        let written = match chosen {
            Some(path) => bundle.replace(path),
            None => bundle.write(&self.usual_report_file()),
        };
        let file = written.map_err(ActError::Engine)?.file;
        state.saved = Some(file.clone());
        Ok(file)
    }

    /// The file that was saved last.
    pub fn saved_report(&self) -> Result<PathBuf, ActError> {
        let saved = self.prepared.state().saved.clone();
        saved.ok_or_else(|| ActError::not_possible("no report was saved yet"))
    }

    /// Where the report that was shown last is taken.
    pub fn report_address(&self) -> Result<String, ActError> {
        let state = self.prepared.state();
        let address = state.shown.as_ref().and_then(|bundle| bundle.tracker.address.as_ref());
        let address =
            address.ok_or_else(|| ActError::not_possible("nobody is known who takes this report"))?;
        Ok(address.to_string())
    }
}

impl Prepared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TrackerView {
    fn of(tracker: &Tracker) -> Self {
        Self {
            name: tracker.name.to_string(),
            address: tracker.address.as_ref().map(ToString::to_string),
            why: tracker.why.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use bridgekeeper_claude::Home;
    use bridgekeeper_model::Os;

    use super::*;
    use crate::context::Context;
    use crate::engine::Engine;

    fn live(home: &Path) -> Live {
        Live::start(Engine::new(Context::new(Home::stand_in(home, Os::Linux))))
    }

    #[test]
    fn what_is_saved_is_what_was_shown() {
        let folder = tempfile::tempdir().unwrap();
        let live = live(folder.path());
        assert!(live.saved_report().is_err());
        let shown = live.prepare_report();
        let file = live.save_report(&shown.token, None).unwrap();
        assert_eq!(file.parent(), Some(folder.path()), "there is no folder of downloads");
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(text.len(), usize::try_from(shown.bytes).unwrap());
        assert!(text.contains(&shown.introduction));
        for part in &shown.parts {
            assert!(
                text.contains(&format!("\n## {}\n\n{}\n", part.title, part.text.trim_end())),
                "{}",
                part.title
            );
        }
        assert_eq!(live.saved_report().unwrap(), file);
    }

    #[test]
    fn a_file_that_was_chosen_is_replaced_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("Downloads")).unwrap();
        let live = live(folder.path());
        assert_eq!(live.usual_report_file().parent(), Some(folder.path().join("Downloads").as_path()));
        let old = live.prepare_report();
        let shown = live.prepare_report();
        assert!(matches!(live.save_report(&old.token, None), Err(ActError::StalePreview)));
        let chosen = folder.path().join("mine.md");
        for _ in 0..2 {
            assert_eq!(live.save_report(&shown.token, Some(&chosen)).unwrap(), chosen);
        }
        let missing = folder.path().join("nowhere").join("mine.md");
        assert!(live.save_report(&shown.token, Some(&missing)).is_err());
        assert_eq!(live.saved_report().unwrap(), chosen);
    }
}
