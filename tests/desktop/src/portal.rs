//! A desktop's portal, as far as it tells whether the person wants dark windows.
#![expect(clippy::used_underscore_binding, reason = "the shape of this function is the protocol's")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Result;
use zbus::blocking::{Connection, connection};
use zbus::zvariant::{OwnedValue, Value};

use crate::desktop::Theme;

const PATH: &str = "/org/freedesktop/portal/desktop";
const SETTINGS: &str = "org.freedesktop.portal.Settings";

/// The portal.
#[derive(Debug)]
pub struct Portal {
    bus: Connection,
    scheme: Arc<AtomicU32>,
}

struct Settings {
    scheme: Arc<AtomicU32>,
}

impl Portal {
    /// Puts it on that bus, with a light desktop.
    pub fn start(bus: &str) -> Result<Self> {
        let scheme = Arc::new(AtomicU32::new(2));
        let settings = Settings { scheme: Arc::clone(&scheme) };
        let bus = connection::Builder::address(bus)?
            .serve_at(PATH, settings)?
            .name("org.freedesktop.portal.Desktop")?
            .build()?;
        Ok(Self { bus, scheme })
    }

    /// Changes the desktop's colours, as a person does in its settings.
    pub fn set(&self, theme: Theme) -> Result<()> {
        let scheme = if theme == Theme::Dark { 1_u32 } else { 2 };
        self.scheme.store(scheme, Ordering::SeqCst);
        let change = ("org.freedesktop.appearance", "color-scheme", Value::U32(scheme));
        Ok(self.bus.emit_signal(None::<&str>, PATH, SETTINGS, "SettingChanged", &change)?)
    }
}

#[zbus::interface(name = "org.freedesktop.portal.Settings")]
impl Settings {
    fn read(&self, _namespace: &str, _key: &str) -> OwnedValue {
        OwnedValue::from(self.scheme.load(Ordering::SeqCst))
    }
}
