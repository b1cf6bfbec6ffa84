//! The five shapes of the tray icon, each for the ground that it stands on.

use bridgekeeper_engine::view::Overall;
use tauri::image::Image;
use tauri::include_image;

/// The icon for that state on this system's tray.
pub(crate) fn of(overall: Overall) -> Image<'static> {
    if cfg!(target_os = "macos") {
        template(overall)
    } else if ground_is_light() {
        on_light(overall)
    } else {
        on_dark(overall)
    }
}

/// Whether the taskbar is light. Linux says nothing of it; the panels of its desktops are dark unless somebody changed
/// them.
#[cfg(not(windows))]
const fn ground_is_light() -> bool {
    false
}

/// Whether the taskbar is light: Settings > Personalisation > Colours, "Windows mode". Dark where it was never set.
#[cfg(windows)]
fn ground_is_light() -> bool {
    let colours = r"Software\Microsoft\Windows\CurrentVersion\Themes\Personalize";
    let light =
        windows_registry::CURRENT_USER.open(colours).and_then(|key| key.get_u32("SystemUsesLightTheme"));
    light.is_ok_and(|light| light == 1)
}

fn on_light(overall: Overall) -> Image<'static> {
    match overall {
        Overall::Failing => include_image!("../icons/tray/failing.png"),
        Overall::NeedsSignIn => include_image!("../icons/tray/needs-sign-in.png"),
        Overall::Starting => include_image!("../icons/tray/starting.png"),
        Overall::Connected => include_image!("../icons/tray/connected.png"),
        Overall::Idle => include_image!("../icons/tray/idle.png"),
    }
}

fn on_dark(overall: Overall) -> Image<'static> {
    match overall {
        Overall::Failing => include_image!("../icons/tray/failing-dark.png"),
        Overall::NeedsSignIn => include_image!("../icons/tray/needs-sign-in-dark.png"),
        Overall::Starting => include_image!("../icons/tray/starting-dark.png"),
        Overall::Connected => include_image!("../icons/tray/connected-dark.png"),
        Overall::Idle => include_image!("../icons/tray/idle-dark.png"),
    }
}

/// One colour, which macOS paints to fit its menu bar.
fn template(overall: Overall) -> Image<'static> {
    match overall {
        Overall::Failing => include_image!("../icons/tray/failing-template-44.png"),
        Overall::NeedsSignIn => include_image!("../icons/tray/needs-sign-in-template-44.png"),
        Overall::Starting => include_image!("../icons/tray/starting-template-44.png"),
        Overall::Connected => include_image!("../icons/tray/connected-template-44.png"),
        Overall::Idle => include_image!("../icons/tray/idle-template-44.png"),
    }
}
