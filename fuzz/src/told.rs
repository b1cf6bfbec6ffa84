//! What people paste and send in, and what the system's own programs print: offers of servers, bundles of extensions,
//! logs that are to be diagnosed, settings.

use std::io::Cursor;

use bridgekeeper_doctor::log_scan::LogScan;
use bridgekeeper_engine::add;
use bridgekeeper_machine::firewall::read_rules;
use bridgekeeper_machine::{SystemProxy, read_excluded_ranges, read_internet_settings, read_scutil};

/// Whatever is pasted is understood or refused, and what is understood can be started or reached.
pub(crate) fn offered(bytes: &[u8]) {
    for server in add::read(&String::from_utf8_lossy(bytes)).unwrap_or_default() {
        match server.server {
            add::OfferedServer::Local { command, .. } => assert!(!command.is_empty()),
            add::OfferedServer::Remote { url, .. } => assert!(!url.is_empty()),
        }
    }
}

/// Whatever a bundle holds, it is read or refused, and what is shown of it stands on one line.
pub(crate) fn extension(bytes: &[u8]) {
    let Ok(extension) = add::Extension::read(Cursor::new(bytes), "/home/ada") else { return };
    assert!(!extension.name.is_empty());
    let said = extension.settings.iter().map(|setting| &setting.title);
    for text in said.chain([&extension.name]).chain(&extension.version).chain(&extension.author) {
        assert!(!text.contains(['\n', '\r', '\u{1b}']), "{text:?}");
    }
    assert!(serde_json::from_str::<serde_json::Value>(&extension.payload).is_ok(), "{}", extension.payload);
}

/// What `reg`, `scutil` and `netsh` print: a proxy that is read has a host, a rule is Node's, a range is one.
pub(crate) fn system_settings(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for SystemProxy { url, script } in [read_internet_settings(&text), read_scutil(&text)] {
        if let Some(url) = url {
            let (_, host) = url.split_once("://").expect("a URL");
            assert!(!host.is_empty() && !host.starts_with(':'), "{url:?}");
        }
        assert!(script.is_none_or(|script| !script.is_empty()));
    }
    for rule in read_rules(&text) {
        assert!(rule.program.to_ascii_lowercase().ends_with("node.exe"), "{rule:?}");
    }
    for range in read_excluded_ranges(&text) {
        assert!(range.holds(range.first) && range.holds(range.last), "{range:?}");
    }
}

/// No log breaks a rule, and evidence names lines that are there. A log that is read on as it grows is the same log.
pub(crate) fn diagnosis(bytes: &[u8]) {
    let name = "mcp-server-docs.log";
    let mut whole = LogScan::new();
    whole.read(name, bytes).expect("memory can be read");
    let diagnosis = whole.diagnosis();
    assert!(diagnosis.crashed.is_empty(), "{:?}", diagnosis.crashed);
    for finding in &diagnosis.findings {
        assert!(!finding.message.is_empty());
        // Files are read in the encoding that they turn out to have; a line is at least one byte.
        assert!(finding.evidence.iter().all(|evidence| evidence.line <= bytes.len() as u64));
    }
    let mut grown = LogScan::new();
    let (head, _) = bytes.split_at(bytes.len() / 2);
    let position = grown.read(name, head).expect("memory can be read");
    let rest = usize::try_from(position.offset).ok().and_then(|offset| bytes.get(offset..));
    grown.read_on(name, position, rest.expect("a place within")).expect("memory can be read");
    assert!(grown.diagnosis().crashed.is_empty());
}
