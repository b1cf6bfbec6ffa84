//! Light or dark, as the desktop is. Windows and macOS tell their windows themselves; a Linux desktop tells it through
//! its portal, and again whenever the person changes it.

use std::sync::{Mutex, PoisonError};

use tauri::{AppHandle, Runtime, Theme};

/// The colours that the desktop last told of.
#[derive(Default)]
pub(crate) struct OfDesktop(Mutex<Option<Theme>>);

impl OfDesktop {
    /// `None` where it told of none.
    pub(crate) fn theme(&self) -> Option<Theme> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(target_os = "linux")]
    fn tell(&self, theme: Option<Theme>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = theme;
    }
}

/// Follows the desktop's colours for as long as the app runs.
pub(crate) fn follow_the_desktop<R: Runtime>(app: &AppHandle<R>) {
    #[cfg(target_os = "linux")]
    linux::follow_the_desktop(app);
    #[cfg(not(target_os = "linux"))]
    let _ = app;
}

#[cfg(target_os = "linux")]
mod linux {
    use bridgekeeper_engine::live::Live;
    use tauri::{AppHandle, Manager as _, Runtime, Theme};
    use tracing::debug;
    use zbus::blocking::{Connection, Proxy};
    use zbus::zvariant::{OwnedValue, Value};

    use super::OfDesktop;
    use crate::appearance;

    const PORTAL: &str = "org.freedesktop.portal.Desktop";
    const PATH: &str = "/org/freedesktop/portal/desktop";
    const SETTINGS: &str = "org.freedesktop.portal.Settings";
    /// The setting: 1 is dark, 2 light, anything else no wish.
    const SETTING: (&str, &str) = ("org.freedesktop.appearance", "color-scheme");

    /// The thread sleeps on the bus.
    pub(super) fn follow_the_desktop<R: Runtime>(app: &AppHandle<R>) {
        let app = app.clone();
        std::thread::spawn(move || {
            if let Err(cause) = follow(&app) {
                // Then the window is as GTK's theme is
                debug!(%cause, "the desktop says nothing of its colours");
            }
        });
    }

    fn follow<R: Runtime>(app: &AppHandle<R>) -> zbus::Result<()> {
        let bus = Connection::session()?;
        let settings = Proxy::new(&bus, PORTAL, PATH, SETTINGS)?;
        let changes =
            settings.receive_signal_with_args("SettingChanged", &[(0, SETTING.0), (1, SETTING.1)])?;
        match settings.call::<_, _, OwnedValue>("Read", &SETTING) {
            Ok(value) => wear(app, theme(&value)),
            Err(cause) => debug!(%cause, "the portal does not know the desktop's colours yet"),
        }
        for change in changes {
            let (_, _, value): (String, String, OwnedValue) = change.body().deserialize()?;
            wear(app, theme(&value));
        }
        Ok(())
    }

    /// The window wears what the desktop does, unless the person chose otherwise.
    fn wear<R: Runtime>(app: &AppHandle<R>, theme: Option<Theme>) {
        app.state::<OfDesktop>().tell(theme);
        appearance::wear(app, app.state::<Live>().settings().settings().theme);
    }

    /// The portal's answer is wrapped once or twice, depending on its age.
    fn theme(value: &Value<'_>) -> Option<Theme> {
        if let Value::Value(inner) = value {
            return theme(inner);
        }
        match u32::try_from(value).ok()? {
            1 => Some(Theme::Dark),
            2 => Some(Theme::Light),
            _ => None,
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_wish_is_found_however_often_it_is_wrapped() {
            let wrapped = |number: u32| Value::Value(Box::new(Value::U32(number)));
            assert_eq!(theme(&Value::U32(1)), Some(Theme::Dark));
            assert_eq!(theme(&wrapped(2)), Some(Theme::Light));
            assert_eq!(theme(&Value::Value(Box::new(wrapped(0)))), None);
        }
    }
}
