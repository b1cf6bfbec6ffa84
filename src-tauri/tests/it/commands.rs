//! The commands as the window calls them, on a throwaway home.

use std::fs;
use std::sync::Arc;

use bridgekeeper_engine::live::Live;
use bridgekeeper_engine::view::Snapshot;
use bridgekeeper_engine::{Context, Engine, Home};
use bridgekeeper_model::Os;
use bridgekeeper_testkit::files::put;
use bridgekeeper_testkit::home::{BrokenSetup, ClaudeHome};
use serde_json::{Value, json};
use tauri::ipc::{CallbackFn, InvokeBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder, mock_context, noop_assets};
use tauri::webview::InvokeRequest;
use tauri::{Manager as _, WebviewWindow, WebviewWindowBuilder};
use tempfile::TempDir;

/// The app on a broken set-up, without a desktop.
struct App {
    _running: tauri::App<MockRuntime>,
    window: WebviewWindow<MockRuntime>,
    home: ClaudeHome,
    _folder: TempDir,
}

impl App {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = ClaudeHome::create(folder.path(), Os::Windows).unwrap();
        BrokenSetup::default().write(&home).unwrap();
        let live = Live::start(Engine::new(Context::new(Home::stand_in(home.root(), home.os()))));
        let app = bridgekeeper_desktop::host(mock_builder(), live, bridgekeeper_desktop::Options::default())
            .build(mock_context(noop_assets()))
            .unwrap();
        let window = WebviewWindowBuilder::new(&app, "main", tauri::WebviewUrl::default()).build().unwrap();
        let app = Self { _running: app, window, home, _folder: folder };
        app.looked();
        app
    }

    /// Waits until the set-up was looked at once.
    fn looked(&self) -> Arc<Snapshot> {
        let snapshots = self.window.state::<Live>().subscribe();
        snapshots.iter().find(|snapshot| snapshot.checking.is_none()).unwrap()
    }

    fn call(&self, command: &str, arguments: Value) -> Result<Value, Value> {
        let request = InvokeRequest {
            cmd: command.to_owned(),
            callback: CallbackFn(0),
            error: CallbackFn(1),
            url: "tauri://localhost".parse().unwrap(),
            body: InvokeBody::Json(arguments),
            headers: tauri::http::HeaderMap::default(),
            invoke_key: INVOKE_KEY.to_owned(),
        };
        get_ipc_response(&self.window, request).map(|body| body.deserialize().unwrap())
    }

    fn config(&self) -> Vec<u8> {
        fs::read(self.home.config()).unwrap()
    }

    /// A preview of a fix that the snapshot offers for `team-notes`.
    fn preview(&self) -> Value {
        let snapshot = self.call("snapshot", json!({})).unwrap();
        let server = one(&snapshot["servers"], |server| server["name"] == "team-notes");
        let finding = one(&server["findings"], |finding| {
            finding["fixes"].as_array().unwrap().iter().any(|fix| fix["id"] == "spaces-to-env")
        });
        let arguments = json!({ "server": "team-notes", "finding": finding["id"], "fix": "spaces-to-env" });
        self.call("preview_fix", arguments).unwrap()
    }
}

fn one(list: &Value, is_it: impl Fn(&Value) -> bool) -> Value {
    list.as_array()
        .unwrap()
        .iter()
        .find(|one| is_it(one))
        .unwrap_or_else(|| panic!("none in {list:#}"))
        .clone()
}

#[test]
fn a_snapshot_names_the_servers_and_holds_no_secret() {
    let app = App::new();
    let snapshot = app.call("snapshot", json!({})).unwrap();
    assert_eq!(snapshot["overall"], "failing");
    assert_eq!(snapshot["claude"]["found"], true);
    let server = one(&snapshot["servers"], |server| server["name"] == "team-notes");
    assert_eq!(server["state"], "failing");
    assert!(server["command_line"].as_str().unwrap().contains("mcp-remote"));
    assert!(!server["findings"][0]["why"].as_str().unwrap().is_empty());
    assert!(!snapshot.to_string().contains(&BrokenSetup::default().token));
}

#[test]
fn a_fix_is_shown_made_listed_and_taken_back_to_the_byte() {
    let app = App::new();
    let before = app.config();

    let preview = app.preview();
    assert_eq!(app.config(), before, "a preview writes nothing");
    assert!(!preview.to_string().contains(&BrokenSetup::default().token));
    let kinds = |kind: &str| preview["lines"].as_array().unwrap().iter().any(|line| line["kind"] == kind);
    assert!(kinds("add") && kinds("remove") && kinds("same"), "{preview:#}");

    let change = app.call("apply_fix", json!({ "token": preview["token"] })).unwrap();
    assert_ne!(app.config(), before);
    assert_eq!((&change["server"], &change["can_undo"]), (&json!("team-notes"), &json!(true)));
    let server = one(&app.call("snapshot", json!({})).unwrap()["servers"], |one| one["name"] == "team-notes");
    assert_ne!(server["state"], "failing", "the snapshot after a fix already knows it: {server:#}");
    assert_eq!(app.call("history", json!({})).unwrap(), json!([change]));

    let undo = app.call("preview_undo", json!({ "id": change["id"] })).unwrap();
    let undone = app.call("undo", json!({ "token": undo["token"] })).unwrap();
    assert_eq!((&undone["undone"], &undone["can_undo"]), (&json!(true), &json!(false)));
    assert_eq!(app.config(), before);
}

#[test]
fn a_token_is_good_for_what_was_shown_and_once() {
    let app = App::new();
    let preview = app.preview();
    let mut changed = app.config();
    changed.push(b'\n');
    put(app.home.config(), &changed);
    let error = app.call("apply_fix", json!({ "token": preview["token"] })).unwrap_err();
    assert_eq!(error["code"], "stale-preview");
    assert_eq!(app.config(), changed, "somebody else's change is not touched");

    let again = app.preview();
    app.call("apply_fix", json!({ "token": again["token"] })).unwrap();
    let error = app.call("apply_fix", json!({ "token": again["token"] })).unwrap_err();
    assert_eq!(error["code"], "stale-preview");
}

#[test]
fn what_is_not_there_is_not_possible() {
    let app = App::new();
    for (command, arguments) in [
        ("preview_fix", json!({ "server": "team-notes", "finding": "no-such", "fix": "no-such" })),
        ("preview_undo", json!({ "id": "2026-01-01-1" })),
        ("open_log", json!({ "server": "../../../etc/passwd" })),
    ] {
        let error = app.call(command, arguments).unwrap_err();
        assert_eq!(error["code"], "not-possible", "{command}: {error}");
        assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()));
    }
}

#[test]
fn without_a_keyring_sign_ins_and_secrets_say_so() {
    let app = App::new();
    let listed = app.call("sign_ins", json!({})).unwrap();
    assert_eq!(listed["keyring"]["problem"], "keyring-missing");
    assert!(listed["sign_ins"].as_array().is_some_and(|all| !all.is_empty()), "{listed:#}");
    assert!(!listed.to_string().contains(&BrokenSetup::default().token));
    assert!(app.call("secrets", json!({})).unwrap().is_array());
    for (command, arguments) in [
        ("set_secret", json!({ "name": "notes", "value": "k29f3aa81c" })),
        ("set_secret", json!({ "name": "no name", "value": "k29f3aa81c" })),
        ("reveal_named_secret", json!({ "name": "notes" })),
        ("preview_sign_out", json!({ "server": "https://nobody.example/mcp", "account": "" })),
        ("preview_import", json!({ "server": "https://nobody.example/mcp", "account": "" })),
    ] {
        let error = app.call(command, arguments).unwrap_err();
        assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "{command}: {error}");
        assert!(!error.to_string().contains("k29f3aa81c"), "{command}: {error}");
    }
}

#[test]
fn a_setting_is_changed_kept_and_answered() {
    let app = App::new();
    let view = app.call("settings", json!({})).unwrap();
    assert_eq!((&view["settings"]["theme"], &view["start_at_login"]), (&json!("system"), &json!(null)));
    let quiet = json!({ "from": "22:00:00", "to": "06:30:00" });
    let changes =
        [json!({ "setting": "theme", "value": "dark" }), json!({ "setting": "quiet-hours", "value": quiet })];
    for setting in changes {
        app.call("change_setting", json!({ "setting": setting })).unwrap();
    }
    let view = app.call("settings", json!({})).unwrap();
    assert_eq!((&view["settings"]["theme"], &view["settings"]["quiet_hours"]), (&json!("dark"), &quiet));
    let file = app.home.root().join(".bridgekeeper/settings.json");
    let kept: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    assert_eq!(kept, json!({ "theme": "dark", "quiet_hours": quiet }));
    app.call("change_setting", json!({ "setting": { "setting": "theme", "value": "sepia" } })).unwrap_err();
}
