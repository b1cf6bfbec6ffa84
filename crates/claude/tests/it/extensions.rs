use bridgekeeper_model::Os;

use crate::world::World;

#[test]
fn an_extension_has_the_name_that_its_log_carries() {
    let base = "home/.config/Claude";
    let world = World::new()
        .file(
            &format!("{base}/Claude Extensions/ant.dir.acme.notes/manifest.json"),
            r#"{"name": "notes", "display_name": "Acme Notes", "version": "1.2.0", "server": {"type": "node"}}"#,
        )
        .file(&format!("{base}/Claude Extensions Settings/ant.dir.acme.notes.json"), r#"{"isEnabled": false}"#)
        .file(&format!("{base}/Claude Extensions/local.dxt.ada.broken/manifest.json"), "{")
        .folder(&format!("{base}/Claude Extensions/empty"));
    let extensions = world.home(Os::Linux).extensions();
    let names: Vec<_> =
        extensions.found.iter().map(|e| (e.display_name.as_str(), e.version.as_deref(), e.enabled)).collect();
    assert_eq!(
        names,
        [
            ("Acme Notes", Some("1.2.0"), Some(false)),
            ("empty", None, None),
            ("local.dxt.ada.broken", None, None)
        ]
    );
    assert_eq!(extensions.unreadable.len(), 1);
}
