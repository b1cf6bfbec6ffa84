//! Light or dark, as the person chose it.

use bridgekeeper_engine::settings::Theme;
use tauri::{AppHandle, Manager as _, Runtime};
use tracing::error;

use crate::portal::OfDesktop;

/// Gives every window its colours.
pub(crate) fn wear<R: Runtime>(app: &AppHandle<R>, theme: Theme) {
    let handle = app.clone();
    let colours = chosen(app, theme);
    if let Err(cause) = app.run_on_main_thread(move || handle.set_theme(colours)) {
        error!(%cause, "the window's colours were not changed");
    }
}

/// The colours that were chosen; `None` where they are the system's and it gives them to windows itself.
pub(crate) fn chosen<R: Runtime>(app: &AppHandle<R>, theme: Theme) -> Option<tauri::Theme> {
    match theme {
        Theme::System => app.state::<OfDesktop>().theme(),
        Theme::Light => Some(tauri::Theme::Light),
        Theme::Dark => Some(tauri::Theme::Dark),
    }
}
