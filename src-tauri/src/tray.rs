//! The tray: an icon whose shape is the worst state, a line that says it, a menu that names it.
//!
//! It is told of snapshots and changes only what differs from the last one, because a menu that is rebuilt closes
//! under the person's pointer. Where the desktop shows no trays the app works without.

mod icon;
#[cfg(target_os = "linux")]
mod linux;
mod menu;

use std::sync::{Mutex, PoisonError};

use bridgekeeper_engine::live::Live;
use bridgekeeper_engine::view::{Overall, Snapshot};
use bridgekeeper_model::Os;
use tauri::menu::{Menu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager as _, Runtime};
use tracing::{error, info};

use self::menu::{Act, Line};
use crate::{places, window};

/// The tray icon, where the desktop has a place for it.
pub(crate) struct Tray<R: Runtime>(Mutex<Option<InTray<R>>>);

struct InTray<R: Runtime> {
    icon: TrayIcon<R>,
    items: Vec<MenuItem<R>>,
    says: Says,
}

/// All that the tray says.
#[derive(Clone, PartialEq, Eq)]
struct Says {
    overall: Overall,
    tooltip: String,
    lines: Vec<Line>,
}

impl<R: Runtime> Tray<R> {
    /// A tray without an icon; [`Tray::appear`] puts one there.
    pub(crate) fn empty() -> Self {
        Self(Mutex::new(None))
    }

    /// Whether there is an icon that can be clicked.
    pub(crate) fn is_there(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Puts the icon there, if the desktop has a place for it and it is not there yet. To be called on the main thread.
    pub(crate) fn appear(&self, app: &AppHandle<R>) {
        let mut tray = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tray.is_none() {
            match InTray::create(app, Says::of(&app.state::<Live>().snapshot())) {
                Ok(created) => *tray = Some(created),
                Err(cause) => info!(%cause, "there is no tray here; the window does it all"),
            }
        }
    }

    /// Makes the icon, if there is one, say what the snapshot says. To be called on the main thread.
    pub(crate) fn show(&self, app: &AppHandle<R>, snapshot: &Snapshot) {
        let mut tray = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Err(cause)) = tray.as_mut().map(|tray| tray.change(app, Says::of(snapshot))) {
            error!(%cause, "the tray could not be changed");
        }
    }
}

/// Puts the icon back whenever the desktop's tray comes, which may be long after the app at login.
pub(crate) fn follow_the_desktop<R: Runtime>(app: &AppHandle<R>) {
    #[cfg(target_os = "linux")]
    linux::follow_the_desktop(app);
    #[cfg(not(target_os = "linux"))]
    let _ = app;
}

impl<R: Runtime> InTray<R> {
    fn create(app: &AppHandle<R>, says: Says) -> tauri::Result<Self> {
        let (menu, items) = build_menu(app, &says.lines)?;
        let icon = TrayIconBuilder::with_id(app.config().identifier.clone())
            .icon(icon::of(says.overall))
            .icon_as_template(true)
            .tooltip(&says.tooltip)
            .menu(&menu)
            .show_menu_on_left_click(cfg!(target_os = "macos"))
            .on_menu_event(|app, event| {
                if let Some(act) = Act::of_id(event.id().as_ref()) {
                    carry_out(app, &act);
                }
            })
            .on_tray_icon_event(|icon, event| {
                let left_up = matches!(
                    event,
                    TrayIconEvent::Click {
                        button: MouseButton::Left,
                        button_state: MouseButtonState::Up,
                        ..
                    }
                );
                if left_up && !cfg!(target_os = "macos") {
                    window::open(icon.app_handle(), None);
                }
            })
            .build(app)?;
        Ok(Self { icon, items, says })
    }

    fn change(&mut self, app: &AppHandle<R>, says: Says) -> tauri::Result<()> {
        if says == self.says {
            return Ok(());
        }
        if says.overall != self.says.overall {
            self.icon.set_icon_with_as_template(Some(icon::of(says.overall)), true)?;
        }
        if says.tooltip != self.says.tooltip {
            self.icon.set_tooltip(Some(&says.tooltip))?;
        }
        if menu::same_shape(&self.says.lines, &says.lines) {
            let texts = menu::texts(&self.says.lines).zip(menu::texts(&says.lines));
            for (item, (old, new)) in self.items.iter().zip(texts) {
                if old != new {
                    item.set_text(new)?;
                }
            }
        } else {
            let (menu, items) = build_menu(app, &says.lines)?;
            self.icon.set_menu(Some(menu))?;
            self.items = items;
        }
        self.says = says;
        Ok(())
    }
}

impl Says {
    fn of(snapshot: &Snapshot) -> Self {
        Self {
            overall: snapshot.overall,
            tooltip: menu::tooltip(snapshot),
            lines: menu::menu(snapshot, Os::current()),
        }
    }
}

/// The menu, and its items in the order of [`menu::texts`].
fn build_menu<R: Runtime>(app: &AppHandle<R>, lines: &[Line]) -> tauri::Result<(Menu<R>, Vec<MenuItem<R>>)> {
    let menu = Menu::new(app)?;
    let mut items = Vec::new();
    let item = |act: &Act, text: &str| MenuItem::with_id(app, act.id(), text, true, None::<&str>);
    for line in lines {
        match line {
            Line::Item { act, text } => {
                let item = item(act, text)?;
                menu.append(&item)?;
                items.push(item);
            }
            Line::Separator => menu.append(&PredefinedMenuItem::separator(app)?)?,
            Line::More { text, items: more } => {
                let submenu = Submenu::new(app, text, true)?;
                for (act, text) in more {
                    let item = item(act, text)?;
                    submenu.append(&item)?;
                    items.push(item);
                }
                menu.append(&submenu)?;
            }
        }
    }
    Ok((menu, items))
}

fn carry_out<R: Runtime>(app: &AppHandle<R>, act: &Act) {
    let live = app.state::<Live>();
    let opened = match act {
        Act::Open => return window::open(app, None),
        Act::Server(name) => return window::open(app, Some(name)),
        Act::Quit => return app.exit(0),
        Act::OpenConfig => live.config_file(),
        Act::OpenLogs => live.log_folder(),
    };
    if let Err(error) = opened.map_err(Into::into).and_then(|path| places::open(&path)) {
        error!(message = error.message, "could not be opened");
    }
}
