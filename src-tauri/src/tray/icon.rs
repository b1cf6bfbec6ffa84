//! The five shapes of the tray icon.

use bridgekeeper_engine::view::Overall;
use tauri::image::Image;
use tauri::include_image;

pub(crate) fn of(overall: Overall) -> Image<'static> {
    match overall {
        Overall::Failing => include_image!("../icons/tray/failing.png"),
        Overall::NeedsSignIn => include_image!("../icons/tray/needs-sign-in.png"),
        Overall::Starting => include_image!("../icons/tray/starting.png"),
        Overall::Connected => include_image!("../icons/tray/connected.png"),
        Overall::Idle => include_image!("../icons/tray/idle.png"),
    }
}
