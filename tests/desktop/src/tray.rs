//! A tray for the app to show itself in: the smallest `StatusNotifierWatcher`, and a reader of the one item in it.
//!
//! Protocols: `StatusNotifierItem` (freedesktop.org draft) and `com.canonical.dbusmenu`.

mod watcher;

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use zbus::blocking::{Connection, Proxy, connection};
use zbus::zvariant::{OwnedValue, Structure, Value};

use watcher::Watcher;

/// How long anything in the tray is waited for; only a failing test waits that long.
const PATIENCE: Duration = Duration::from_secs(20);

/// A tray on a session bus, as a desktop offers it.
#[derive(Debug)]
pub struct Tray {
    bus: Connection,
    items: Receiver<String>,
}

/// The icon of one app.
#[derive(Debug)]
pub struct Item {
    bus: Connection,
    owner: String,
    menu: String,
    /// Wakes with every signal that the item sends.
    changes: Receiver<()>,
}

/// One line of a menu that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuLine {
    /// Its number, which a click names.
    pub id: i32,
    /// What it says; empty for a separator.
    pub text: String,
    /// Whether it is ticked; `None` for a line that cannot be.
    pub ticked: Option<bool>,
}

/// The picture of an icon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels from left to right.
    pub width: i32,
    /// Pixels from top to bottom.
    pub height: i32,
    /// Four bytes a pixel: alpha, red, green, blue.
    pub argb: Vec<u8>,
}

impl Tray {
    /// Puts a tray on that bus.
    pub fn start(bus: &str) -> Result<Self> {
        let (sender, items) = channel();
        let bus = connection::Builder::address(bus)?
            .serve_at("/StatusNotifierWatcher", Watcher::new(sender))?
            .name("org.kde.StatusNotifierWatcher")?
            .build()?;
        Ok(Self { bus, items })
    }

    /// The next icon that an app puts into the tray.
    pub fn next_item(&self) -> Result<Item> {
        let owner = self.items.recv_timeout(PATIENCE).context("no icon came into the tray")?;
        Item::of(&self.bus, owner)
    }

    /// Whether no other icon came.
    pub fn has_no_more_items(&self) -> bool {
        self.items.try_recv().is_err()
    }
}

impl Item {
    fn of(bus: &Connection, owner: String) -> Result<Self> {
        let proxy = Proxy::new(bus, owner.clone(), "/StatusNotifierItem", "org.kde.StatusNotifierItem")?;
        let menu: zbus::zvariant::OwnedObjectPath = proxy.get_property("Menu")?;
        let (sender, changes) = channel();
        for (path, interface) in
            [("/StatusNotifierItem", "org.kde.StatusNotifierItem"), (menu.as_str(), "com.canonical.dbusmenu")]
        {
            let signals =
                Proxy::new(bus, owner.clone(), path.to_owned(), interface)?.receive_all_signals()?;
            let sender = sender.clone();
            std::thread::spawn(move || {
                for _ in signals {
                    if sender.send(()).is_err() {
                        break;
                    }
                }
            });
        }
        Ok(Self { bus: bus.clone(), owner, menu: menu.to_string(), changes })
    }

    /// The line that a pointer resting on the icon shows.
    pub fn tooltip(&self) -> Result<String> {
        let tooltip: OwnedValue = self.item()?.get_property("ToolTip")?;
        let parts = Structure::try_from(tooltip)?;
        match parts.fields() {
            [_, _, _, Value::Str(text)] => Ok(text.to_string()),
            other => bail!("a tooltip of another shape: {other:?}"),
        }
    }

    /// The icon's picture.
    pub fn picture(&self) -> Result<Picture> {
        let pictures: Vec<(i32, i32, Vec<u8>)> = self.item()?.get_property("IconPixmap")?;
        let (width, height, argb) = pictures.into_iter().next().context("the icon has a picture")?;
        Ok(Picture { width, height, argb })
    }

    /// The menu's lines from top to bottom, submenus opened.
    pub fn menu(&self) -> Result<Vec<MenuLine>> {
        type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);
        let asked: (u32, Layout) =
            self.dbusmenu()?.call("GetLayout", &(0_i32, -1_i32, Vec::<String>::new()))?;
        let mut lines = Vec::new();
        for child in asked.1.2 {
            collect(&child, &mut lines)?;
        }
        Ok(lines)
    }

    /// Clicks the menu line that says this.
    pub fn click(&self, text: &str) -> Result<()> {
        let line = self.menu()?.into_iter().find(|line| line.text == text);
        let line = line.with_context(|| format!("no line of the menu says `{text}`"))?;
        // No answer is waited for: the app may end by this click
        self.dbusmenu()?.call_noreply("Event", &(line.id, "clicked", Value::from(0_i32), 0_u32))?;
        Ok(())
    }

    /// Waits until what `look` returns is as wanted, looking again whenever the item says that it changed.
    pub fn until<T: std::fmt::Debug>(
        &self,
        look: impl Fn(&Self) -> Result<T>,
        wanted: impl Fn(&T) -> bool,
    ) -> Result<T> {
        let end = Instant::now() + PATIENCE;
        loop {
            let seen = look(self)?;
            if wanted(&seen) {
                return Ok(seen);
            }
            let left = end.saturating_duration_since(Instant::now());
            if self.changes.recv_timeout(left).is_err() {
                bail!("the tray never came to say it; last it was {seen:?}");
            }
        }
    }

    fn item(&self) -> Result<Proxy<'_>> {
        self.uncached(&"/StatusNotifierItem", "org.kde.StatusNotifierItem")
    }

    fn dbusmenu(&self) -> Result<Proxy<'_>> {
        self.uncached(&self.menu.as_str(), "com.canonical.dbusmenu")
    }

    fn uncached<'a>(&'a self, path: &&'a str, interface: &'a str) -> Result<Proxy<'a>> {
        let builder = zbus::blocking::proxy::Builder::new(&self.bus);
        Ok(builder
            .destination(self.owner.as_str())?
            .path(*path)?
            .interface(interface)?
            .cache_properties(zbus::proxy::CacheProperties::No)
            .build()?)
    }
}

/// One entry of the layout, `(ia{sv}av)`, and all below it.
fn collect(entry: &OwnedValue, lines: &mut Vec<MenuLine>) -> Result<()> {
    let entry = Structure::try_from(entry.try_clone()?)?;
    let [Value::I32(id), Value::Dict(properties), Value::Array(children)] = entry.fields() else {
        bail!("a menu entry of another shape: {entry:?}");
    };
    let label: Option<String> = properties.get(&"label")?;
    // A mnemonic is marked by an underscore, an underscore by two
    let text = label.unwrap_or_default().replace("__", "\u{0}").replace('_', "").replace('\u{0}', "_");
    let toggles: Option<String> = properties.get(&"toggle-type")?;
    let state: Option<i32> = properties.get(&"toggle-state")?;
    let ticked = toggles.filter(|kind| !kind.is_empty()).map(|_| state == Some(1));
    lines.push(MenuLine { id: *id, text, ticked });
    for child in children.iter() {
        let Value::Value(child) = child else { bail!("a menu child of another shape: {child:?}") };
        collect(&child.try_to_owned()?, lines)?;
    }
    Ok(())
}
