//! What people paste and send in: offers of servers, and logs that are to be diagnosed.

use bridgekeeper_doctor::log_scan::LogScan;
use bridgekeeper_engine::add;

/// Whatever is pasted is understood or refused, and what is understood can be started or reached.
pub(crate) fn offered(bytes: &[u8]) {
    for server in add::read(&String::from_utf8_lossy(bytes)).unwrap_or_default() {
        match server.server {
            add::OfferedServer::Local { command, .. } => assert!(!command.is_empty()),
            add::OfferedServer::Remote { url, .. } => assert!(!url.is_empty()),
        }
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
