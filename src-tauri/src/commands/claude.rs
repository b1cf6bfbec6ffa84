//! What the window may ask to be done with Claude itself and with the firewall.

use bridgekeeper_engine::firewall::FirewallChange;
use bridgekeeper_engine::live::{FirewallView, Live, RestartNews, RestartPlan};
use tauri::State;
use tauri::ipc::Channel;

use super::{Answer, apart};

/// What a restart of Claude would end and start.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_restart(live: State<'_, Live>) -> Answer<RestartPlan> {
    let live = live.inner().clone();
    apart(move || Ok(live.plan_restart()?)).await
}

/// Quits Claude, makes the change that was shown where one is named, starts Claude and tells how its servers come up.
#[tauri::command]
#[specta::specta]
pub(crate) async fn restart_claude(
    live: State<'_, Live>,
    token: Option<String>,
    tell: Channel<RestartNews>,
) -> Answer<RestartNews> {
    let live = live.inner().clone();
    // It goes on whether or not anybody looks: a Claude that was quit is started again
    apart(move || Ok(live.restart_claude(token.as_deref(), |news| drop(tell.send(news.clone())))?)).await
}

/// The firewall's rules for Node.
#[tauri::command]
#[specta::specta]
pub(crate) async fn firewall(live: State<'_, Live>) -> Answer<FirewallView> {
    let live = live.inner().clone();
    apart(move || Ok(live.firewall()?)).await
}

/// Adds the firewall's rule or takes it away; the system asks for consent.
#[tauri::command]
#[specta::specta]
pub(crate) async fn change_firewall(live: State<'_, Live>, change: FirewallChange) -> Answer<FirewallView> {
    let live = live.inner().clone();
    apart(move || Ok(live.change_firewall(change)?)).await
}
