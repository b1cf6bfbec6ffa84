use std::collections::BTreeMap;

use bridgekeeper_claude::{Build, Home};
use bridgekeeper_model::Os;

use crate::world::World;

fn found(home: &Home) -> Vec<(Build, Option<String>)> {
    home.installs().found.into_iter().map(|install| (install.build, install.version)).collect()
}

#[test]
fn nothing_installed_says_where_it_looked() {
    for os in [Os::Windows, Os::Macos, Os::Linux] {
        let installs = World::new().home(os).installs();
        assert_eq!(installs.found, []);
        assert!(!installs.looked_in.is_empty(), "{os}");
    }
}

#[test]
fn of_the_classic_builds_the_newest_version_counts_as_numbers() {
    let world = World::new()
        .file("home/AppData/Local/AnthropicClaude/app-0.9.3/claude.exe", "")
        .file("home/AppData/Local/AnthropicClaude/app-0.14.10/Claude.exe", "")
        .folder("home/AppData/Local/AnthropicClaude/app-0.99.0");
    let home = world.home(Os::Windows);
    assert_eq!(found(&home), [(Build::Classic, Some("0.14.10".into()))]);
}

#[test]
fn a_package_tells_its_version_by_its_program_folder() {
    let world = World::new()
        .folder("home/AppData/Local/Packages/Claude_pzs8sxrjxfjjc")
        .folder("home/AppData/Local/Packages/Microsoft.Todos_8wekyb3d8bbwe")
        .folder("c/Program Files/WindowsApps/Claude_1.34493.1.0_x64__pzs8sxrjxfjjc")
        .folder("c/Program Files/WindowsApps/Claude_1.52386.2.0_x64__pzs8sxrjxfjjc");
    let home = world.home(Os::Windows);
    assert_eq!(found(&home), [(Build::Msix, None)]);
    assert_eq!(found(&home.with_machine(world.path("c"))), [(Build::Msix, Some("1.52386.2.0".into()))]);
}

#[test]
fn a_macos_app_tells_its_version_by_its_property_list() {
    let list =
        "<plist><dict>\n<key>CFBundleShortVersionString</key>\n\t<string>1.52386.2</string></dict></plist>";
    let world = World::new().file("home/Applications/Claude.app/Contents/Info.plist", list);
    assert_eq!(found(&world.home(Os::Macos)), [(Build::Macos, Some("1.52386.2".into()))]);
}

#[test]
fn a_linux_package_is_official_where_its_maintainer_is() {
    let status = |maintainer: &str| {
        format!(
            "Package: zsh\nVersion: 5\n\nPackage: claude-desktop\nVersion: 1.2.3\nMaintainer: {maintainer}\n\n"
        )
    };
    let world = World::new()
        .file("machine/usr/bin/claude-desktop", "")
        .file("machine/var/lib/dpkg/status", &status("Anthropic <support@anthropic.com>"));
    let home = world.home(Os::Linux).with_machine(world.path("machine"));
    assert_eq!(found(&home), [(Build::Linux, Some("1.2.3".into()))]);
    let world = world.file("machine/var/lib/dpkg/status", &status("Somebody <x@example.org>"));
    assert_eq!(found(&home), [(Build::LinuxUnofficial, Some("1.2.3".into()))]);
    drop(world);
}

#[test]
fn variables_of_a_user_move_the_folders() {
    let world = World::new().file("elsewhere/AnthropicClaude/app-1.0.0/claude.exe", "");
    let environment: BTreeMap<String, String> = [
        ("USERPROFILE".to_owned(), world.path("home").display().to_string()),
        ("LOCALAPPDATA".to_owned(), world.path("elsewhere").display().to_string()),
        ("SystemDrive".to_owned(), "Q:".to_owned()),
    ]
    .into();
    let home = Home::of_user(Os::Windows, environment).unwrap();
    assert_eq!(found(&home), [(Build::Classic, Some("1.0.0".into()))]);
}
