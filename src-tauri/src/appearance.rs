//! Light or dark, as the person chose it.

use bridgekeeper_engine::settings::Theme;
use tauri::{AppHandle, Runtime};
use tracing::error;

/// Gives every window its colours.
pub(crate) fn wear<R: Runtime>(app: &AppHandle<R>, theme: Theme) {
    let handle = app.clone();
    if let Err(cause) = app.run_on_main_thread(move || handle.set_theme(chosen(theme))) {
        error!(%cause, "the window's colours were not changed");
    }
}

/// The colours that were chosen; `None` where they are the system's.
pub(crate) const fn chosen(theme: Theme) -> Option<tauri::Theme> {
    match theme {
        Theme::System => None,
        Theme::Light => Some(tauri::Theme::Light),
        Theme::Dark => Some(tauri::Theme::Dark),
    }
}
