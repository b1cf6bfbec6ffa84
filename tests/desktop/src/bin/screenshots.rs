//! Pictures of the real app on the demo's home, light and dark: `cargo xtask screenshots`.
//!
//! Those that the README shows go to `docs/images`, the others to `target/screenshots`; all go to the folder that is
//! named, where one is.

#[cfg(not(target_os = "linux"))]
fn main() {}

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<()> {
    let folder = std::env::args_os().nth(1).map(std::path::PathBuf::from);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(pictures::take(folder.as_deref()))
}

#[cfg(target_os = "linux")]
mod pictures {
    use std::fs::{self, File};
    use std::io::Write as _;
    use std::path::{Path, PathBuf};

    use anyhow::{Context as _, Result};
    use bridgekeeper_desktop_tests::desktop::{Desktop, Theme};
    use bridgekeeper_desktop_tests::home::Home;
    use bridgekeeper_desktop_tests::window::Window;
    use fantoccini::Locator;

    /// What the README shows.
    const IN_README: [&str; 3] = ["change", "config", "sign-ins"];

    /// Places that need no act: the picture's name, the address, and what stands there once all is loaded.
    const PLACES: [(&str, &str, &str); 10] = [
        ("welcome", "#/welcome", "Keyring"),
        ("setup", "#/setup", "Why this file"),
        ("server", "#/servers/tickets", "Nothing is written until you confirm"),
        ("server-healthy", "#/servers/files", "Its tools can be used"),
        ("log", "#/servers/tickets/log", "EADDRINUSE"),
        ("tools", "#/servers/files/tools", "Try it now"),
        ("config", "#/config/tickets", "Callback port"),
        ("sign-ins", "#/sign-ins", "With mcp-remote"),
        ("settings", "#/settings", "Quiet hours"),
        ("reset", "#/reset", "What will be reset"),
    ];

    /// The editor lives in a shadow root, which the page's own text leaves out.
    const EDITOR_STANDS: &str = "const editor = document.querySelector('[data-editor]'); \
                                 return editor === null || editor.shadowRoot?.querySelector('.cm-content') != null";

    /// A line as a page gives it to people who add a server.
    const PASTED: &str =
        "claude mcp add --transport http wiki https://wiki.example/mcp --header \"X-Key: demo-4fb1c2\"";

    pub(crate) async fn take(folder: Option<&Path>) -> Result<()> {
        for (theme, name) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
            let desktop = Desktop::start_with_keyring(theme)?;
            let home = Home::broken()?;
            home.keep_sign_in_to_crm()?;
            let window = Window::open(&desktop, home.path()).await?;
            let save =
                async |what: &str| save(&window, &place(folder, what), &format!("{what}-{name}.png")).await;

            window.read("Nothing is written until you confirm").await?;
            save("servers").await?;
            for (what, address, until) in PLACES {
                window.go(address).await?;
                window.read(until).await?;
                window.until(EDITOR_STANDS, true).await?;
                save(what).await?;
            }
            window.go("#/add").await?;
            window.see("textarea").await?;
            window.client().find(Locator::Css("textarea")).await?.send_keys(PASTED).await?;
            window.read("Show what will change").await?;
            save("add").await?;

            window.go("#/servers/team-notes").await?;
            window.press("Fix").await?;
            window.read("Cancel").await?;
            save("change").await?;
            window.press("Change ").await?;
            window.read("Fixed.").await?;
            save("fixed").await?;
            window.go("#/history").await?;
            window.press("Undo: ").await?;
            window.read("What undo will change").await?;
            save("history").await?;

            window.go("#/config/tickets").await?;
            window.press("Give the server a callback port of its own").await?;
            window.press("Review and save").await?;
            window.read("Back to editing").await?;
            window.until(EDITOR_STANDS, true).await?;
            save("review").await?;
            window.close().await?;
        }
        Ok(())
    }

    fn place(named: Option<&Path>, what: &str) -> PathBuf {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let usual = if IN_README.contains(&what) { "docs/images" } else { "target/screenshots" };
        named.map_or_else(|| workspace.join(usual), Path::to_owned)
    }

    async fn save(window: &Window, folder: &Path, name: &str) -> Result<()> {
        let (path, picture) = (folder.join(name), window.picture().await?);
        fs::create_dir_all(folder)
            .and_then(|()| File::create(&path))
            .and_then(|mut file| file.write_all(&picture))
            .with_context(|| format!("could not write {}", path.display()))
    }
}
