//! Bundles as people find them, and as somebody who means harm makes them.

use std::io::{Cursor, Write as _};

use zip::write::{SimpleFileOptions, ZipWriter};

use super::*;

const MANIFEST: &str = r#"{
  "manifest_version": "0.3", "name": "notes", "display_name": "Notes", "version": "1.2.0",
  "description": "Reads\nnotes.", "author": {"name": "Ada"},
  "server": {"type": "node", "entry_point": "server/index.js", "mcp_config": {
    "command": "node", "args": ["${__dirname}/server/index.js", "${user_config.folder}"],
    "env": {"NOTES_KEY": "${user_config.key}"},
    "platform_overrides": {"win32": {"command": "cmd", "args": ["/c", "start.bat"]}}
  }},
  "user_config": {
    "folder": {"type": "directory", "title": "Folder", "description": "Where they are", "required": true},
    "key": {"type": "string", "title": "Key", "sensitive": true, "default": "winter-river-71"}
  }
}"#;

fn bundle(files: &[(&str, &[u8])]) -> Cursor<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap()
}

fn read(files: &[(&str, &[u8])]) -> Result<Extension, NotAnExtension> {
    Extension::read(bundle(files), "/home/ada")
}

fn why(files: &[(&str, &[u8])]) -> String {
    read(files).unwrap_err().to_string()
}

#[test]
fn what_it_starts_and_asks_for_is_told_whole() {
    let extension = read(&[("manifest.json", MANIFEST.as_bytes()), ("server/index.js", b"0")]).unwrap();
    assert_eq!((extension.name.as_str(), extension.version.as_deref()), ("Notes", Some("1.2.0")));
    assert_eq!(extension.author.as_deref(), Some("Ada"));
    assert_eq!(extension.description.as_deref(), Some("Reads notes."));
    assert_eq!(extension.files, 2);
    for part in ["${__dirname}/server/index.js", "${user_config.key}", "platform_overrides", "Where they are"]
    {
        assert!(extension.payload.contains(part), "{part} is missing in {}", extension.payload);
    }
    let [folder, key] = extension.settings.as_slice() else { panic!("{:?}", extension.settings) };
    assert!(folder.required && !folder.secret && folder.title == "Folder");
    assert!(key.secret && !key.required && key.description.is_none());
    let kinds: Vec<RiskKind> = extension.risks.iter().map(|risk| risk.kind).collect();
    assert_eq!(kinds, [RiskKind::Shell, RiskKind::RunsCode, RiskKind::RunsCode], "of every system");
    assert!(extension.notes.is_empty());
}

#[test]
fn a_text_without_words_is_as_good_as_none() {
    let manifest = br#"{"display_name": " ", "name": "notes", "version": "", "author": "\n",
        "server": {}, "user_config": {"key": {"title": "\u0007", "description": " "}}}"#;
    let extension = read(&[("manifest.json", manifest)]).unwrap();
    assert_eq!((extension.name.as_str(), extension.version, extension.author), ("notes", None, None));
    assert_eq!((extension.settings[0].title.as_str(), &extension.settings[0].description), ("key", &None));
}

#[test]
fn a_secret_that_it_brings_is_covered() {
    let extension = read(&[("manifest.json", MANIFEST.as_bytes())]).unwrap();
    assert!(!format!("{extension:?}").contains("winter-river-71"));
}

#[test]
fn a_server_without_a_command_is_said_to_be_one() {
    let manifest = br#"{"name": "x", "server": {"type": "uv", "entry_point": "main.py"}}"#;
    let extension = read(&[("manifest.json", manifest)]).unwrap();
    assert_eq!(extension.notes, ["Its manifest names no command; Claude decides how it is started."]);
}

#[test]
fn files_that_lead_out_of_the_folder_are_marked() {
    for name in ["../../.bashrc", "a/../../b", "/etc/passwd", "..\\x.dll", "C:\\x.dll"] {
        let extension = read(&[("manifest.json", MANIFEST.as_bytes()), (name, b"0")]).unwrap();
        let marked = extension.risks.iter().find(|risk| risk.kind == RiskKind::LeavesFolder);
        assert_eq!(marked.unwrap().part, name);
    }
    let extension = read(&[("manifest.json", MANIFEST.as_bytes()), ("a/..b/c...js", b"0")]).unwrap();
    assert!(extension.risks.iter().all(|risk| risk.kind != RiskKind::LeavesFolder));
}

#[test]
fn what_is_no_extension_is_told() {
    assert_eq!(why(&[]), "this bundle is no extension: it has no manifest.json");
    assert_eq!(
        why(&[("sub/manifest.json", MANIFEST.as_bytes())]),
        "this bundle is no extension: it has no manifest.json"
    );
    for text in ["{", "[]", "\u{0}", ""] {
        assert_eq!(
            why(&[("manifest.json", text.as_bytes())]),
            "the manifest of this bundle is not valid JSON",
            "{text}"
        );
    }
    for text in ["{}", r#"{"server": 1}"#] {
        assert_eq!(why(&[("manifest.json", text.as_bytes())]), "the manifest of this bundle names no server");
    }
}

#[test]
fn a_damaged_archive_is_told_wherever_it_breaks_off() {
    let whole = bundle(&[("manifest.json", MANIFEST.as_bytes()), ("a.js", b"0")]).into_inner();
    for end in 0..whole.len() {
        let broken = Extension::read(Cursor::new(&whole[..end]), "/home/ada");
        assert!(broken.is_err(), "cut at {end}");
    }
    for at in 0..whole.len() {
        let mut bent = whole.clone();
        bent[at] ^= 0xff;
        // Whatever it says, it says something
        let _ = Extension::read(Cursor::new(bent), "/home/ada");
    }
}

#[test]
fn a_bomb_is_not_unpacked() {
    let mut bomb = MANIFEST.as_bytes().to_vec();
    bomb.resize(8_000_000, b' ');
    assert_eq!(why(&[("manifest.json", &bomb)]), "the manifest of this bundle is too large");
}

#[test]
fn an_endless_list_of_files_is_not_read_to_its_end() {
    let name = "n".repeat(60_000);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..300 {
        writer.start_file(format!("{name}{number}"), SimpleFileOptions::default()).unwrap();
    }
    let listed = Extension::read(writer.finish().unwrap(), "/home/ada");
    assert_eq!(listed.unwrap_err().to_string(), "this bundle lists more files than an extension has");
}
