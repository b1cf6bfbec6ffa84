//! Whether a file of certificates can be used as Node uses it.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// The most that is read of a file of certificates, in bytes. A whole system's list is a quarter of it.
const MOST: u64 = 1024 * 1024;

/// What is wrong with a file that should hold certificates in PEM form; `None` where there is at least one.
pub fn trouble_with_certificates(path: &Path) -> Option<String> {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return Some("it is no file".to_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Some("it does not exist".to_owned());
        }
        Err(error) => return Some(format!("it cannot be read: {error}")),
    }
    let mut bytes = Vec::new();
    match File::open(path).and_then(|file| file.take(MOST).read_to_end(&mut bytes)) {
        Ok(_) => trouble_in(&bytes).map(str::to_owned),
        Err(error) => Some(format!("it cannot be read: {error}")),
    }
}

fn trouble_in(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Some("it is saved as UTF-16; Node reads ASCII and UTF-8 only");
    }
    let text = String::from_utf8_lossy(bytes);
    let (begin, end) = ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----");
    match (text.find(begin), text.rfind(end)) {
        (Some(from), Some(to)) if from < to => None,
        (Some(_), _) => Some("its certificate breaks off"),
        // DER begins with a sequence
        (None, _) if bytes.starts_with(&[0x30, 0x82]) => {
            Some("it is in DER form; Node needs PEM, which begins with `-----BEGIN CERTIFICATE-----`")
        }
        (None, _) if text.contains("PRIVATE KEY") => Some("it holds a private key and no certificate"),
        (None, _) if bytes.is_empty() => Some("it is empty"),
        (None, _) => Some("no certificate in PEM form stands in it"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_certificates_is_told_from_anything_else() {
        assert_eq!(
            trouble_in(b"# ours\n-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"),
            None
        );
        let trouble = |bytes: &[u8]| trouble_in(bytes).unwrap();
        assert!(trouble(b"").contains("empty"));
        assert!(trouble(b"-----BEGIN CERTIFICATE-----\nMIIB").contains("breaks off"));
        assert!(trouble(&[0x30, 0x82, 0x03, 0x01]).contains("DER"));
        assert!(trouble(b"-----BEGIN PRIVATE KEY-----").contains("private key"));
        assert!(trouble(b"\xff\xfe-\x00").contains("UTF-16"));
        assert!(trouble(b"hello").contains("no certificate"));
    }

    #[test]
    fn what_is_not_there_is_said() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(trouble_with_certificates(folder.path()).as_deref(), Some("it is no file"));
        let missing = folder.path().join("ca.pem");
        assert_eq!(trouble_with_certificates(&missing).as_deref(), Some("it does not exist"));
    }
}
