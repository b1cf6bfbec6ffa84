//! Whether a Linux desktop shows trays, by the `StatusNotifierItem` protocol: it does while somebody owns the watcher's
//! name on the session bus. GNOME has no watcher without an extension, and at login it may come after the app.

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
    let names = DBusProxy::new(&bus)?;
    let owners = names.receive_name_owner_changed_with_args(&[(0, WATCHER)])?;
    if names.name_has_owner(WATCHER.try_into()?)? {
        // It may have come after the app first looked for it
        appear(app);
    }
    for change in owners {
        if change.args()?.new_owner.is_some() {
            appear(app);
        }
    }
    Ok(())
}

fn appear<R: Runtime>(app: &AppHandle<R>) {
    let handle = app.clone();
    let asked = app.run_on_main_thread(move || handle.state::<Tray<R>>().appear(&handle));
    if let Err(cause) = asked {
        error!(%cause, "the tray could not be shown");
    }
}
