//! Which entries have signed in through a browser: a fix must not move one to a bridge that cannot.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use bridgekeeper_claude::Home;
use bridgekeeper_formats::config::{ConfigFile, Entry};
use bridgekeeper_mcp_remote::{FileKind, Invocation, ServerHash, StoredFile};
use bridgekeeper_model::ServerName;

/// The entries for which mcp-remote keeps tokens.
pub(crate) fn with_tokens(home: &Home, file: &ConfigFile) -> BTreeSet<ServerName> {
    let stored = stored_tokens(&home.mcp_auth_folder());
    let keeps_tokens = |entry: &&Entry| hashes(entry).iter().any(|hash| stored.contains(hash));
    file.servers().iter().filter(keeps_tokens).map(|entry| entry.name.clone()).collect()
}

/// The names under which releases of mcp-remote file the tokens of this entry.
fn hashes(entry: &Entry) -> Vec<ServerHash> {
    let Some(command) = &entry.command else { return vec![] };
    let Some(invocation) = Invocation::recognise(&command.value, &entry.arguments()) else { return vec![] };
    invocation.line.server_hashes()
}

/// The servers whose tokens lie in the folder, in any generation's place. Contents are not read.
fn stored_tokens(folder: &Path) -> BTreeSet<ServerHash> {
    let names = |folder: &Path| {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.file_name().into_string().ok()).collect::<Vec<_>>()
    };
    let below = |generation: &String| {
        names(&folder.join(generation))
            .into_iter()
            .map(|name| format!("{generation}/{name}"))
            .collect::<Vec<_>>()
    };
    let top = names(folder);
    let files = top.iter().flat_map(below).chain(top.iter().cloned());
    let stored = files.filter_map(|path| StoredFile::parse(&path));
    stored.filter(|file| file.kind == FileKind::Tokens).map(|file| file.hash).collect()
}

#[cfg(test)]
mod tests {
    use bridgekeeper_model::Os;

    use super::*;

    #[test]
    fn tokens_of_any_generation_tell() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::stand_in(folder.path(), Os::Linux);
        let file = ConfigFile::from(
            r#"{"mcpServers": {
                "new": {"command": "npx", "args": ["mcp-remote", "https://mcp.linear.app/mcp"]},
                "old": {"command": "npx", "args": ["mcp-remote", "https://mcp.linear.app/sse", "--header", "A:1"]},
                "none": {"command": "npx", "args": ["mcp-remote", "https://mcp.linear.app/mcp/"]},
                "local": {"command": "uvx", "args": ["x"]}
            }}"#,
        );
        assert_eq!(with_tokens(&home, &file), BTreeSet::new());
        for path in [
            "mcp-remote-v1/fcc436b0d1e0a1ed9a2b15bbd638eb13_tokens.json",
            "mcp-remote-0.1.29/2d1a8aae3765090858d82f5630192064_tokens.json",
            "mcp-remote-v1/b1c174b64cabefab16291083063eae51_client_info.json",
        ] {
            let path = home.mcp_auth_folder().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::File::create(path).unwrap();
        }
        let expected = ["new", "old"].map(ServerName::from);
        assert_eq!(with_tokens(&home, &file), BTreeSet::from(expected));
    }
}
