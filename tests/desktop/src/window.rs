//! The app's window, driven by WebDriver: `tauri-driver` in front of `WebKit`'s own driver.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::app;
use crate::desktop::Desktop;
use crate::process::Process;

/// How long anything in the window is waited for; only a failing test waits that long.
const PATIENCE: Duration = Duration::from_secs(30);
/// WebDriver tells of no changes, so the page is looked at again and again.
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// The window of an app that a driver started. Both end when this is closed or dropped.
#[derive(Debug)]
pub struct Window {
    client: Client,
    _driver: Process,
}

impl Window {
    /// Starts the app on that home and waits until its page shows something.
    pub async fn open(desktop: &Desktop, home: &Path) -> Result<Self> {
        let (port, native_port) = (free_port()?, free_port()?);
        let mut command = desktop.command(driver()?);
        command
            .args(["--port", &port.to_string(), "--native-port", &native_port.to_string()])
            .stdout(Stdio::null());
        let driver = Process::start(&mut command)?;
        let options = json!({ "application": app::program()?, "args": ["--home", home] });
        let capabilities = [("tauri:options".to_owned(), options)].into_iter().collect();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        let client = connected(&builder, port).await?;
        let window = Self { client, _driver: driver };
        window.see("main").await?;
        Ok(window)
    }

    /// The driver's own client, for what is not offered here.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Waits until there is an element for the CSS selector, and returns its text.
    pub async fn see(&self, css: &str) -> Result<String> {
        let script = "return document.querySelector(arguments[0])?.innerText ?? null";
        let end = Instant::now() + PATIENCE;
        loop {
            // Asked in one go: between finding an element and reading it the page may have drawn it anew
            let text = self.client.execute(script, vec![json!(css)]).await?;
            if let Some(text) = text.as_str() {
                return Ok(text.to_owned());
            }
            if Instant::now() > end {
                bail!("`{css}` did not come");
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    /// Waits until the page shows this text.
    pub async fn read(&self, text: &str) -> Result<()> {
        let end = Instant::now() + PATIENCE;
        loop {
            let page = self.see("body").await?;
            if page.contains(text) {
                return Ok(());
            }
            if Instant::now() > end {
                bail!("the page does not say `{text}`; it says:\n{page}");
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    /// Presses the button or link that says this, once it is there.
    pub async fn press(&self, text: &str) -> Result<()> {
        let says = quoted(text);
        let named = format!(
            "//*[self::button or self::a][contains(normalize-space(.), {says}) or contains(@aria-label, {says})]\
             [not(@disabled)]"
        );
        let end = Instant::now() + PATIENCE;
        loop {
            let pressed = match self.client.find(Locator::XPath(&named)).await {
                Ok(element) => element.click().await,
                Err(error) => Err(error),
            };
            match pressed {
                Ok(()) => return Ok(()),
                // Not there yet, or drawn anew between finding and pressing it
                Err(_) if Instant::now() < end => tokio::time::sleep(BETWEEN_LOOKS).await,
                Err(error) => {
                    let page = self.see("body").await?;
                    return Err(error)
                        .with_context(|| format!("nothing to press says `{text}`; the page says:\n{page}"));
                }
            }
        }
    }

    /// Types into the field of this CSS selector, once it is there.
    pub async fn write(&self, css: &str, text: &str) -> Result<()> {
        self.see(css).await?;
        Ok(self.client.find(Locator::Css(css)).await?.send_keys(text).await?)
    }

    /// When the page first painted content, in milliseconds since 1970 (Paint Timing, W3C).
    pub async fn painted(&self) -> Result<i64> {
        let script = "const [paint] = performance.getEntriesByName('first-contentful-paint'); \
                      return paint === undefined ? null : Math.round(performance.timeOrigin + paint.startTime)";
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(painted) = self.client.execute(script, vec![]).await?.as_i64() {
                return Ok(painted);
            }
            if Instant::now() > end {
                bail!("the page has painted nothing");
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    /// Waits until the window is at that place.
    pub async fn is_at(&self, fragment: &str) -> Result<()> {
        self.until("return location.hash", fragment).await
    }

    /// Waits until a script returns that.
    pub async fn until(&self, script: &str, wanted: impl Into<Value>) -> Result<()> {
        let (wanted, end) = (wanted.into(), Instant::now() + PATIENCE);
        loop {
            let is = self.client.execute(script, vec![]).await?;
            if is == wanted {
                return Ok(());
            }
            if Instant::now() > end {
                bail!("`{script}` gives {is} and not {wanted}");
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    /// Scrolls an element by so many pixels in each of so many frames, and tells how long each frame lasted, in
    /// milliseconds.
    pub async fn scroll(&self, css: &str, by: i32, frames: u32) -> Result<Vec<f64>> {
        let script = "const [css, by, frames, done] = arguments; \
                      const box = document.querySelector(css); \
                      const lasted = []; \
                      let before = null; \
                      const frame = (now) => { \
                          if (before !== null) lasted.push(now - before); \
                          before = now; \
                          if (lasted.length === frames) { done(lasted); return; } \
                          box.scrollTop += by; \
                          requestAnimationFrame(frame); \
                      }; \
                      requestAnimationFrame(frame);";
        let lasted = self.client.execute_async(script, vec![json!(css), json!(by), json!(frames)]).await?;
        Ok(serde_json::from_value(lasted)?)
    }

    /// Goes to a place in the window, e.g. `#/servers/files`.
    pub async fn go(&self, fragment: &str) -> Result<()> {
        self.client.execute("location.hash = arguments[0]", vec![json!(fragment)]).await?;
        Ok(())
    }

    /// A picture of the page as PNG, once what it says is painted.
    pub async fn picture(&self) -> Result<Vec<u8>> {
        let frames = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))";
        self.client.execute_async(frames, vec![]).await?;
        Ok(self.client.screenshot().await?)
    }

    /// Ends the session and the app with it.
    pub async fn close(self) -> Result<()> {
        Ok(self.client.close().await?)
    }
}

/// Asks the driver for a session until it listens.
async fn connected(builder: &ClientBuilder<HttpConnector>, port: u16) -> Result<Client> {
    let address = format!("http://127.0.0.1:{port}");
    let end = Instant::now() + PATIENCE;
    loop {
        // An app that ends before it has a window leaves the driver waiting for good
        let session =
            timeout(PATIENCE, builder.connect(&address)).await.context("the app opened no window")?;
        match session {
            Ok(client) => return Ok(client),
            Err(error) if Instant::now() > end => return Err(error).context("the driver gave no session"),
            Err(_) => tokio::time::sleep(BETWEEN_LOOKS).await,
        }
    }
}

/// `tauri-driver`: on the PATH, or where the tests' set-up puts it.
fn driver() -> Result<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let installed = workspace.join("target/tools/bin/tauri-driver");
    let on_path = std::env::var_os("PATH").and_then(|path| {
        std::env::split_paths(&path)
            .map(|folder| folder.join("tauri-driver"))
            .find(|program| program.is_file())
    });
    [Some(installed), on_path].into_iter().flatten().find(|program| program.is_file()).context(
        "tauri-driver is not installed: run `cargo install tauri-driver --locked`, or `cargo xtask test`",
    )
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Text as an `XPath` literal, which knows no escapes.
fn quoted(text: &str) -> String {
    if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") }
}
