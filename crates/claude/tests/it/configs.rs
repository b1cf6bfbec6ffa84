use bridgekeeper_claude::{Content, Live};
use bridgekeeper_model::Os;

use crate::world::World;

const REAL: &str = "home/AppData/Roaming/Claude/claude_desktop_config.json";
const COPY: &str =
    "home/AppData/Local/Packages/Claude_pzs8sxrjxfjjc/LocalCache/Roaming/Claude/claude_desktop_config.json";
const PACKAGE: &str = "home/AppData/Local/Packages/Claude_pzs8sxrjxfjjc/LocalCache";
const CLASSIC: &str = "home/AppData/Local/AnthropicClaude/app-0.14.10/claude.exe";

fn found(world: &World, os: Os) -> Vec<(String, Live)> {
    let configs = world.home(os).configs();
    configs.iter().map(|config| (world.relative(&config.path), config.live)).collect()
}

#[test]
fn an_empty_home_has_no_config() {
    for os in [Os::Windows, Os::Macos, Os::Linux] {
        assert_eq!(found(&World::new(), os), []);
    }
}

#[test]
fn each_system_has_its_one_place() {
    let linux = "home/.config/Claude/claude_desktop_config.json";
    assert_eq!(found(&World::new().file(linux, "{}"), Os::Linux), [(linux.into(), Live::Yes)]);
    let macos = "home/Library/Application Support/Claude/claude_desktop_config.json";
    assert_eq!(found(&World::new().file(macos, "{}"), Os::Macos), [(macos.into(), Live::Yes)]);
    assert_eq!(found(&World::new().file(REAL, "{}"), Os::Windows), [(REAL.into(), Live::Yes)]);
}

#[test]
fn a_packaged_claude_reads_its_private_copy_and_the_other_file_is_a_decoy() {
    let world = World::new().file(REAL, "{}").file(COPY, "{}");
    assert_eq!(found(&world, Os::Windows), [(COPY.into(), Live::Yes), (REAL.into(), Live::No)]);
    let configs = world.home(Os::Windows).configs();
    assert!(configs[1].why.contains("Edit Config opens it"), "{}", configs[1].why);
}

#[test]
fn without_a_private_copy_the_packaged_claude_sees_the_real_file() {
    let world = World::new().file(REAL, "{}").folder(PACKAGE);
    assert_eq!(found(&world, Os::Windows), [(REAL.into(), Live::Yes)]);
}

#[test]
fn a_fresh_package_would_write_its_private_copy() {
    let world = World::new().folder(PACKAGE);
    let configs = world.home(Os::Windows).configs();
    assert_eq!(found(&world, Os::Windows), [(COPY.into(), Live::Yes)]);
    assert_eq!(configs[0].content, Content::Absent);
}

#[test]
fn two_builds_are_undecided_until_a_log_tells() {
    let world = World::new().file(REAL, "{}").file(COPY, "{}").file(CLASSIC, "");
    assert_eq!(found(&world, Os::Windows), [(REAL.into(), Live::Undecided), (COPY.into(), Live::Undecided)]);
    let log = "home/AppData/Roaming/Claude/logs/mcp-server-notes.log";
    let world =
        world.file(log, r"at C:\Program Files\WindowsApps\Claude_1.2.3.0_x64__pzs8sxrjxfjjc\app\x.js");
    assert_eq!(found(&world, Os::Windows), [(COPY.into(), Live::Yes), (REAL.into(), Live::No)]);
    let world = world.file(log, r"at C:\Users\ada\AppData\Local\AnthropicClaude\app-0.14.10\x.js");
    assert_eq!(found(&world, Os::Windows), [(REAL.into(), Live::Yes), (COPY.into(), Live::No)]);
}

#[test]
fn the_third_party_profile_has_its_own_file() {
    let third = "home/AppData/Local/Claude-3p/claude_desktop_config.json";
    let world = World::new().file(REAL, "{}").file(third, "{}");
    assert_eq!(found(&world, Os::Windows), [(REAL.into(), Live::Yes), (third.into(), Live::No)]);
    assert_eq!(found(&World::new().file(third, "{}"), Os::Windows), [(third.into(), Live::Undecided)]);
}

#[test]
fn files_that_claude_never_reads_are_shown_as_decoys() {
    let text_file = "home/AppData/Roaming/Claude/claude_desktop_config.json.txt";
    let wrong_folder = "home/AppData/Local/Claude/claude_desktop_config.json";
    let world = World::new().file(text_file, "{}").file(wrong_folder, "{}");
    assert_eq!(found(&world, Os::Windows), [(text_file.into(), Live::No), (wrong_folder.into(), Live::No)]);
}

#[test]
fn what_cannot_be_read_is_a_fact() {
    let world = World::new().folder("home/.config/Claude/claude_desktop_config.json");
    let configs = world.home(Os::Linux).configs();
    assert_eq!(configs.len(), 1);
    assert_eq!(configs[0].content, Content::Unreadable("it is not a regular file".into()));
}
