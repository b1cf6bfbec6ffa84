//! The committed pages are what the rules say today.

use std::collections::BTreeMap;
use std::path::Path;

use bridgekeeper_doctor::pages;

#[test]
fn docs_rules_is_current() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules");
    let committed: BTreeMap<String, String> = std::fs::read_dir(&folder)
        .expect("docs/rules is there")
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(path).unwrap().replace("\r\n", "\n"))
        })
        .collect();
    let current: BTreeMap<String, String> = pages::files().into_iter().collect();
    assert_eq!(
        committed.keys().collect::<Vec<_>>(),
        current.keys().collect::<Vec<_>>(),
        "run `cargo xtask codegen`"
    );
    for (name, text) in &current {
        assert_eq!(committed[name], *text, "docs/rules/{name} is stale: run `cargo xtask codegen`");
    }
}
