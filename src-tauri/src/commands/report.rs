//! A report for whoever is to help: shown whole, then saved where the person wants it.

use bridgekeeper_engine::live::{Live, ReportView};
use serde::Deserialize;
use tauri::State;

use super::{Answer, apart};
use crate::places::{self, Chooser};

/// Where a report is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, specta::Type)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ReportPlace {
    /// At its usual place.
    Usual,
    /// Where the person says in the system's own dialog.
    Chosen,
}

/// Gathers a report. Nothing is written, and nothing is sent.
#[tauri::command]
#[specta::specta]
pub(crate) async fn prepare_report(live: State<'_, Live>) -> Answer<ReportView> {
    let live = live.inner().clone();
    apart(move || Ok(live.prepare_report())).await
}

/// Saves the report that was shown. The file; `None` where the person chose none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_report(
    live: State<'_, Live>,
    chooser: State<'_, Chooser>,
    token: String,
    place: ReportPlace,
) -> Answer<Option<String>> {
    let (live, chooser) = (live.inner().clone(), chooser.inner().clone());
    apart(move || {
        let file = match place {
            ReportPlace::Usual => live.save_report(&token, None)?,
            ReportPlace::Chosen => match chooser.ask_where_to_write(&live.usual_report_file())? {
                Some(chosen) => live.save_report(&token, Some(&chosen))?,
                None => return Ok(None),
            },
        };
        Ok(Some(file.display().to_string()))
    })
    .await
}

/// Shows the report that was saved last in its folder.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn show_report(live: State<'_, Live>) -> Answer<()> {
    places::show(&live.saved_report()?)
}

/// Opens the page of whoever takes the report that was shown.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn open_tracker(live: State<'_, Live>) -> Answer<()> {
    places::browse(&live.report_address()?)
}
