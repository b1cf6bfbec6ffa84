//! Pictures of the real app on the demo's home, light and dark: `cargo xtask screenshots`.
//!
//! They go to `docs/images`, or to the folder that is named.

#[cfg(not(target_os = "linux"))]
fn main() {}

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<()> {
    let folder = std::env::args_os().nth(1).map_or_else(pictures::folder, Into::into);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(pictures::take(&folder))
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

    /// The editor lives in a shadow root, which the page's own text leaves out.
    const EDITOR_STANDS: &str = "return document.querySelector('[data-editor]')?.shadowRoot\
                                 ?.querySelector('.cm-content') != null";

    pub(crate) fn folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/images")
    }

    pub(crate) async fn take(folder: &Path) -> Result<()> {
        fs::create_dir_all(folder)?;
        for (theme, name) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
            let desktop = Desktop::start(theme)?;
            let home = Home::broken()?;
            let window = Window::open(&desktop, home.path()).await?;
            let save = async |what: &str| -> Result<()> {
                let path = folder.join(format!("{what}-{name}.png"));
                let picture = window.picture().await?;
                File::create(&path)
                    .and_then(|mut file| file.write_all(&picture))
                    .with_context(|| format!("could not write {}", path.display()))
            };
            window.read("Nothing is written until you confirm").await?;
            save("servers").await?;
            window.go("#/servers/tickets").await?;
            window.read("tickets.example").await?;
            window.read("Nothing is written until you confirm").await?;
            save("server").await?;
            window.go("#/config/team-notes").await?;
            window.read("Environment").await?;
            window.until(EDITOR_STANDS, true).await?;
            save("config").await?;
            window.press("Servers").await?;
            window.press("team-notes").await?;
            window.press("Fix").await?;
            window.read("Cancel").await?;
            save("change").await?;
            window.close().await?;
        }
        Ok(())
    }
}
