//! Whether a Linux desktop shows trays, by the StatusNotifierItem protocol: it does while somebody owns the watcher's
//! name on the session bus. GNOME has no watcher without an extension, and at login it may come after the app.

use bridgekeeper_engine::live::Live;
use tauri::{AppHandle, Manager as _, Runtime};
use tracing::{debug, error};
use zbus::blocking::Connection;
use zbus::blocking::fdo::DBusProxy;

use super::Tray;

const WATCHER: &str = "org.kde.StatusNotifierWatcher";

/// Puts the icon into the tray whenever a tray comes. The thread sleeps on the bus.
pub(super) fn follow_the_desktop<R: Runtime>(app: &AppHandle<R>) {
    let app = app.clone();
    std::thread::spawn(move || {
        if let Err(cause) = follow(&app) {
            // Without a session bus there is no tray to wait for
            debug!(%cause, "no session bus");
        }
    });
}

fn follow<R: Runtime>(app: &AppHandle<R>) -> zbus::Result<()> {
    let bus = Connection::session()?;
    let owners = DBusProxy::new(&bus)?.receive_name_owner_changed_with_args(&[(0, WATCHER)])?;
    for change in owners {
        if change.args()?.new_owner.is_none() {
            continue;
        }
        let handle = app.clone();
        let shown = app.run_on_main_thread(move || {
            let snapshot = handle.state::<Live>().snapshot();
            handle.state::<Tray<R>>().show(&handle, &snapshot);
        });
        if let Err(cause) = shown {
            error!(%cause, "the tray could not be shown");
        }
    }
    Ok(())
}
