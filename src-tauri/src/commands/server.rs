//! What a server's own page may ask: its log, a trial, a look from outside, its tools, its bridges, and to be switched.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bridgekeeper_engine::live::{
    Attempt, BridgeView, Cancelled, Live, ProbeNews, ProbeView, ToolsView, TrialNews, TrialView,
};
use bridgekeeper_engine::log_lines::{
    Ender, LogFileView, LogFilter, LogHits, LogMark, LogSlice, NewLines, Place, Turn,
};
use tauri::State;
use tauri::ipc::Channel;

use super::{Answer, apart};

/// What goes on for the window until it says that it is enough: a log that is followed, a search, a trial.
#[derive(Debug, Clone, Default)]
pub(crate) struct GoesOn {
    log: Arc<Mutex<Option<Ender>>>,
    /// Counts the searches; only the newest goes on.
    search: Arc<AtomicU32>,
    trial: Arc<Mutex<Option<Cancelled>>>,
}

impl GoesOn {
    /// Ends everything, for a window that is gone.
    pub(crate) fn end(&self) {
        self.end_log();
        self.search.fetch_add(1, Ordering::Relaxed);
        self.end_trial();
    }

    fn end_log(&self) {
        if let Some(ender) = self.log.lock().unwrap_or_else(PoisonError::into_inner).take() {
            ender.end();
        }
    }

    fn end_trial(&self) {
        if let Some(cancelled) = self.trial.lock().unwrap_or_else(PoisonError::into_inner).take() {
            cancelled.set();
        }
    }
}

/// The logs that tell of a server, the one to show first at the front.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn log_files(live: State<'_, Live>, server: String) -> Vec<LogFileView> {
    live.log_files(&server)
}

/// A part of a server's log; its end where no place is named.
#[tauri::command]
#[specta::specta]
pub(crate) async fn log_slice(
    live: State<'_, Live>,
    server: String,
    file: Option<String>,
    filter: LogFilter,
    turn: Turn,
    place: Option<Place>,
) -> Answer<LogSlice> {
    let live = live.inner().clone();
    apart(move || Ok(live.log_slice(&server, file.as_deref(), &filter, turn, place)?)).await
}

/// Tells what is written into a log behind a place, until `end_log` or another log is followed.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn follow_log(
    live: State<'_, Live>,
    goes_on: State<'_, GoesOn>,
    server: String,
    file: Option<String>,
    filter: LogFilter,
    place: Place,
    tell: Channel<NewLines>,
) -> Answer<()> {
    let follower = live.follow_log(&server, file.as_deref(), &filter, place)?;
    goes_on.end_log();
    *goes_on.log.lock().unwrap_or_else(PoisonError::into_inner) = Some(follower.ender());
    std::thread::spawn(move || {
        follower.run(|news| match tell.send(news) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        });
    });
    Ok(())
}

/// Nobody looks at the log any more.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn end_log(goes_on: State<'_, GoesOn>) {
    goes_on.end_log();
}

/// Searches a whole log and tells how far it is. A new search ends the one before.
#[tauri::command]
#[specta::specta]
pub(crate) async fn search_log(
    live: State<'_, Live>,
    goes_on: State<'_, GoesOn>,
    server: String,
    file: Option<String>,
    filter: LogFilter,
    text: String,
    tell: Channel<LogHits>,
) -> Answer<()> {
    let live = live.inner().clone();
    let newest = Arc::clone(&goes_on.search);
    let own = newest.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
    apart(move || {
        live.search_log(&server, file.as_deref(), &filter, &text, |hits| {
            let goes_on = newest.load(Ordering::Relaxed) == own && tell.send(hits).is_ok();
            if goes_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        Ok(())
    })
    .await
}

/// Where the lines begin that prove what was found about a server.
#[tauri::command]
#[specta::specta]
pub(crate) async fn log_marks(
    live: State<'_, Live>,
    server: String,
    file: Option<String>,
) -> Answer<Vec<LogMark>> {
    let live = live.inner().clone();
    apart(move || Ok(live.log_marks(&server, file.as_deref())?)).await
}

/// Starts a server as Claude would and ends it again; `null` where it was cancelled.
#[tauri::command]
#[specta::specta]
pub(crate) async fn try_server(
    live: State<'_, Live>,
    goes_on: State<'_, GoesOn>,
    server: String,
    tell: Channel<TrialNews>,
) -> Answer<Option<TrialView>> {
    let attempt = Attempt::default();
    goes_on.end_trial();
    *goes_on.trial.lock().unwrap_or_else(PoisonError::into_inner) = Some(attempt.cancelled.clone());
    let live = live.inner().clone();
    apart(move || {
        let told = live.try_server(&server, &attempt, |news| {
            if tell.send(news).is_err() {
                attempt.cancelled.set();
            }
        });
        Ok(told?)
    })
    .await
}

/// Ends the trial that goes on.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn cancel_trial(goes_on: State<'_, GoesOn>) {
    goes_on.end_trial();
}

/// Asks a server from outside.
#[tauri::command]
#[specta::specta]
pub(crate) async fn probe_server(
    live: State<'_, Live>,
    server: String,
    tell: Channel<ProbeNews>,
) -> Answer<ProbeView> {
    let live = live.inner().clone();
    // Whether anybody still listens does not matter: each stage has its own end
    apart(move || Ok(live.probe_server(&server, |news| drop(tell.send(news)))?)).await
}

/// The tools of a server as a bridge saw them last.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn tools(live: State<'_, Live>, server: String) -> Answer<Option<ToolsView>> {
    Ok(live.tools(&server)?)
}

/// The bridges that run for a server.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn bridges(live: State<'_, Live>, server: String) -> Answer<Vec<BridgeView>> {
    Ok(live.bridges(&server)?)
}

/// Ends a bridge that nobody uses any more.
#[tauri::command]
#[specta::specta]
pub(crate) async fn end_bridge(live: State<'_, Live>, process: u32) -> Answer<()> {
    let live = live.inner().clone();
    apart(move || Ok(live.end_bridge(process)?)).await
}
