//! How the app behaves on the desktop around its window.

use std::time::{Duration, Instant};

use bridgekeeper_desktop_tests::app::App;
use bridgekeeper_desktop_tests::desktop::{Desktop, Theme};
use bridgekeeper_desktop_tests::home::Home;
use bridgekeeper_desktop_tests::notifications::Notifications;
use bridgekeeper_desktop_tests::portal::Portal;
use bridgekeeper_desktop_tests::tray::{Item, MenuLine, Tray};
use bridgekeeper_desktop_tests::window::Window;
use serde_json::json;

/// What Claude writes when a server is gone.
const CLOSED: &str = "Server transport closed unexpectedly, this is likely due to the process exiting early.";

fn line<'a>(menu: &'a [MenuLine], text: &str) -> Option<&'a MenuLine> {
    menu.iter().find(|line| line.text == text)
}

#[test]
fn a_server_that_stops_working_is_told_once_it_lasts() {
    let desktop = Desktop::start(Theme::Light).unwrap();
    let notifications = Notifications::start(desktop.bus()).unwrap();
    let tray = Tray::start(desktop.bus()).unwrap();
    let home = Home::broken().unwrap();
    let _app = App::start(&desktop, home.path(), &["--tray"]).unwrap();
    let item = tray.next_item().unwrap();
    item.until(Item::tooltip, |tooltip| tooltip.contains("connected")).unwrap();
    assert!(notifications.has_no_more(), "what failed before is no news");

    home.log("files", CLOSED).unwrap();
    let shown = notifications.next().unwrap();
    assert_eq!(shown.title, "files stopped working");
    assert_eq!(shown.actions, ["default", "Show"]);
    assert!(notifications.has_no_more());
}

#[tokio::test]
async fn a_click_on_a_notification_opens_what_it_is_about() {
    let desktop = Desktop::start(Theme::Light).unwrap();
    let notifications = Notifications::start(desktop.bus()).unwrap();
    let home = Home::broken().unwrap();
    // Beside the pointer, so that it has no focus: what the window shows is not told
    home.choose(json!({ "window": { "x": 0, "y": 0, "width": 600, "height": 430, "maximized": false } }))
        .unwrap();
    let window = Window::open(&desktop, home.path()).await.unwrap();
    window.go("#/servers/files").await.unwrap();
    window.read("Connected").await.unwrap();
    window.go("#/history").await.unwrap();
    window.is_at("#/history").await.unwrap();

    home.log("files", CLOSED).unwrap();
    let shown = notifications.next().unwrap();
    assert_eq!(shown.title, "files stopped working");
    notifications.click(&shown).unwrap();
    window.is_at("#/servers/files").await.unwrap();
    window.read("Ended by itself").await.unwrap();
    window.close().await.unwrap();
}

#[tokio::test]
async fn a_line_of_the_menu_leads_to_its_place_in_the_window() {
    let desktop = Desktop::start(Theme::Light).unwrap();
    let tray = Tray::start(desktop.bus()).unwrap();
    let home = Home::broken().unwrap();
    home.keep_sign_in().unwrap();
    let window = Window::open(&desktop, home.path()).await.unwrap();
    let item = tray.next_item().unwrap();
    item.until(Item::menu, |menu| line(menu, "Fix team-notes…").is_some()).unwrap();
    item.click("Fix team-notes…").unwrap();
    window.is_at("#/servers/team-notes/fix/spaces-to-env").await.unwrap();
    window.read("What will change").await.unwrap();
    item.click("Reset auth state…").unwrap();
    window.is_at("#/reset").await.unwrap();
    window.read("What will be reset").await.unwrap();
    window.close().await.unwrap();
}

#[tokio::test]
async fn what_is_kept_for_signing_in_is_set_aside_and_put_back() {
    let desktop = Desktop::start(Theme::Light).unwrap();
    let home = Home::broken().unwrap();
    home.keep_sign_in().unwrap();
    let kept = home.sign_in_files().unwrap();
    assert!(!kept.is_empty());
    let window = Window::open(&desktop, home.path()).await.unwrap();
    window.go("#/reset").await.unwrap();
    window.read("Nothing happens until you confirm").await.unwrap();
    assert_eq!(home.sign_in_files().unwrap(), kept, "looking moves nothing");
    window.press("Reset ").await.unwrap();
    window.read("Claude asks for a new sign-in").await.unwrap();
    assert!(home.sign_in_files().unwrap().len() < kept.len());
    window.press("Undo").await.unwrap();
    window.read("What undo will change").await.unwrap();
    window.press("back").await.unwrap();
    window.read("Nothing happens until you confirm").await.unwrap();
    assert_eq!(home.sign_in_files().unwrap(), kept);
    window.close().await.unwrap();
}

#[tokio::test]
async fn the_window_follows_the_desktop_into_the_dark() {
    let desktop = Desktop::start(Theme::OfPortal).unwrap();
    let portal = Portal::start(desktop.bus()).unwrap();
    let home = Home::broken().unwrap();
    let window = Window::open(&desktop, home.path()).await.unwrap();
    window.until("return matchMedia('(prefers-color-scheme: dark)').matches", false).await.unwrap();
    portal.set(Theme::Dark).unwrap();
    window.until("return matchMedia('(prefers-color-scheme: dark)').matches", true).await.unwrap();
    portal.set(Theme::Light).unwrap();
    window.until("return matchMedia('(prefers-color-scheme: dark)').matches", false).await.unwrap();
    window.close().await.unwrap();
}

#[tokio::test]
async fn the_window_opens_where_it_was_closed() {
    let desktop = Desktop::start(Theme::Light).unwrap();
    let home = Home::broken().unwrap();
    home.choose(json!({ "window": { "x": 10, "y": 20, "width": 812, "height": 634, "maximized": false } }))
        .unwrap();
    let window = Window::open(&desktop, home.path()).await.unwrap();
    window.until("return [innerWidth, innerHeight].join()", "812,634").await.unwrap();
    window.close().await.unwrap();
}

#[test]
fn starting_at_login_is_the_systems_own_list() {
    let desktop = Desktop::start(Theme::Light).unwrap();
    let tray = Tray::start(desktop.bus()).unwrap();
    let _app = App::start_at_home(&desktop, &["--tray"]).unwrap();
    let item = tray.next_item().unwrap();
    let entry = desktop.home().join(".config/autostart/Bridgekeeper.desktop");
    let ticked = |menu: &Vec<MenuLine>| line(menu, "Start at login").and_then(|line| line.ticked);
    item.until(Item::menu, |menu| ticked(menu) == Some(false)).unwrap();
    assert!(!entry.exists());

    item.click("Start at login").unwrap();
    item.until(Item::menu, |menu| ticked(menu) == Some(true)).unwrap();
    // The tick is the click's; the list follows
    soon(|| std::fs::read_to_string(&entry).is_ok_and(|text| text.contains("bridgekeeper-desktop\" --tray")));

    item.click("Start at login").unwrap();
    soon(|| !entry.exists());
    item.until(Item::menu, |menu| ticked(menu) == Some(false)).unwrap();
}

/// Waits until it is so; only a failing test waits long.
fn soon(is_so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < end, "it never came to be so");
        std::thread::sleep(Duration::from_millis(20));
    }
}
