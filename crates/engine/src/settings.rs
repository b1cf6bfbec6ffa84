//! What the person has chosen for Bridgekeeper itself, in `~/.bridgekeeper/settings.json`.
//!
//! The file may be written by hand and by a newer release: keys that are not known stay, a value that is not
//! understood counts as the usual one and stays until that setting is changed, and a file that cannot be read at all is
//! told, and set aside before the first change, never overwritten.
//!
//! Deliberately absent: whether the app starts at login, which the system's own list says.

mod file;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use crate::policy::Policy;

pub use file::{Broken, SettingsError, SettingsFile};

/// Everything that can be chosen. The default is what holds where nothing was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Settings {
    /// What the window, the tray and the notifications speak.
    pub language: Language,
    /// The colours of the window.
    pub theme: Theme,
    /// Whether closing the window leaves the app in the tray; else it quits.
    pub close_to_tray: bool,
    /// The notices that are not shown.
    pub muted: BTreeSet<Notice>,
    /// When no notice is shown.
    pub quiet_hours: Option<QuietHours>,
    /// Whether newer releases are looked for, where the build has an address for them.
    pub updates: bool,
    /// Whether every version of Claude's config is kept, so that a loss is noticed and can be put back.
    pub guardian: bool,
    /// What was shown once and is not shown by itself again.
    pub shown: BTreeSet<Once>,
    /// Where the window was when it was last closed.
    pub window: Option<WindowPlace>,
}

/// A language, or the system's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// The system's, English where it is none of ours.
    #[default]
    System,
    /// English.
    En,
    /// German.
    De,
}

/// Colours, or the system's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the system has them.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// What may be told while the window is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Notice {
    /// Entries of Claude's config are lost.
    Wiped,
    /// A server waits for a sign-in.
    SignIn,
    /// A server that worked fails.
    Failing,
    /// Claude must be restarted for a change to hold.
    Restart,
}

/// What is shown by itself only once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Once {
    /// What was found when the app first ran.
    FirstRun,
    /// That closing the window leaves the app in the tray.
    TrayHint,
}

/// A part of each day, by the clock on the wall. It may go over midnight; the same time twice means the whole day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct QuietHours {
    /// When they begin, `22:00:00`.
    #[cfg_attr(feature = "bindings", specta(type = String))]
    pub from: Time,
    /// When they end.
    #[cfg_attr(feature = "bindings", specta(type = String))]
    pub to: Time,
}

/// Where a window is, in the screen's own pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct WindowPlace {
    /// Its left edge.
    pub x: i32,
    /// Its upper edge.
    pub y: i32,
    /// Its width, without the frame.
    pub width: u32,
    /// Its height, without the frame.
    pub height: u32,
    /// Whether it filled the screen; its place is then where it goes back to.
    pub maximized: bool,
}

/// One setting with its new value, as the window asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "setting", content = "value", rename_all = "kebab-case")]
pub enum Setting {
    /// [`Settings::language`].
    Language(Language),
    /// [`Settings::theme`].
    Theme(Theme),
    /// [`Settings::close_to_tray`].
    CloseToTray(bool),
    /// [`Settings::muted`].
    Muted(BTreeSet<Notice>),
    /// [`Settings::quiet_hours`].
    QuietHours(Option<QuietHours>),
    /// [`Settings::updates`].
    Updates(bool),
    /// [`Settings::guardian`].
    Guardian(bool),
    /// One more of [`Settings::shown`].
    Shown(Once),
}

impl Setting {
    /// Gives it its new value.
    pub fn set(self, settings: &mut Settings) {
        match self {
            Self::Language(language) => settings.language = language,
            Self::Theme(theme) => settings.theme = theme,
            Self::CloseToTray(close) => settings.close_to_tray = close,
            Self::Muted(muted) => settings.muted = muted,
            Self::QuietHours(hours) => settings.quiet_hours = hours,
            Self::Updates(updates) => settings.updates = updates,
            Self::Guardian(guardian) => settings.guardian = guardian,
            Self::Shown(once) => {
                settings.shown.insert(once);
            }
        }
    }
}

impl Settings {
    /// The settings with what an organisation has decided.
    #[must_use]
    pub fn under(mut self, policy: &Policy) -> Self {
        self.updates &= !policy.updates_off;
        self
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: Language::default(),
            theme: Theme::default(),
            close_to_tray: true,
            muted: BTreeSet::new(),
            quiet_hours: None,
            updates: true,
            guardian: true,
            shown: BTreeSet::new(),
            window: None,
        }
    }
}
