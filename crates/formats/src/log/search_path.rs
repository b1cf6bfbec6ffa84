//! What Claude says of how it starts servers: the folders that it searches, and the Node that it brings along.

/// The folders of the last `paths: [...]` block in a piece of a log; `None` where none is whole.
pub fn last_search_path(log: &str) -> Option<Vec<String>> {
    // As `util.inspect` writes it, and as JSON on one line
    let begin = [log.rfind("paths: ["), log.rfind("\"paths\":[")].into_iter().flatten().max()?;
    let rest = &log[begin..];
    let rest = &rest[rest.find('[')? + 1..];
    let mut folders = Vec::new();
    let mut chars = rest.char_indices();
    while let Some((at, character)) = chars.next() {
        match character {
            '\'' | '"' => {
                let mut folder = String::new();
                loop {
                    match chars.next()?.1 {
                        '\\' => folder.push(chars.next()?.1),
                        end if end == character => break,
                        other => folder.push(other),
                    }
                }
                folders.push(folder);
            }
            // `[length]: 6` is the list's own note
            '[' if rest[at..].starts_with("[length]") => while chars.next()?.1 != ']' {},
            ']' => return Some(folders),
            _ => {}
        }
    }
    None
}

/// The version of Claude's own Node, without a `v`, as the last `Starting app { … nodeVersion: '22.18.0' }` of a piece
/// of `main.log` says.
pub fn last_built_in_node(log: &str) -> Option<String> {
    const MEMBER: &str = "nodeVersion: '";
    let rest = &log[log.rfind(MEMBER)? + MEMBER.len()..];
    let (version, _) = rest.split_once('\'')?;
    let is_version = version.chars().all(|character| character.is_ascii_digit() || character == '.');
    (is_version && !version.is_empty()).then(|| version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_start_tells_the_node_that_claude_brings() {
        let start = |version: &str| {
            format!(
                "2026-01-01 08:00:00 [info] Starting app {{ platform: 'darwin', nodeVersion: '{version}' }}\n"
            )
        };
        let log = start("20.18.1") + &start("22.18.0") + "2026-01-01 08:00:01 [info] nodeVersion unknown\n";
        assert_eq!(last_built_in_node(&log).as_deref(), Some("22.18.0"));
        assert_eq!(last_built_in_node("Starting app { nodeVersion: 'v2"), None, "it breaks off");
        assert_eq!(last_built_in_node(""), None);
    }

    #[test]
    fn the_newest_block_counts() {
        let log = "paths: [\n      '/old',\n      [length]: 1\n    ]\n\
            2026-04-03T08:20:33.105Z [mail] [info] Using MCP server command: npx with args and path: {\n  metadata: {\n    args: [ '-y', [length]: 1 ],\n    paths: [\n      '/usr/local/bin',\n      'C:\\\\Program Files\\\\nodejs',\n      [length]: 2\n    ]\n  }\n} %o\n";
        assert_eq!(last_search_path(log).unwrap(), ["/usr/local/bin", "C:\\Program Files\\nodejs"]);
        assert_eq!(last_search_path("x {\"paths\":[\"/a\",\"/b\"]}").unwrap(), ["/a", "/b"]);
    }

    #[test]
    fn a_broken_block_says_nothing() {
        assert_eq!(last_search_path("paths: [ '/a', "), None);
        assert_eq!(last_search_path("paths: [ '/a"), None);
        assert_eq!(last_search_path("nothing"), None);
    }
}
