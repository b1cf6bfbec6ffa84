//! What the person has chosen for Bridgekeeper itself.

use bridgekeeper_engine::live::Live;
use bridgekeeper_engine::policy::Policy;
use bridgekeeper_engine::settings::{Setting, Settings};
use serde::Serialize;
use tauri::State;

use super::Answer;
use crate::error::{IpcError, told};
use crate::login::{Login, Start};
use crate::places;

/// What can be chosen, as it is now.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub(crate) struct SettingsView {
    /// The settings.
    pub settings: Settings,
    /// Whether the app starts at login, as the system's list says; `None` where it cannot be in that list.
    pub start_at_login: Option<bool>,
    /// The folder that everything of Bridgekeeper's is kept in.
    pub folder: String,
    /// The file of settings that could not be read, and why.
    pub broken: Option<String>,
    /// What an organisation has set, which nobody changes here; `None` where nobody has.
    pub policy: Option<Policy>,
}

/// The settings as they are now.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn settings(live: State<'_, Live>, login: State<'_, Login>) -> SettingsView {
    view(&live, &login)
}

/// Changes one setting, which holds at once.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn change_setting(
    live: State<'_, Live>,
    login: State<'_, Login>,
    setting: Setting,
) -> Answer<SettingsView> {
    live.settings().change(|settings| setting.set(settings))?;
    Ok(view(&live, &login))
}

/// Puts the app into the system's list of what starts at login, or takes it out.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn set_start_at_login(
    live: State<'_, Live>,
    login: State<'_, Login>,
    start: bool,
) -> Answer<SettingsView> {
    login.set(if start { Start::AtLogin } else { Start::ByHand }).map_err(|error| {
        IpcError::io(
            format!("could not change what starts at login: {error}"),
            "Change it in the system's settings.",
        )
    })?;
    Ok(view(&live, &login))
}

/// Shows the folder of Bridgekeeper in the person's own program.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn open_folder(live: State<'_, Live>) -> Answer<()> {
    places::open(&live.folder())
}

fn view(live: &Live, login: &Login) -> SettingsView {
    SettingsView {
        settings: live.settings().settings(),
        start_at_login: login.start().map(|start| start == Start::AtLogin),
        folder: live.folder().display().to_string(),
        broken: live.settings().broken().map(|broken| told(&broken.to_string())),
        policy: Some(live.policy()).filter(Policy::is_set),
    }
}
