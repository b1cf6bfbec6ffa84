use bridgekeeper_claude::LogKind;
use bridgekeeper_model::{Os, ServerName};

use crate::world::World;

#[test]
fn every_folder_that_a_windows_build_uses_is_looked_at() {
    let world = World::new()
        .file("home/AppData/Roaming/Claude/logs/mcp.log", "a")
        .file("home/AppData/Local/Claude/Logs/mcp-server-notes.log", "bb")
        .file("home/AppData/Local/Packages/Claude_x/LocalCache/Roaming/Claude/logs/main.log", "ccc")
        .file("home/AppData/Local/Claude/Logs/ssh.log", "");
    let logs = world.home(Os::Windows).log_files();
    let mut kinds: Vec<_> = logs.files.iter().map(|file| (file.bytes, file.kind.clone())).collect();
    kinds.sort_by_key(|(bytes, _)| *bytes);
    let notes = LogKind::Server(ServerName::from("notes"));
    assert_eq!(kinds, [(1, LogKind::Mcp), (2, notes), (3, LogKind::Main)]);
}

#[test]
fn macos_and_linux_have_one_folder() {
    let world = World::new()
        .file("home/Library/Logs/Claude/mcp.log", "")
        .file("home/.config/Claude/logs/main.log", "");
    let kinds = |os| world.home(os).log_files().files.into_iter().map(|file| file.kind).collect::<Vec<_>>();
    assert_eq!(kinds(Os::Macos), [LogKind::Mcp]);
    assert_eq!(kinds(Os::Linux), [LogKind::Main]);
}

#[test]
fn a_home_without_logs_has_none_and_names_the_folders() {
    let logs = World::new().home(Os::Windows).log_files();
    assert_eq!(logs.files, []);
    assert_eq!(logs.unreadable, []);
    assert_eq!(logs.folders.len(), 3);
}

#[test]
fn a_folder_that_is_a_file_is_no_crash() {
    let world = World::new().file("home/.config/Claude/logs", "not a folder");
    let logs = world.home(Os::Linux).log_files();
    assert_eq!(logs.files, []);
}

#[test]
fn a_folder_in_the_place_of_a_log_is_told() {
    let world = World::new().folder("home/.config/Claude/logs/mcp.log");
    let logs = world.home(Os::Linux).log_files();
    assert_eq!(logs.files, []);
    assert_eq!(logs.unreadable.len(), 1);
}
