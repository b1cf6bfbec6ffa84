use std::fs;
use std::path::Path;

use bridgekeeper_testkit::files;
use jiff::civil::time;
use serde_json::{Value, json};

use super::*;

fn put(folder: &Path, text: &str) {
    files::put(folder.join("settings.json"), text);
}

fn stands(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("settings.json")).unwrap()).unwrap()
}

#[test]
fn nothing_is_written_before_the_first_change() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("new");
    let file = SettingsFile::in_folder(&home);
    assert_eq!(file.settings(), Settings::default());
    assert!(!home.exists());
    file.change(|settings| settings.theme = Theme::Dark).unwrap();
    assert_eq!(stands(&home), json!({ "theme": "dark" }), "only what was chosen is written");
    assert_eq!(SettingsFile::in_folder(&home).settings().theme, Theme::Dark);
}

#[test]
fn what_is_not_known_stays_and_what_is_not_understood_counts_as_usual() {
    let folder = tempfile::tempdir().unwrap();
    put(
        folder.path(),
        r#"{"theme": "sepia", "guardian": false, "beam": {"on": [1]}, "quiet_hours": {"from": "22:00", "to": "07:30"}}"#,
    );
    let file = SettingsFile::in_folder(folder.path());
    let settings = file.settings();
    assert_eq!((settings.theme, settings.guardian), (Theme::System, false));
    let hours = QuietHours { from: time(22, 0, 0, 0), to: time(7, 30, 0, 0) };
    assert_eq!(settings.quiet_hours, Some(hours));
    file.change(|settings| settings.language = Language::De).unwrap();
    let after = stands(folder.path());
    assert_eq!(
        (&after["theme"], &after["beam"], &after["language"]),
        (&json!("sepia"), &json!({ "on": [1] }), &json!("de"))
    );
    assert_eq!(after["quiet_hours"]["from"], "22:00", "what was not changed stays as it was written");
}

#[test]
fn a_broken_file_is_told_and_set_aside_before_the_first_change() {
    let folder = tempfile::tempdir().unwrap();
    for (text, name) in [("{\"theme\": ", "settings.broken.json"), ("[]", "settings.broken-2.json")] {
        put(folder.path(), text);
        let file = SettingsFile::in_folder(folder.path());
        assert_eq!(file.settings(), Settings::default());
        assert_eq!(file.broken().unwrap().path, folder.path().join("settings.json"));
        file.change(|settings| settings.updates = false).unwrap();
        assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), text);
        assert_eq!(file.broken().unwrap().path, folder.path().join(name));
        assert_eq!(stands(folder.path()), json!({ "updates": false }));
    }
}

#[test]
fn a_file_that_cannot_be_read_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("settings.json")).unwrap();
    let file = SettingsFile::in_folder(folder.path());
    assert!(file.broken().is_some());
    file.change(|settings| settings.updates = false).unwrap_err();
    assert!(folder.path().join("settings.json").is_dir());
    assert!(file.settings().updates, "what was not written does not hold");
}

#[test]
fn a_change_is_told_and_keeps_what_another_program_wrote_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (SettingsFile::in_folder(folder.path()), SettingsFile::in_folder(folder.path()));
    let heard = one.subscribe();
    other.change(|settings| settings.close_to_tray = false).unwrap();
    one.change(|settings| Setting::Shown(Once::FirstRun).set(settings)).unwrap();
    let told = heard.try_recv().unwrap();
    assert!(!told.close_to_tray && told.shown.contains(&Once::FirstRun));
    assert_eq!(one.settings(), told);
    assert!(heard.try_recv().is_err());
}
