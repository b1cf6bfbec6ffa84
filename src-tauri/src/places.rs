//! Opens a file or a folder in the person's own program. Paths come from the engine, never from the window.
//!
//! The opener is called as a library and not registered as a plugin, so that the window cannot reach it.

use std::path::Path;

use crate::error::IpcError;

pub(crate) fn open(path: &Path) -> Result<(), IpcError> {
    tauri_plugin_opener::open_path(path, None::<&str>).map_err(|error| {
        IpcError::io(format!("could not open {}: {error}", path.display()), "Open it by hand.")
    })
}
