//! What a click on a line of the menu does.

use bridgekeeper_engine::live::Live;
use tauri::{AppHandle, Manager as _, Runtime};
use tracing::error;

use crate::address::Address;
use crate::error::IpcError;
use crate::login::{Login, Start};
use crate::notices::tell;
use crate::{places, window};

/// What a click does.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Act {
    /// Shows the window there.
    Open(Address),
    RestartClaude,
    OpenConfig,
    OpenLogs,
    /// Turns starting at login on or off.
    StartAtLogin,
    Quit,
}

impl Act {
    /// The id that a menu item carries: another act has another one.
    pub(crate) fn id(&self) -> String {
        format!("{self:?}")
    }
}

/// Does it. What takes long is done on a thread of its own, because the menu waits for this one.
pub(crate) fn carry_out<R: Runtime>(app: &AppHandle<R>, act: &Act) {
    match act {
        Act::Open(address) => window::open(app, address),
        Act::Quit => {
            window::keep(app);
            app.exit(0);
        }
        Act::RestartClaude => beside(app, |app| restart(&app.state::<Live>())),
        Act::OpenConfig => beside(app, |app| places::open(&app.state::<Live>().config_file()?)),
        Act::OpenLogs => beside(app, |app| places::open(&app.state::<Live>().log_folder()?)),
        Act::StartAtLogin => beside(app, |app| {
            let login = app.state::<Login>();
            let other = match login.start() {
                Some(Start::AtLogin) => Start::ByHand,
                Some(Start::ByHand) | None => Start::AtLogin,
            };
            let set = login.set(other).map_err(|cause| {
                IpcError::io(cause.to_string(), "Change it in the system's own list of what starts at login.")
            });
            super::say_anew(app);
            set
        }),
    }
}

/// Says what hindered it; how each server comes up is told by the snapshots.
fn restart(live: &Live) -> Result<(), IpcError> {
    let news = live.restart_claude(None, |_| ())?;
    match news.trouble {
        None => Ok(()),
        Some(trouble) => Err(IpcError::io(trouble, "Quit Claude by hand, then start it.")),
    }
}

fn beside<R: Runtime>(
    app: &AppHandle<R>,
    work: impl FnOnce(&AppHandle<R>) -> Result<(), IpcError> + Send + 'static,
) {
    let app = app.clone();
    std::thread::spawn(move || {
        if let Err(failure) = work(&app) {
            error!(message = failure.message, "what the tray was asked for was not done");
            tell::show_failure(&app, &failure);
        }
    });
}
