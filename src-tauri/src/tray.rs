//! The tray: an icon whose shape is the worst state, a line that says it, a menu that names it and acts on it.
//!
//! It is told of snapshots and changes only what differs from the last one, because a menu that is rebuilt closes
//! under the person's pointer. Where the desktop shows no trays the app works without.

mod act;
mod icon;
#[cfg(target_os = "linux")]
mod linux;
mod menu;

use std::sync::{Mutex, MutexGuard, PoisonError};

use bridgekeeper_engine::live::Live;
use bridgekeeper_engine::view::Snapshot;
use bridgekeeper_model::Os;
use tauri::menu::{CheckMenuItem, IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager as _, Runtime};
use tracing::{error, info};

use self::act::{Act, carry_out};
use self::icon::Look;
use self::menu::{Item, Line, Told};
use crate::address::Address;
use crate::login::Login;
use crate::text;
use crate::updates::Updates;
use crate::window;

/// The tray icon, where the desktop has a place for it.
pub(crate) struct Tray<R: Runtime>(Mutex<Option<InTray<R>>>);

struct InTray<R: Runtime> {
    icon: TrayIcon<R>,
    handles: Vec<Handle<R>>,
    says: Says,
}

/// An item of the menu that is there.
enum Handle<R: Runtime> {
    Item(MenuItem<R>),
    Tick(CheckMenuItem<R>),
}

/// All that the tray says.
#[derive(Clone, PartialEq, Eq)]
struct Says {
    look: Look,
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
        self.place().is_some()
    }

    /// Puts the icon there, if the desktop has a place for it and it is not there yet. To be called on the main thread.
    pub(crate) fn appear(&self, app: &AppHandle<R>) {
        let mut tray = self.place();
        if tray.is_none() {
            match InTray::create(app, Says::of(app, &app.state::<Live>().snapshot())) {
                Ok(created) => *tray = Some(created),
                Err(cause) => info!(%cause, "there is no tray here; the window does it all"),
            }
        }
    }

    /// Makes the icon, if there is one, say what the snapshot says. To be called on the main thread.
    pub(crate) fn show(&self, app: &AppHandle<R>, snapshot: &Snapshot) {
        let mut tray = self.place();
        if let Some(Err(cause)) = tray.as_mut().map(|tray| tray.change(app, Says::of(app, snapshot))) {
            error!(%cause, "the tray could not be changed");
        }
    }

    /// The act behind an item, while it is still offered.
    fn act(&self, id: &str) -> Option<Act> {
        let tray = self.place();
        let lines = &tray.as_ref()?.says.lines;
        menu::items(lines).map(|(item, _)| &item.act).find(|act| act.id() == id).cloned()
    }

    fn place(&self) -> MutexGuard<'_, Option<InTray<R>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes the tray say anew what it says, after something outside the snapshot changed: the language, what starts at login.
pub(crate) fn say_anew<R: Runtime>(app: &AppHandle<R>) {
    let handle = app.clone();
    let asked = app.run_on_main_thread(move || {
        let snapshot = handle.state::<Live>().snapshot();
        handle.state::<Tray<R>>().show(&handle, &snapshot);
    });
    if let Err(cause) = asked {
        error!(%cause, "the tray could not be changed");
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
        let (menu, handles) = build_menu(app, &says.lines)?;
        let icon = TrayIconBuilder::with_id(app.config().identifier.clone())
            .icon(says.look.picture()?)
            .icon_as_template(true)
            .tooltip(&says.tooltip)
            .menu(&menu)
            .show_menu_on_left_click(cfg!(target_os = "macos"))
            .on_menu_event(|app, event| {
                if let Some(act) = app.state::<Tray<R>>().act(event.id().as_ref()) {
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
                    window::open(icon.app_handle(), &Address::Window);
                }
            })
            .build(app)?;
        Ok(Self { icon, handles, says })
    }

    fn change(&mut self, app: &AppHandle<R>, says: Says) -> tauri::Result<()> {
        if says == self.says {
            return Ok(());
        }
        if says.look != self.says.look {
            self.icon.set_icon_with_as_template(Some(says.look.picture()?), true)?;
        }
        if says.tooltip != self.says.tooltip {
            self.icon.set_tooltip(Some(&says.tooltip))?;
        }
        if menu::same_shape(&self.says.lines, &says.lines) {
            let changes = menu::items(&self.says.lines).zip(menu::items(&says.lines));
            for (handle, (old, new)) in self.handles.iter().zip(changes) {
                if old != new {
                    handle.say(new)?;
                }
            }
        } else {
            let (menu, handles) = build_menu(app, &says.lines)?;
            self.icon.set_menu(Some(menu))?;
            self.handles = handles;
        }
        self.says = says;
        Ok(())
    }
}

impl Says {
    fn of<R: Runtime>(app: &AppHandle<R>, snapshot: &Snapshot) -> Self {
        let words = text::words(app);
        let (start, update) = (app.state::<Login>().start(), app.state::<Updates>().ready());
        let told = Told { snapshot, os: Os::current(), start, update, words };
        Self {
            look: Look::now(app, snapshot.overall),
            tooltip: menu::tooltip(snapshot, words),
            lines: menu::menu(&told),
        }
    }
}

impl<R: Runtime> Handle<R> {
    fn say(&self, (item, ticked): (&Item, Option<bool>)) -> tauri::Result<()> {
        match self {
            Self::Item(handle) => handle.set_text(&item.text),
            Self::Tick(handle) => {
                handle.set_text(&item.text)?;
                handle.set_checked(ticked.unwrap_or_default())
            }
        }
    }

    fn as_item(&self) -> &dyn IsMenuItem<R> {
        match self {
            Self::Item(handle) => handle,
            Self::Tick(handle) => handle,
        }
    }
}

/// The menu, and its items in the order of [`menu::items`].
fn build_menu<R: Runtime>(app: &AppHandle<R>, lines: &[Line]) -> tauri::Result<(Menu<R>, Vec<Handle<R>>)> {
    let menu = Menu::new(app)?;
    let mut handles = Vec::new();
    let plain =
        |item: &Item| MenuItem::with_id(app, item.act.id(), &item.text, true, None::<&str>).map(Handle::Item);
    for line in lines {
        match line {
            Line::Item(item) => {
                let handle = plain(item)?;
                menu.append(handle.as_item())?;
                handles.push(handle);
            }
            Line::Tick { item, ticked } => {
                let handle =
                    CheckMenuItem::with_id(app, item.act.id(), &item.text, true, *ticked, None::<&str>)?;
                menu.append(&handle)?;
                handles.push(Handle::Tick(handle));
            }
            Line::Separator => menu.append(&PredefinedMenuItem::separator(app)?)?,
            Line::More { text, items } => {
                let submenu = Submenu::new(app, text, true)?;
                for item in items {
                    let handle = plain(item)?;
                    submenu.append(handle.as_item())?;
                    handles.push(handle);
                }
                menu.append(&submenu)?;
            }
        }
    }
    Ok((menu, handles))
}
