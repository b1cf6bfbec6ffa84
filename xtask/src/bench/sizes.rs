//! What a bridge takes of a disk, beside its peers: of `mcp-remote` with the packages that npm brings it and the Node it runs in.

use std::path::Path;

use anyhow::{Context as _, Result};

use super::{Bar, Figure};
use crate::steps::command;

/// The largest program, in MB.
const LARGEST: f64 = 8.0;

/// The programs of three bridges; that of `mcp-remote` is a script in a folder of packages.
pub(super) fn figures(ours: &Path, hyper: &Path, mcp_remote: &Path) -> Result<Vec<Figure>> {
    let packages = mcp_remote
        .ancestors()
        .find(|folder| folder.ends_with("node_modules"))
        .context("mcp-remote lies in no folder of packages")?;
    let packages = megabytes(packages)?;
    let value = megabytes(ours)?;
    let row =
        |peer, bar| Figure { what: "bridge: size on the disk".to_owned(), unit: "MB", value, peer, bar };
    Ok(vec![
        row(Some(("hyper-mcp-remote", megabytes(hyper)?)), Some(Bar::AtMost(LARGEST))),
        row(Some(("mcp-remote without Node", packages)), None),
        row(Some(("mcp-remote with Node", packages + megabytes(&node()?)?)), None),
    ])
}

fn node() -> Result<std::path::PathBuf> {
    let output = command("node").args(["--print", "process.execPath"]).output().context("node")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().into())
}

/// The length of a file, or of all files in a folder. Links are not followed.
fn megabytes(place: &Path) -> Result<f64> {
    fn bytes(place: &Path) -> std::io::Result<u64> {
        let meta = place.symlink_metadata()?;
        if meta.is_dir() {
            return std::fs::read_dir(place)?.map(|entry| bytes(&entry?.path())).sum();
        }
        Ok(meta.len())
    }
    let bytes = bytes(place).with_context(|| format!("the size of {}", place.display()))?;
    Ok(f64::from(u32::try_from(bytes / 1000).unwrap_or(u32::MAX)) / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_as_large_as_its_files() {
        let folder = tempfile::tempdir().unwrap();
        let packages = folder.path().join("node_modules");
        std::fs::create_dir_all(packages.join("mcp-remote/dist")).unwrap();
        for (name, length) in [
            ("ours", 7_000_000),
            ("node_modules/a", 1_500_000),
            ("node_modules/mcp-remote/dist/proxy.js", 500_000),
        ] {
            std::fs::File::create(folder.path().join(name)).unwrap().set_len(length).unwrap();
        }
        let program = folder.path().join("ours");
        let rows = figures(&program, &program, &packages.join("mcp-remote/dist/proxy.js")).unwrap();
        assert_eq!(rows[0].meets_its_bar(), Some(true));
        assert_eq!(rows[1].peer, Some(("mcp-remote without Node", 2.0)));
        assert!(rows[2].peer.unwrap().1 > 2.0);
    }
}
