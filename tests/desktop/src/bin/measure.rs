//! Measures the app as a person meets it, for `cargo xtask bench desktop`; its output is what it measured, as JSON.
//!
//! Whatever else the machine does makes the app slower and never quicker, so of times the shortest of some rounds counts.
//! The bars are not here: they stand with those of the other programs.

#[cfg(not(target_os = "linux"))]
fn main() {}

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<()> {
    let rounds = std::env::args().nth(1).map_or(Ok(1), |rounds| rounds.parse())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(figures::print(rounds))
}

#[cfg(target_os = "linux")]
mod figures {
    use std::time::{Duration, Instant};

    use anyhow::{Context as _, Result};
    use bridgekeeper_desktop_tests::app::{self, App};
    use bridgekeeper_desktop_tests::desktop::{Desktop, Theme};
    use bridgekeeper_desktop_tests::home::Home;
    use bridgekeeper_desktop_tests::tray::{Item, Tray};
    use bridgekeeper_desktop_tests::window::Window;

    /// How long the app is left alone.
    const IDLE: Duration = Duration::from_mins(1);
    /// What the system counts a process's work in (`USER_HZ` of Linux).
    const TICKS_A_SECOND: f64 = 100.0;
    const MEBIBYTE: f64 = 1024.0 * 1024.0;

    #[expect(clippy::print_stdout, reason = "its output is what it measured")]
    pub(crate) async fn print(rounds: u32) -> Result<()> {
        let desktop = Desktop::start(Theme::Light)?;
        let tray = Tray::start(desktop.bus())?;
        let mut tray_ms = f64::INFINITY;
        for _ in 0..rounds {
            tray_ms = tray_ms.min(start_to_tray(&desktop, &tray)?);
        }
        let (memory_mib, idle_percent) = at_rest(&desktop, &tray)?;
        let (mut content_ms, mut line_ms) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..rounds {
            let (content, line) = in_the_window(&desktop).await?;
            content_ms = content_ms.min(content);
            line_ms = line_ms.min(line);
        }
        let figures = serde_json::json!({
            "tray_ms": tray_ms,
            "content_ms": content_ms,
            "line_ms": line_ms,
            "memory_mib": memory_mib,
            "idle_percent": idle_percent,
            "scrolls": scrolls(&desktop, rounds).await?,
        });
        println!("{figures}");
        Ok(())
    }

    fn start_to_tray(desktop: &Desktop, tray: &Tray) -> Result<f64> {
        let home = Home::broken()?;
        let start = Instant::now();
        let _app = App::start(desktop, home.path(), &["--tray"])?;
        tray.next_item()?;
        Ok(start.elapsed().as_secs_f64() * 1000.0)
    }

    /// Memory in the tray, after the first look and after the idle minute, whichever is more; and how much of one
    /// processor the minute took.
    fn at_rest(desktop: &Desktop, tray: &Tray) -> Result<(f64, f64)> {
        let home = Home::broken()?;
        let app = App::start(desktop, home.path(), &["--tray"])?;
        let item = tray.next_item()?;
        item.until(Item::tooltip, |tooltip| tooltip.contains("failing"))?;
        let (memory, worked) = (app.anonymous_memory()?, app.ticks_worked()?);
        std::thread::sleep(IDLE);
        let worked = app.ticks_worked()? - worked;
        let memory = memory.max(app.anonymous_memory()?);
        Ok((float(memory)? / MEBIBYTE, float(worked)? / TICKS_A_SECOND / IDLE.as_secs_f64() * 100.0))
    }

    /// From the start of the process to the first painted content, and from a line's writing to the frame that shows it.
    async fn in_the_window(desktop: &Desktop) -> Result<(f64, f64)> {
        const LINE: &str = "a line to wait for";
        let home = Home::broken()?;
        let window = Window::open(desktop, home.path()).await?;
        let content = window.painted().await? - app::started(home.path())?;
        window.go("#/servers/files/log").await?;
        window.see("[role=listbox] [role=option]").await?;
        let notice = "const seen = () => { \
                          if (!document.body.textContent.includes(arguments[0])) return; \
                          watching.disconnect(); \
                          requestAnimationFrame(() => setTimeout(() => { window.lineShown = Date.now(); })); \
                      }; \
                      const watching = new MutationObserver(seen); \
                      watching.observe(document.body, { subtree: true, childList: true, characterData: true });";
        window.client().execute(notice, vec![LINE.into()]).await?;
        let written = jiff::Timestamp::now().as_millisecond();
        home.log("files", LINE)?;
        window.until("return window.lineShown !== undefined", true).await?;
        let shown = window.client().execute("return window.lineShown", vec![]).await?;
        let shown = shown.as_i64().context("the page tells when the line was shown")?;
        window.close().await?;
        Ok((float(content)?, float(shown - written)?))
    }

    /// How long the frames last while a thousand servers and 100 MB of log are scrolled through.
    async fn scrolls(desktop: &Desktop, rounds: u32) -> Result<serde_json::Value> {
        const SERVERS: u32 = 1000;
        const LOG: usize = 100 * 1000 * 1000;
        let home = Home::with_servers(SERVERS)?;
        home.lengthen_log("files", LOG)?;
        let window = Window::open(desktop, home.path()).await?;
        window.see(".list .notInUse [data-row]").await?;
        let (mut servers, mut log) = (None, None);
        for _ in 0..rounds {
            window.go("#/servers").await?;
            window.see(".list .notInUse [data-row]").await?;
            servers = smoother(servers, window.scroll(".list", 240, 230).await?);
            window.client().execute("document.querySelector('.list').scrollTop = 0", vec![]).await?;
            window.go("#/servers/files/log").await?;
            window.see("[role=listbox] [role=option]").await?;
            log = smoother(log, window.scroll("[role=listbox]", -700, 240).await?);
        }
        window.close().await?;
        Ok(serde_json::json!({ "1,006 servers": servers, "a log of 100 MB": log }))
    }

    /// The figures of the scroll whose longest frame is the shorter one.
    fn smoother(best: Option<serde_json::Value>, mut lasted: Vec<f64>) -> Option<serde_json::Value> {
        lasted.sort_by(f64::total_cmp);
        let worst = *lasted.last()?;
        if best.as_ref().and_then(|best| best["worst_ms"].as_f64()).is_some_and(|best| best <= worst) {
            return best;
        }
        Some(serde_json::json!({
            "worst_ms": worst,
            "p99_ms": lasted.get(lasted.len() * 99 / 100),
            "over": lasted.iter().filter(|frame| **frame > 50.0).count(),
        }))
    }

    /// Exact: none of these comes near 2^32.
    fn float(number: impl TryInto<u32>) -> Result<f64> {
        number.try_into().ok().map(f64::from).context("a figure beyond all measure")
    }
}
