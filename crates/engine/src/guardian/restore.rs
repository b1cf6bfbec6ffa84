//! What was lost, told and put back around whatever was written since.

use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_formats::edit::members::Document;
use bridgekeeper_formats::edit::style::{New, Style};
use bridgekeeper_formats::edit::{Draft, Edit};
use bridgekeeper_formats::{json, text};
use bridgekeeper_model::{Applicability, Evidence, Finding, Fix, Sentence, ServerName, Severity};

use super::{Author, Loss, Lost};
use crate::change::{Kind, Note};
use crate::diff::Secrets;
use crate::edits::{PlannedEdit, Readable, live_config, present};
use crate::engine::Engine;
use crate::error::EngineError;

/// The finding that tells of a loss.
pub(crate) const LOST: &str = "config-entries-lost";
/// The fix that puts back what was lost.
pub(crate) const RESTORE: &str = "restore-entries";
const TITLE: &str = "Put the lost entries back into Claude's config";

/// The page of the finding and of its fix.
pub(crate) const PAGE: &str = "Entries of Claude's config are gone, and nobody removed them on purpose.\n\n\
    ## Why it matters\n\n\
    Claude rewrites its whole config from memory: soon after it starts, when you sign in, and when a preference \
    changes. What was edited while it ran is lost then, and after it failed to read the file it writes one without \
    any server. It says nothing about either.\n\n\
    ## What to do\n\n\
    Quit Claude, from its tray icon too, so that it does not write again. Then `bridgekeeper restore --yes` puts \
    back what was lost and leaves what was written since as it is. Start Claude again. It can be taken back with \
    `bridgekeeper undo`.";

impl Engine {
    /// Computes how to put back what was lost of the live config.
    pub fn plan_restore(&self, secrets: Secrets) -> Result<PlannedEdit, EngineError> {
        let path = live_config(&self.context)?;
        let losses = self.losses(&path);
        let lost: Vec<&Lost> = losses.iter().flat_map(|loss| &loss.lost).collect();
        let Some(first) = lost.first() else {
            return Err(EngineError::NothingLost);
        };
        let servers: Vec<ServerName> = lost.iter().map(|lost| ServerName::new(lost.name.clone())).collect();
        let spoken = servers.iter().map(ServerName::as_str).collect::<Vec<_>>().join(", ");
        let note = Note::new(Kind::Restore, format!("Put back what was lost: {spoken}")).about(servers);
        if present(&path).is_none_or(|bytes| bytes.iter().all(u8::is_ascii_whitespace)) {
            let whole = self.guardian.version(&first.kept_in)?;
            let texts = (String::new(), text::decode(&whole).text);
            return Ok(PlannedEdit::of(path.clone(), present(&path), whole, texts, note, secrets));
        }
        let live = Readable::live(&self.context)?;
        let mut draft = Draft::new(live.file.text());
        for lost in lost {
            let version = ConfigFile::read(&self.guardian.version(&lost.kept_in)?);
            let entry = version.server(&lost.name).and_then(|entry| version.text().get(entry.span.clone()));
            let edits =
                entry.and_then(|entry| put_back(draft.text(), &lost.name, entry)).ok_or_else(|| {
                    EngineError::NotPossible(format!("Claude's config has no place for `{}` now", lost.name))
                })?;
            draft.apply(&edits);
        }
        let edits = draft.edits();
        live.edited(edits, note, secrets)
    }

    /// What is lost of the configs that Claude reads, as findings. None where the person wants no guardian.
    pub(crate) fn findings_of_losses(&self) -> Vec<Finding> {
        if !self.settings().settings().guardian {
            return Vec::new();
        }
        let configs = self.context.home.configs();
        let read = configs.iter().filter(|config| config.live != bridgekeeper_claude::Live::No);
        read.flat_map(|config| {
            let file = config.path.display().to_string();
            self.losses(&config.path).into_iter().map(move |loss| finding(&loss, &file))
        })
        .collect()
    }
}

fn finding(loss: &Loss, file: &str) -> Finding {
    let names = loss.lost.iter().map(|lost| format!("`{}`", lost.name)).collect::<Vec<_>>().join(", ");
    let how = match loss.by {
        Author::Claude => "Claude rewrote its config, and with that were lost: {names}.",
        Author::Bridgekeeper | Author::Other => {
            "The servers of Claude's config were removed all at once: {names}."
        }
    };
    let sentence = Sentence::of(how).with("names", names);
    Finding {
        id: LOST.to_owned(),
        severity: Severity::Error,
        server: None,
        message: sentence.in_english(),
        sentence,
        evidence: vec![Evidence {
            file: file.to_owned(),
            line: 1,
            text: format!("written by {}", loss.by.as_str()),
            time: Some(loss.noticed),
        }],
        fixes: vec![Fix {
            id: RESTORE.to_owned(),
            title: TITLE.to_owned(),
            applicability: Applicability::Ask,
            price: None,
        }],
    }
}

/// The edits that give an entry its old value, or a place behind the others.
fn put_back(text: &str, name: &str, entry: &str) -> Option<Vec<Edit>> {
    let parsed = json::parse(text);
    let root = parsed.root.as_ref().filter(|_| parsed.is_strict())?;
    let style = Style::of(text, &parsed);
    let document = Document { text, style: &style };
    let value = New::Verbatim(entry.to_owned());
    let Some(servers) = root.as_object()?.get("mcpServers") else {
        let servers = New::Object(vec![(name.to_owned(), value)]);
        return Some(document.insert_members(root, None, &[("mcpServers", servers)]));
    };
    match servers.value.as_object()?.get(name) {
        Some(member) => Some(vec![document.replace(&member.value, &value)]),
        None => Some(document.insert_members(&servers.value, None, &[(name, value)])),
    }
}
