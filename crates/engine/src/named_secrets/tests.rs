use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bridgekeeper_claude::Home;
use bridgekeeper_model::Os;
use bridgekeeper_testkit::files::put;
use bridgekeeper_vault::{Keyring, KeyringError};
use keyring_core::{CredentialStore, mock};

use super::*;
use crate::change::Copies;
use crate::diff::Secrets;

const VALUE: &str = "k29f3aa81cZ";
const CONFIG: &str = r#"{
  "mcpServers": {
    "notes": { "command": "uvx", "args": ["notes-mcp"], "env": { "API_KEY": "k29f3aa81cZ" } },
    "remote": { "command": "npx", "args": ["mcp-remote", "https://notes.example/mcp", "--header", "Authorization:${AUTH}"], "env": { "AUTH": "Bearer k29f3aa81cZ" } }
  }
}
"#;

struct World {
    folder: tempfile::TempDir,
    engine: Engine,
    locked: Arc<AtomicBool>,
    config: PathBuf,
}

fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::stand_in(folder.path(), Os::Linux);
    let config = folder.path().join(".config/Claude/claude_desktop_config.json");
    put(&config, CONFIG);
    let bridge = folder.path().join("mcp-bridge");
    put(&bridge, "a bridge");
    let store: Arc<CredentialStore> = mock::Store::new().unwrap();
    let locked = Arc::new(AtomicBool::new(false));
    let is_locked = Arc::clone(&locked);
    let open = move || {
        if is_locked.load(Ordering::SeqCst) {
            return Err(KeyringError::Locked { why: "in this test".to_owned() });
        }
        Ok(Arc::clone(&store))
    };
    let keyring = Keyring::opened_by(open, folder.path());
    let engine = Engine::new(Context::new(home).with_keyring(keyring).with_bridge(Some(bridge)));
    World { folder, engine, locked, config }
}

impl World {
    fn text(&self) -> String {
        fs::read_to_string(&self.config).unwrap()
    }

    fn move_secrets(&self) -> Result<String, EngineError> {
        let only = ["move-secret".to_owned()];
        let fix = self.engine.plan_fixes(&self.config, &only, Some(Os::Linux), Secrets::Masked)?;
        assert!(
            !fix.diff.text.contains(VALUE) && !format!("{fix:?}").contains(VALUE) || fix.moved.is_empty()
        );
        Ok(self.engine.write_fixes(&fix)?.expect("a change").id.to_string())
    }

    fn take_back(&self, id: &str) -> Result<String, EngineError> {
        let (way, _) = self.engine.way_back(Some(id), Secrets::Masked)?;
        Ok(self.engine.take_back(&way)?.id.to_string())
    }

    fn secret(&self, name: &str) -> Option<String> {
        let kept = self.engine.context().keyring.named_secret(&name.parse().unwrap()).unwrap();
        kept.map(|secret| secret.expose().to_owned())
    }
}

/// Every file below that holds the value as it is.
fn holding(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let below = |path: PathBuf| {
        if path.is_dir() {
            return holding(&path);
        }
        let holds = fs::read(&path)
            .is_ok_and(|bytes| bytes.windows(VALUE.len()).any(|part| part == VALUE.as_bytes()));
        if holds { vec![path] } else { vec![] }
    };
    entries.flat_map(below).collect()
}

#[test]
fn what_is_moved_stands_in_no_file_and_comes_back_with_undo() {
    let world = world();
    let id = world.move_secrets().unwrap();
    assert_eq!(holding(world.folder.path()), Vec::<PathBuf>::new());
    assert_eq!(world.engine.copies(), Copies::Sealed);
    assert_eq!(world.secret("notes.api_key").as_deref(), Some(VALUE));
    assert_eq!(world.secret("remote.auth").as_deref(), Some("Bearer k29f3aa81cZ"));
    let listed: Vec<(String, bool, usize)> = world
        .engine
        .secrets()
        .into_iter()
        .map(|secret| (secret.name.to_string(), secret.kept, secret.used_by.len()))
        .collect();
    assert_eq!(listed, [("notes.api_key".to_owned(), true, 1), ("remote.auth".to_owned(), true, 1)]);

    let undo = world.take_back(&id).unwrap();
    assert_eq!(world.text(), CONFIG);
    assert_eq!(world.secret("notes.api_key"), None);
    assert!(world.engine.secrets().is_empty());
    // Its references would lead nowhere.
    let refused = world.take_back(&undo).unwrap_err();
    assert!(refused.to_string().contains("no longer has"), "{refused}");
    assert_eq!(world.text(), CONFIG);
}

#[test]
fn undo_leaves_a_secret_that_another_entry_uses() {
    let world = world();
    let id = world.move_secrets().unwrap();
    let other = r#""other": { "command": "mcp-bridge", "args": ["https://x.example/mcp", "--header", "A:${secret:Notes.Api_Key}"] },
    "notes": {"#;
    put(&world.config, world.text().replacen("\"notes\": {", other, 1));
    world.take_back(&id).unwrap();
    assert!(world.text().contains("\"API_KEY\": \"k29f3aa81cZ\"") && world.text().contains("x.example"));
    assert_eq!(world.secret("notes.api_key").as_deref(), Some(VALUE));
    assert_eq!(world.secret("remote.auth"), None);
}

#[test]
fn a_locked_keyring_leaves_the_file_as_it_is() {
    let world = world();
    world.locked.store(true, Ordering::SeqCst);
    let error = world.move_secrets().unwrap_err();
    assert_eq!(error.code(), "keyring-locked");
    assert_eq!(world.text(), CONFIG);
    assert!(world.engine.undo_list().is_empty());
    // A list asks nobody.
    assert!(world.engine.secrets().is_empty());
}

#[test]
fn a_secret_is_set_replaced_and_removed() {
    let world = world();
    let name: SecretName = "Token".parse().unwrap();
    for value in ["one", "two"] {
        world.engine.set_secret(&name, &Secret::new(value)).unwrap();
        assert_eq!(world.secret("token").as_deref(), Some(value));
    }
    assert_eq!(world.engine.secrets().len(), 1);
    world.engine.remove_secret(&name).unwrap();
    assert_eq!(world.secret("token"), None);
    assert!(world.engine.secrets().is_empty());
}
