//! What updates need of the app around them, whatever window system it runs on.

use bridgekeeper_engine::live::Live;
use serde_json::Value;
use tauri::{AppHandle, Manager as _, Runtime};
use tauri_plugin_updater::{Error, Update};
use tauri_specta::Event as _;
use tracing::error;

use super::source::Source;
use super::view::UpdatesView;
use crate::bindings::UpdatesChanged;
use crate::{tray, window};

/// An app that is updated.
pub(super) trait Host: Send + Sync {
    fn live(&self) -> Live;
    /// The version that runs.
    fn version(&self) -> String;
    /// The update that a description offers, if it is newer.
    fn offered(&self, source: &Source, target: &str, description: Value) -> Result<Option<Update>, Error>;
    /// Tells the window and the tray.
    fn announce(&self, view: &UpdatesView);
    /// Keeps what the window would keep when it is closed.
    fn keep(&self);
    /// Ends the app and begins it anew.
    fn relaunch(&self);
}

impl<R: Runtime> Host for AppHandle<R> {
    fn live(&self) -> Live {
        self.state::<Live>().inner().clone()
    }

    fn version(&self) -> String {
        self.package_info().version.to_string()
    }

    fn offered(&self, source: &Source, target: &str, description: Value) -> Result<Option<Update>, Error> {
        source.offered(self, target, description)
    }

    fn announce(&self, view: &UpdatesView) {
        if let Some(window) = self.get_webview_window(window::LABEL)
            && let Err(cause) = UpdatesChanged(view.clone()).emit_to(&window, window::LABEL)
        {
            error!(%cause, "the window was not told how it stands with updates");
        }
        tray::say_anew(self);
    }

    fn keep(&self) {
        window::keep(self);
    }

    fn relaunch(&self) {
        self.request_restart();
    }
}
