//! Brings what is decided to the desktop: a thread that sleeps until something happens or is due, and the desktop's own
//! notifications. A click on one opens what it is about.

#[cfg(target_os = "linux")]
#[path = "tell/linux.rs"]
mod desktop;
#[cfg(target_os = "macos")]
#[path = "tell/macos.rs"]
mod desktop;
#[cfg(windows)]
#[path = "tell/windows.rs"]
mod desktop;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};

use bridgekeeper_engine::live::Live;
use bridgekeeper_engine::view::Snapshot;
use bridgekeeper_engine::view::event::Event;
use jiff::Zoned;
use tauri::{AppHandle, Manager as _, Runtime};
use tracing::{info, warn};

use super::{Attention, Notice, Watched, Wishes};
use crate::address::Address;
use crate::error::IpcError;
use crate::text;
use crate::window;

/// The desktop's notifications.
#[derive(Default)]
pub(crate) struct Notifications(desktop::Notifications);

/// What the thread is told.
pub(crate) enum News {
    Snapshot(Arc<Snapshot>),
    /// Entries of Claude's config were changed.
    EntriesChanged,
}

/// Begins to watch. What is sent is looked at until the app ends.
pub(crate) fn begin<R: Runtime>(app: &AppHandle<R>) -> Sender<News> {
    let (sender, news) = mpsc::channel();
    let hearer = sender.clone();
    app.state::<Live>().hear(move |event| match event {
        Event::ConfigChanged(change) if change.entries_differ => match hearer.send(News::EntriesChanged) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        },
        Event::Watching { .. }
        | Event::ServerAppeared(_)
        | Event::ServerGone { .. }
        | Event::StateChanged { .. }
        | Event::FindingAppeared(_)
        | Event::FindingGone { .. }
        | Event::ConfigChanged(_) => ControlFlow::Continue(()),
    });
    let app = app.clone();
    std::thread::spawn(move || watch(&app, &news));
    sender
}

/// Shows a notification; a click on it opens the window at its address.
pub(crate) fn show<R: Runtime>(app: &AppHandle<R>, notice: Notice) {
    info!(title = notice.title, "telling the person");
    let words = text::words(app);
    let opened = app.clone();
    let open = move |address: &Address| {
        let (app, address) = (opened.clone(), address.clone());
        let handle = app.clone();
        if let Err(cause) = app.run_on_main_thread(move || window::open(&handle, &address)) {
            warn!(%cause, "the window could not be shown");
        }
    };
    let identifier = &app.config().identifier;
    if let Err(cause) = app.state::<Notifications>().0.show(identifier, notice, words.show, open) {
        // Where the desktop has no notifications, the tray and the window say it
        info!(cause, "no notification could be shown");
    }
}

/// Tells that something the person asked for outside the window was not done.
pub(crate) fn show_failure<R: Runtime>(app: &AppHandle<R>, failure: &IpcError) {
    let hint = failure.hint.as_deref().unwrap_or_default();
    let body = format!("{} {hint}", failure.message).trim().to_owned();
    let title = text::words(app).could_not_do.to_owned();
    show(app, Notice { title, body, address: Address::Window });
}

fn watch<R: Runtime>(app: &AppHandle<R>, news: &Receiver<News>) {
    let mut watched = Watched::default();
    loop {
        let (wishes, now) = (Wishes::of(&app.state::<Live>().settings().settings()), Zoned::now());
        let wait = watched.due(&wishes, &now).map(|due| {
            let left = due.duration_since(now.timestamp());
            left.try_into().unwrap_or_default()
        });
        let next = match wait {
            Some(wait) => news.recv_timeout(wait),
            None => news.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        let now = Zoned::now();
        match next {
            Ok(News::Snapshot(snapshot)) => watched.see(&snapshot, now.timestamp()),
            Ok(News::EntriesChanged) => watched.see_changed_entries(now.timestamp()),
            Err(RecvTimeoutError::Timeout) => {
                let attention =
                    if window::is_looked_at(app) { Attention::Window } else { Attention::Elsewhere };
                let words = text::words(app);
                for notice in watched.take(&wishes, attention, &now, words) {
                    show(app, notice);
                }
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}
