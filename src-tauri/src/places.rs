//! Opens a file or a folder in the person's own program, and asks the person for one. Paths come from the engine and from
//! the system's own dialog, never from the window.
//!
//! The opener is called as a library and not registered as a plugin, so that the window cannot reach it. The dialog has to
//! be registered; no window is granted it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use tauri::{AppHandle, Manager as _, Runtime};
use tauri_plugin_dialog::DialogExt as _;

use crate::error::IpcError;
use crate::window;

pub(crate) fn open(path: &Path) -> Result<(), IpcError> {
    tauri_plugin_opener::open_path(path, None::<&str>).map_err(|error| {
        IpcError::io(format!("could not open {}: {error}", path.display()), "Open it by hand.")
    })
}

/// Shows a file in its folder.
pub(crate) fn show(path: &Path) -> Result<(), IpcError> {
    tauri_plugin_opener::reveal_item_in_dir(path).map_err(|error| {
        IpcError::io(format!("could not show {}: {error}", path.display()), "Open its folder by hand.")
    })
}

/// Opens a page in the browser. Its address comes from the engine.
pub(crate) fn browse(address: &str) -> Result<(), IpcError> {
    tauri_plugin_opener::open_url(address, None::<&str>)
        .map_err(|error| IpcError::io(format!("could not open {address}: {error}"), "Open it by hand."))
}

/// The system's own dialog for a file. Its type names no runtime, so that a command can hold it.
#[derive(Clone, Default)]
pub(crate) struct Chooser(Arc<OnceLock<Box<Ask>>>);

type Ask = dyn Fn(Wanted<'_>) -> Result<Option<PathBuf>, IpcError> + Send + Sync;

/// What a file is wanted for.
#[derive(Debug, Clone, Copy)]
enum Wanted<'a> {
    /// To be written; it is usually there.
    ToWrite(&'a Path),
    /// To be read.
    ToRead,
}

impl Chooser {
    /// From now on it asks in this app.
    pub(crate) fn begin<R: Runtime>(&self, app: &AppHandle<R>) {
        let app = app.clone();
        // Who began first goes on
        let _ = self.0.set(Box::new(move |wanted| choose(&app, wanted)));
    }

    /// Asks where a file goes, beginning with where it usually is. `None` where the person chose none. Waits, and so is
    /// not for the main thread.
    pub(crate) fn ask_where_to_write(&self, usual: &Path) -> Result<Option<PathBuf>, IpcError> {
        self.ask(Wanted::ToWrite(usual))
    }

    /// Asks for a file to read. `None` where the person chose none. Waits, and so is not for the main thread.
    pub(crate) fn ask_what_to_read(&self) -> Result<Option<PathBuf>, IpcError> {
        self.ask(Wanted::ToRead)
    }

    fn ask(&self, wanted: Wanted<'_>) -> Result<Option<PathBuf>, IpcError> {
        let ask = self.0.get().ok_or_else(|| IpcError::internal("there is nobody to ask"))?;
        ask(wanted)
    }
}

fn choose<R: Runtime>(app: &AppHandle<R>, wanted: Wanted<'_>) -> Result<Option<PathBuf>, IpcError> {
    let mut dialog = app.dialog().file();
    if let Wanted::ToWrite(usual) = wanted {
        if let Some(folder) = usual.parent() {
            dialog = dialog.set_directory(folder);
        }
        if let Some(name) = usual.file_name().and_then(|name| name.to_str()) {
            dialog = dialog.set_file_name(name);
        }
    }
    if let Some(window) = app.get_webview_window(window::LABEL) {
        dialog = dialog.set_parent(&window);
    }
    let chosen = match wanted {
        Wanted::ToWrite(_) => dialog.blocking_save_file(),
        Wanted::ToRead => dialog.blocking_pick_file(),
    };
    chosen.map(|file| file.into_path().map_err(|error| IpcError::internal(error.to_string()))).transpose()
}
