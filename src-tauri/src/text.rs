//! What the tray and the notifications say, in the person's language.
//!
//! One file per language fills one struct, so that a sentence that is missing does not compile. The window's own
//! sentences stand in `ui/src/text`; what was found about a server comes from the engine as it is.

mod de;
mod en;

use bridgekeeper_engine::live::Live;
use bridgekeeper_engine::settings;
use tauri::{AppHandle, Manager as _, Runtime};

use crate::error;

/// A language that is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Language {
    #[default]
    English,
    German,
}

impl Language {
    /// The language of the system, English where it is none of ours.
    pub(crate) fn of_system() -> Self {
        sys_locale::get_locale().as_deref().map_or_else(Self::default, Self::of_locale)
    }

    /// The language of a locale such as `de-AT`, `de_DE.UTF-8` or `C`.
    pub(crate) fn of_locale(locale: &str) -> Self {
        let language = locale.split(['-', '_', '.']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("de") { Self::German } else { Self::English }
    }

    /// All that is said in it.
    pub(crate) const fn words(self) -> &'static Words {
        match self {
            Self::English => &en::WORDS,
            Self::German => &de::WORDS,
        }
    }
}

/// The language that the person chose, else the system's.
pub(crate) fn language<R: Runtime>(app: &AppHandle<R>) -> Language {
    match app.state::<Live>().settings().settings().language {
        settings::Language::System => *app.state::<Language>(),
        settings::Language::En => Language::English,
        settings::Language::De => Language::German,
    }
}

/// All that is said in that language.
pub(crate) fn words<R: Runtime>(app: &AppHandle<R>) -> &'static Words {
    language(app).words()
}

/// Has what is found told in that language; the tray follows with the next snapshot.
pub(crate) fn speak<R: Runtime>(app: &AppHandle<R>) {
    let code = match language(app) {
        Language::English => "en",
        Language::German => "de",
    };
    error::speak(code);
    app.state::<Live>().speak(code);
}

/// Every sentence of the tray and the notifications.
pub(crate) struct Words {
    pub(crate) open_window: &'static str,
    pub(crate) open_config: &'static str,
    pub(crate) open_logs: &'static str,
    pub(crate) reset_sign_ins: &'static str,
    pub(crate) restart_claude: &'static str,
    pub(crate) start_claude: &'static str,
    pub(crate) start_at_login: &'static str,
    pub(crate) install_update: fn(&str) -> String,
    pub(crate) quit: &'static str,
    pub(crate) reading: &'static str,
    pub(crate) no_servers: &'static str,
    pub(crate) more: fn(usize) -> String,
    /// The one act on a server that is failing, and on the set-up as a whole.
    pub(crate) fix: fn(&str) -> String,
    pub(crate) fix_setup: &'static str,
    pub(crate) sign_in: fn(&str) -> String,

    pub(crate) starting: &'static str,
    pub(crate) connected: &'static str,
    pub(crate) stopped: &'static str,
    pub(crate) never_seen: &'static str,
    pub(crate) off: &'static str,

    pub(crate) claude_not_found: &'static str,
    pub(crate) setup_has_a_problem: &'static str,
    pub(crate) nothing_in_use: &'static str,
    pub(crate) count_failing: fn(usize) -> String,
    pub(crate) count_needs_sign_in: fn(usize) -> String,
    pub(crate) count_starting: fn(usize) -> String,
    pub(crate) count_connected: fn(usize) -> String,

    pub(crate) entries_lost: &'static str,
    pub(crate) sign_in_needed: fn(&str) -> String,
    pub(crate) sign_ins_needed: fn(usize) -> String,
    pub(crate) sign_in_hint: &'static str,
    pub(crate) stopped_working: fn(&str) -> String,
    pub(crate) several_stopped_working: fn(usize) -> String,
    pub(crate) claude_needs_a_restart: &'static str,
    pub(crate) restart_why: &'static str,
    pub(crate) show: &'static str,

    pub(crate) still_in_the_tray: &'static str,
    pub(crate) still_in_the_tray_how: &'static str,
    pub(crate) ends_with_its_window: &'static str,
    pub(crate) ends_with_its_window_why: &'static str,
    pub(crate) could_not_do: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_names_its_language_however_it_is_spelled() {
        for german in ["de", "de-AT", "de_DE.UTF-8", "DE"] {
            assert_eq!(Language::of_locale(german), Language::German, "{german}");
        }
        for other in ["C", "C.UTF-8", "en-US", "den", "", "fr_FR"] {
            assert_eq!(Language::of_locale(other), Language::English, "{other}");
        }
    }
}
