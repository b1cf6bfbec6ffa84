//! Checksums, and how large each package is.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

/// The file that `sha256sum --check` reads.
pub(super) const NAME: &str = "SHA256SUMS";

/// Writes the checksum of every file in `folder` beside them.
pub(super) fn write(folder: &Path) -> Result<()> {
    let mut text = String::new();
    for file in files(folder)? {
        let bytes = std::fs::read(&file).with_context(|| format!("{} could not be read", file.display()))?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        // Writing to a String cannot fail
        let _ = writeln!(text, "{}  {name}", hex(&Sha256::digest(&bytes)));
    }
    super::write(&folder.join(NAME), text)
}

/// Every file with its size, for people.
pub(super) fn sizes(folder: &Path, debug: bool) -> Result<String> {
    let mut text = format!("In {}:\n", folder.display());
    for file in files(folder)? {
        let bytes = file.metadata().map_or(0, |meta| meta.len());
        let whole = bytes / 1_000_000;
        let tenth = bytes % 1_000_000 / 100_000;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let _ = writeln!(text, "{:>8} MB  {name}", format!("{whole}.{tenth}"));
    }
    if debug {
        text.push_str("These are debug builds; their sizes say nothing.\n");
    }
    Ok(text)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = super::entries(folder)?;
    files.retain(|file| file.is_file() && file.file_name().is_none_or(|name| name != NAME));
    Ok(files)
}

/// Two lowercase digits for each byte.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_summed_up_as_sha256sum_does_it() {
        let folder = tempfile::tempdir().unwrap();
        super::super::write(&folder.path().join("b.deb"), "abc").unwrap();
        super::super::write(&folder.path().join("a.json"), "").unwrap();
        write(folder.path()).unwrap();
        write(folder.path()).unwrap();
        assert_eq!(
            std::fs::read_to_string(folder.path().join(NAME)).unwrap(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a.json\n\
             ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b.deb\n"
        );
    }
}
