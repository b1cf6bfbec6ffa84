//! Where the window stands: kept when it closes, and where it opens again while there still is such a screen.

use bridgekeeper_engine::live::Live;
use bridgekeeper_engine::settings::WindowPlace;
use tauri::{AppHandle, Manager as _, PhysicalPosition, PhysicalSize, Runtime, WebviewWindow};
use tracing::warn;

/// A screen, in its own pixels.
#[derive(Debug, Clone, Copy)]
struct Screen {
    x: i32,
    y: i32,
    width: u32,
    height: u32,
}

/// Puts a window that is not shown yet where it stood last.
pub(super) fn restore<R: Runtime>(app: &AppHandle<R>, window: &WebviewWindow<R>) -> tauri::Result<()> {
    let Some(kept) = app.state::<Live>().settings().settings().window else { return Ok(()) };
    let screens: Vec<Screen> = window.available_monitors()?.iter().map(Screen::of).collect();
    let Some(place) = fitted(kept, &screens) else { return Ok(()) };
    window.set_size(PhysicalSize::new(place.width, place.height))?;
    window.set_position(PhysicalPosition::new(place.x, place.y))?;
    if place.maximized { window.maximize() } else { Ok(()) }
}

/// Keeps where it stands.
pub(super) fn keep<R: Runtime>(app: &AppHandle<R>, window: &WebviewWindow<R>) {
    let Some(place) = place(window, app.state::<Live>().settings().settings().window) else { return };
    if let Err(cause) = app.state::<Live>().settings().change(|settings| settings.window = Some(place)) {
        warn!(%cause, "the window's place is not kept");
    }
}

/// Where it stands. One that fills the screen goes back to where it stood before, if that is known.
fn place<R: Runtime>(window: &WebviewWindow<R>, before: Option<WindowPlace>) -> Option<WindowPlace> {
    let (position, size) = (window.outer_position().ok()?, window.inner_size().ok()?);
    let maximized = window.is_maximized().ok()?;
    let now = WindowPlace { x: position.x, y: position.y, width: size.width, height: size.height, maximized };
    match before {
        Some(before) if maximized => Some(WindowPlace { maximized, ..before }),
        _ => Some(now),
    }
}

/// Where a window that stood there fits now: no larger than its screen. `None` where no screen has the middle of its
/// upper edge, by which a person takes hold of it.
fn fitted(kept: WindowPlace, screens: &[Screen]) -> Option<WindowPlace> {
    let middle = kept.x.saturating_add_unsigned(kept.width / 2);
    let screen = screens.iter().find(|screen| screen.has(middle, kept.y))?;
    Some(WindowPlace { width: kept.width.min(screen.width), height: kept.height.min(screen.height), ..kept })
}

impl Screen {
    fn of(monitor: &tauri::Monitor) -> Self {
        let (position, size) = (monitor.position(), monitor.size());
        Self { x: position.x, y: position.y, width: size.width, height: size.height }
    }

    fn has(&self, x: i32, y: i32) -> bool {
        let right = self.x.saturating_add_unsigned(self.width);
        let bottom = self.y.saturating_add_unsigned(self.height);
        (self.x..right).contains(&x) && (self.y..bottom).contains(&y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEFT: Screen = Screen { x: 0, y: 0, width: 1920, height: 1080 };
    const RIGHT: Screen = Screen { x: 1920, y: 0, width: 1280, height: 720 };

    fn at(x: i32, y: i32) -> WindowPlace {
        WindowPlace { x, y, width: 1000, height: 800, maximized: false }
    }

    #[test]
    fn a_window_stands_where_it_stood() {
        assert_eq!(fitted(at(100, 50), &[LEFT]), Some(at(100, 50)));
        assert_eq!(fitted(at(-200, 50), &[LEFT]), Some(at(-200, 50)), "half of it is enough to take hold of");
    }

    #[test]
    fn a_screen_that_is_gone_is_forgotten() {
        assert_eq!(fitted(at(2000, 50), &[LEFT]), None);
        assert_eq!(fitted(at(100, -400), &[LEFT]), None, "its title bar was above the screen");
        assert_eq!(fitted(at(100, 50), &[]), None);
    }

    #[test]
    fn a_smaller_screen_makes_it_smaller() {
        let place = fitted(at(2000, 0), &[LEFT, RIGHT]).unwrap();
        assert_eq!((place.x, place.width, place.height), (2000, 1000, 720));
    }
}
