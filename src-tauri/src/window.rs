//! The one window. It is made when it is wanted and gone when it is closed, its web process with it.

mod place;

use std::collections::BTreeSet;

use bridgekeeper_engine::live::Live;
use bridgekeeper_engine::settings::{Language, Once};
use tauri::webview::{Color, NewWindowResponse, PageLoadEvent};
use tauri::{
    AppHandle, Manager as _, Runtime, Theme, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    WindowEvent,
};
use tracing::{error, warn};

use crate::address::Address;
use crate::notices::{Notice, tell};
use crate::options::Options;
use crate::tray::Tray;
use crate::{appearance, text};

/// The window's name, which `capabilities/main.json` grants its rights to.
pub(crate) const LABEL: &str = "main";

/// Shows the window at that place.
pub(crate) fn open<R: Runtime>(app: &AppHandle<R>, address: &Address) {
    let shown = match app.get_webview_window(LABEL) {
        Some(window) => bring_up(&window, address),
        None => create(app, address),
    };
    if let Err(cause) = shown {
        error!(%cause, "the window could not be shown");
    }
}

/// Whether the person looks at the window.
pub(crate) fn is_looked_at<R: Runtime>(app: &AppHandle<R>) -> bool {
    app.get_webview_window(LABEL).is_some_and(|window| window.is_focused().unwrap_or_default())
}

/// Keeps where the window stands and what it has shown, if there is one. It is kept when it is closed, too.
pub(crate) fn keep<R: Runtime>(app: &AppHandle<R>) {
    let Some(window) = app.get_webview_window(LABEL) else { return };
    place::keep(app, &window);
    if window.url().is_ok_and(|url| Address::Welcome.fragment().as_deref() == url.fragment()) {
        note(app, Once::FirstRun);
    }
}

/// Brings the window that is there to the front.
fn bring_up<R: Runtime>(window: &WebviewWindow<R>, address: &Address) -> tauri::Result<()> {
    if let Some(fragment) = address.fragment() {
        let mut url = window.url()?;
        url.set_fragment(Some(&fragment));
        window.navigate(url)?;
    }
    show(window)
}

fn create<R: Runtime>(app: &AppHandle<R>, address: &Address) -> tauri::Result<()> {
    let settings = app.state::<Live>().settings().settings();
    let address = first_place(address, &settings.shown);
    let page = format!("index.html{}{}", query(settings.language), fragment(address));
    let mut window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App(page.into()))
        .title("Bridgekeeper")
        .inner_size(1080.0, 760.0)
        .min_inner_size(420.0, 420.0)
        .center()
        .theme(appearance::chosen(app, settings.theme))
        // Shown when the page has painted; until then and while it is resized, its colour is the page's
        .visible(false)
        // Nothing but the app's own pages is ever shown, and no page opens another window
        .on_navigation(is_our_own)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_page_load(|window, page| {
            if page.event() == PageLoadEvent::Finished
                && let Err(cause) = show(&window)
            {
                error!(%cause, "the window could not be shown");
            }
        });
    if let Some(home) = &app.state::<Options>().home {
        window = window.data_directory(home.join(".bridgekeeper").join("webview"));
    }
    let window = window.build()?;
    let closed = app.clone();
    window.on_window_event(move |event| {
        if matches!(event, WindowEvent::CloseRequested { .. }) {
            keep(&closed);
            say_once_what_becomes_of_the_app(&closed);
        }
    });
    place::restore(app, &window)?;
    window.set_background_color(Some(canvas(window.theme()?)))
}

/// The first time that the window is closed, whether the app goes on. Whoever chose that it does not knows it.
fn say_once_what_becomes_of_the_app<R: Runtime>(app: &AppHandle<R>) {
    let live = app.state::<Live>();
    let settings = live.settings().settings();
    if settings.shown.contains(&Once::TrayHint) {
        return;
    }
    let words = text::words(app);
    let (title, body) = match (app.state::<Tray<R>>().is_there(), settings.close_to_tray) {
        (true, true) => (words.still_in_the_tray, words.still_in_the_tray_how),
        (false, _) => (words.ends_with_its_window, words.ends_with_its_window_why),
        (true, false) => return,
    };
    let address = Address::Window;
    tell::show(app, Notice { title: title.to_owned(), body: body.to_owned(), address });
    note(app, Once::TrayHint);
}

/// Notes that it was shown.
fn note<R: Runtime>(app: &AppHandle<R>, once: Once) {
    let live = app.state::<Live>();
    let noted = live.settings().change(|settings| {
        settings.shown.insert(once);
    });
    if let Err(cause) = noted {
        warn!(%cause, ?once, "it will be shown again");
    }
}

/// Who comes for nothing in particular is told first what was found, once.
fn first_place<'a>(address: &'a Address, shown: &BTreeSet<Once>) -> &'a Address {
    if *address == Address::Window && !shown.contains(&Once::FirstRun) { &Address::Welcome } else { address }
}

/// The language that was chosen, known before the first word is drawn.
const fn query(language: Language) -> &'static str {
    match language {
        Language::System => "",
        Language::En => "?language=en",
        Language::De => "?language=de",
    }
}

fn fragment(address: &Address) -> String {
    address.fragment().map(|fragment| format!("#{fragment}")).unwrap_or_default()
}

fn show<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<()> {
    window.show()?;
    window.unminimize()?;
    window.set_focus()
}

/// The UI's `--canvas`, so that nothing flashes before the page is painted.
const fn canvas(theme: Theme) -> Color {
    if matches!(theme, Theme::Dark) { Color(0x19, 0x18, 0x16, 0xff) } else { Color(0xf6, 0xf5, 0xf3, 0xff) }
}

fn is_our_own(url: &Url) -> bool {
    url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_shown_until_it_was_seen_to_whoever_comes_for_nothing_else() {
        let (none, seen) = (BTreeSet::new(), BTreeSet::from([Once::FirstRun]));
        assert_eq!(first_place(&Address::Window, &none), &Address::Welcome);
        assert_eq!(first_place(&Address::Window, &seen), &Address::Window);
        assert_eq!(first_place(&Address::Reset, &none), &Address::Reset);
    }

    #[test]
    fn only_the_apps_own_pages_are_shown() {
        let own = |url: &str| is_our_own(&url.parse().unwrap());
        assert!(own("tauri://localhost/index.html#/servers/coda"));
        assert!(own("http://tauri.localhost/"));
        assert!(!own("https://example.com/tauri.localhost"));
        assert!(!own("http://localhost:1420/"));
        assert!(!own("file:///etc/passwd"));
    }
}
