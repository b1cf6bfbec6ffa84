//! A config edited as a window edits it, from opening to undo.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use bridgekeeper_claude::Home;
use bridgekeeper_model::Os;
use bridgekeeper_testkit::files::put;
use bridgekeeper_vault::Keyring;
use keyring_core::{CredentialStore, mock};

use super::*;
use crate::change::ChangeError;
use crate::context::Context;
use crate::document::view::ServerForm;
use crate::error::EngineError;
use crate::live::tests::Watching;

const CONFIG: &str = r#"{
  "mcpServers": {
    "notes": { "command": "uvx", "args": ["notes-mcp"], "env": { "API_KEY": "k29f3aa81cZ" } },
    "files": { "command": "npx", "args": ["-y", "files-mcp"] }
  },
  "theme":   "dark"
}
"#;

struct World {
    live: Watching,
    folder: tempfile::TempDir,
    config: PathBuf,
}

impl World {
    fn with(config: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::stand_in(folder.path(), Os::Linux);
        let path = folder.path().join(".config/Claude/claude_desktop_config.json");
        if let Some(config) = config {
            put(&path, config);
        }
        let bridge = folder.path().join("mcp-bridge");
        put(&bridge, "a bridge");
        let store: Arc<CredentialStore> = mock::Store::new().unwrap();
        let keyring = Keyring::opened_by(move || Ok(Arc::clone(&store)), folder.path());
        let engine = Engine::new(Context::new(home).with_keyring(keyring).with_bridge(Some(bridge)));
        Self { live: Watching::start(engine), config: path, folder }
    }

    fn on_disk(&self) -> String {
        fs::read_to_string(&self.config).unwrap()
    }

    /// The text after a change in a form.
    fn after(&self, text: &str, change: &FormEdit) -> String {
        made(text, &self.live.edit_document(text, change).unwrap())
    }

    fn form(&self, text: &str, name: &str) -> ServerForm {
        let forms = self.live.examine_document(text).servers;
        forms.into_iter().find(|form| form.name == name).unwrap()
    }
}

fn made(text: &str, edits: &[TextEdit]) -> String {
    let units = Units::of(text);
    let edit = |edit: &TextEdit| {
        edit::Edit::replace(units.byte(edit.from as usize)..units.byte(edit.to as usize), edit.insert.clone())
    };
    edit::apply(text, &edits.iter().map(edit).collect::<Vec<_>>())
}

fn argument(value: &str) -> FormEdit {
    FormEdit::Argument { server: "notes".into(), index: 0, value: value.into() }
}

#[test]
fn a_change_in_a_form_is_saved_to_the_byte_and_taken_back() {
    let world = World::with(Some(CONFIG));
    let open = world.live.open_document().unwrap();
    assert_eq!((open.standing, open.revision.len()), (Standing::There, 64));
    assert!(!open.text.contains("k29f3aa81cZ"), "no secret reaches the window");

    let text = world.after(&open.text, &argument("notes-mcp@2"));
    let preview = world.live.preview_document(&text, &open.revision).unwrap();
    assert_eq!(preview.fix_title, "notes: Edit the entry");
    assert!(preview.lines.iter().all(|line| !line.text.contains("k29f3aa81cZ")));
    assert_eq!(world.on_disk(), CONFIG, "a preview writes nothing");

    let change = world.live.apply_fix(&preview.token).unwrap();
    assert_eq!(world.on_disk(), CONFIG.replace("\"notes-mcp\"", "\"notes-mcp@2\""));
    assert_ne!(world.live.document_revision().unwrap(), open.revision);

    let undo = world.live.preview_undo(&change.id).unwrap();
    world.live.undo(&undo.token).unwrap();
    assert_eq!(world.on_disk(), CONFIG);
}

#[test]
fn line_ends_stay_as_they_are() {
    let on_windows = CONFIG.replace('\n', "\r\n");
    let world = World::with(Some(&on_windows));
    let open = world.live.open_document().unwrap();
    assert!(!open.text.contains('\r'));
    let change = FormEdit::Variable { server: "files".into(), name: "A".into(), value: "1".into() };
    let text = world.after(&open.text, &change);
    let preview = world.live.preview_document(&text, &open.revision).unwrap();
    world.live.apply_fix(&preview.token).unwrap();
    let saved = world.on_disk();
    assert_eq!(saved.matches('\n').count(), saved.matches("\r\n").count());
    assert!(saved.contains("\"A\"") && saved.contains("k29f3aa81cZ"));
}

#[test]
fn what_is_wrong_is_placed_in_the_text_that_the_window_holds() {
    let world = World::with(Some(&CONFIG.replace("\"files-mcp\"]", "\"files-mcp\",]")));
    let open = world.live.open_document().unwrap();
    let examined = world.live.examine_document(&open.text);
    assert!(!examined.parses && !examined.can_add);
    let comma = examined.problems.iter().find(|problem| problem.id == "trailing-comma").unwrap();
    let units: Vec<u16> = open.text.encode_utf16().collect();
    let marked = String::from_utf16(&units[comma.from as usize..comma.to as usize]).unwrap();
    assert_eq!((marked.as_str(), comma.line), (",", 4));

    let mended = world.live.fix_document(&open.text, None, "repair-json").unwrap();
    let text = made(&open.text, &mended.edits);
    assert_eq!(text, open.text.replace("\"files-mcp\",]", "\"files-mcp\"]"));
    assert!(world.live.examine_document(&text).parses);
    assert!(world.live.fix_document(&text, None, "repair-json").is_err());
}

#[test]
fn one_secret_is_shown_where_it_was_asked_for() {
    let world = World::with(Some(CONFIG));
    let open = world.live.open_document().unwrap();
    let shown = world.form(&open.text, "notes").variables[0].value.value.clone();
    let number: u32 = shown.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap();
    assert_eq!(world.live.reveal(number).unwrap(), "k29f3aa81cZ");
    assert!(world.live.reveal(number + 50).is_err());
}

#[test]
fn a_secret_moves_into_the_keyring_when_the_text_is_saved() {
    let world = World::with(Some(CONFIG));
    let engine = &world.live.shared.engine;
    let open = world.live.open_document().unwrap();
    assert!(world.form(&open.text, "notes").secret_to_move);
    let mended = world.live.fix_document(&open.text, Some("notes"), "move-secret").unwrap();
    let text = made(&open.text, &mended.edits);
    assert!(text.contains("API_KEY=secret:notes.API_KEY") || text.contains("=secret:"), "{text}");
    assert_eq!(engine.secrets(), [], "nothing is in the keyring before the text is saved");

    let preview = world.live.preview_document(&text, &open.revision).unwrap();
    assert!(preview.notes.iter().any(|note| note.contains("keyring")), "{:?}", preview.notes);
    let change = world.live.apply_fix(&preview.token).unwrap();
    assert!(!world.on_disk().contains("k29f3aa81cZ"));
    assert!(engine.secrets().iter().any(|secret| secret.kept));
    assert!(world.folder.path().join(".bridgekeeper/bin/mcp-bridge").is_file(), "the entry can start");

    let undo = world.live.preview_undo(&change.id).unwrap();
    world.live.undo(&undo.token).unwrap();
    assert_eq!(world.on_disk(), CONFIG);
    assert!(engine.secrets().iter().all(|secret| !secret.kept));
}

#[test]
fn a_change_on_the_disk_is_brought_together_with_ours() {
    let world = World::with(Some(CONFIG));
    let open = world.live.open_document().unwrap();
    let mine = world.after(&open.text, &argument("notes-mcp@2"));
    let preview = world.live.preview_document(&mine, &open.revision).unwrap();
    put(&world.config, CONFIG.replace("dark", "light"));

    assert!(matches!(world.live.apply_fix(&preview.token), Err(ActError::StalePreview)));
    assert!(matches!(world.live.preview_document(&mine, &open.revision), Err(ActError::StalePreview)));
    assert_eq!(world.on_disk(), CONFIG.replace("dark", "light"));

    let merged = world.live.merge_document(&mine).unwrap();
    assert_eq!(merged.conflicts, []);
    let preview = world.live.preview_document(&merged.text, &merged.document.revision).unwrap();
    world.live.apply_fix(&preview.token).unwrap();
    assert_eq!(world.on_disk(), CONFIG.replace("dark", "light").replace("\"notes-mcp\"", "\"notes-mcp@2\""));
}

/// Saves that argument around a Claude which writes `on_quit` as it quits.
fn saved_around_claude(world: &World, on_quit: &str) -> Result<(), ActError> {
    let open = world.live.open_document().unwrap();
    let mine = world.after(&open.text, &argument("notes-mcp@2"));
    let shown = world.live.preview_document(&mine, &open.revision).unwrap();
    put(&world.config, on_quit);
    world.live.acts.apply_anew(&world.live.shared.engine, &shown.token).map(drop)
}

#[test]
fn a_text_is_saved_after_claude_has_written_its_preferences() {
    let world = World::with(Some(CONFIG));
    let written = CONFIG.replace("dark", "light");
    saved_around_claude(&world, &written).unwrap();
    assert_eq!(world.on_disk(), written.replace("\"notes-mcp\"", "\"notes-mcp@2\""));
    let change = world.live.history().unwrap().remove(0);
    let undo = world.live.preview_undo(&change.id).unwrap();
    world.live.undo(&undo.token).unwrap();
    assert_eq!(world.on_disk(), written, "what Claude wrote stays, to the byte");
}

#[test]
fn a_text_is_not_saved_over_what_claude_wrote_in_the_same_place() {
    for written in [CONFIG.replace("\"notes-mcp\"", "\"notes-mcp@3\""), "{}".to_owned()] {
        let world = World::with(Some(CONFIG));
        assert!(matches!(saved_around_claude(&world, &written), Err(ActError::StalePreview)));
        assert_eq!(world.on_disk(), written);
    }
}

#[test]
fn a_conflict_names_both_sides() {
    let world = World::with(Some(CONFIG));
    let open = world.live.open_document().unwrap();
    let mine = open.text.replace("dark", "blue");
    put(&world.config, CONFIG.replace("dark", "light"));
    let merged = world.live.merge_document(&mine).unwrap();
    let [conflict] = merged.conflicts.as_slice() else { panic!("{:?}", merged.conflicts) };
    assert!(conflict.theirs.contains("light"));
    assert!(merged.text.contains("blue"));
}

#[test]
fn a_file_that_is_not_there_is_made() {
    let world = World::with(None);
    put(world.folder.path().join(".config/Claude/Preferences"), "{}");
    let Ok(open) = world.live.open_document() else {
        // Nothing of Claude is on this home, so there is no place for a config
        return;
    };
    assert_eq!((open.standing, open.revision.as_str(), open.text.as_str()), (Standing::Absent, "absent", ""));
    let preview = world.live.preview_document("{\n  \"mcpServers\": {}\n}\n", &open.revision).unwrap();
    world.live.apply_fix(&preview.token).unwrap();
    assert_eq!(world.on_disk(), "{\n  \"mcpServers\": {}\n}\n");
}

#[test]
fn nothing_is_written_to_a_file_that_is_marked_read_only() {
    let world = World::with(Some(CONFIG));
    let mut permissions = fs::metadata(&world.config).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&world.config, permissions).unwrap();
    let open = world.live.open_document().unwrap();
    assert_eq!(open.standing, Standing::ReadOnly);
    let text = world.after(&open.text, &argument("x"));
    let preview = world.live.preview_document(&text, &open.revision).unwrap();
    let refused = world.live.apply_fix(&preview.token);
    assert!(
        matches!(refused, Err(ActError::Engine(EngineError::Change(ChangeError::ReadOnly { .. })))),
        "{refused:?}"
    );
    assert_eq!(world.on_disk(), CONFIG);
}

#[test]
fn what_was_not_changed_is_not_saved() {
    let world = World::with(Some(CONFIG));
    let open = world.live.open_document().unwrap();
    assert!(matches!(
        world.live.preview_document(&open.text, &open.revision),
        Err(ActError::NotPossible { .. })
    ));
    assert!(matches!(world.live.preview_document("{}", "another"), Err(ActError::StalePreview)));
}

#[test]
fn changes_that_were_not_saved_are_there_again() {
    let world = World::with(Some(CONFIG));
    let open = world.live.open_document().unwrap();
    assert_eq!(open.draft, None);
    let text = world.after(&open.text, &argument("notes-mcp@2"));
    world.live.examine_document(&text);
    assert_eq!(world.live.open_document().unwrap().draft.as_deref(), Some(text.as_str()));

    put(&world.config, CONFIG.replace("dark", "light"));
    let merged = text.replace("dark", "light");
    assert_eq!(world.live.open_document().unwrap().draft.as_deref(), Some(merged.as_str()));

    world.live.discard_draft();
    assert_eq!(world.live.open_document().unwrap().draft, None);
}
