//! The tray, read over D-Bus as a desktop reads it.

use std::time::Instant;

use bridgekeeper_desktop_tests::app::App;
use bridgekeeper_desktop_tests::desktop::{Desktop, Theme};
use bridgekeeper_desktop_tests::home::Home;
use bridgekeeper_desktop_tests::tray::{Item, Tray};
use zbus::Message;
use zbus::blocking::fdo::DBusProxy;
use zbus::blocking::{MessageIterator, connection};

struct Shown {
    item: Item,
    app: App,
    tray: Tray,
    home: Home,
    desktop: Desktop,
}

impl Shown {
    /// The app in a tray, after its first look at the broken set-up.
    fn new() -> Self {
        let desktop = Desktop::start(Theme::Light).unwrap();
        let tray = Tray::start(desktop.bus()).unwrap();
        let home = Home::broken().unwrap();
        let app = App::start(&desktop, home.path(), &["--tray"]).unwrap();
        let item = tray.next_item().unwrap();
        item.until(Item::tooltip, |tooltip| tooltip.contains("failing")).unwrap();
        Self { item, app, tray, home, desktop }
    }

    fn menu(&self) -> Vec<String> {
        self.item.menu().unwrap().into_iter().map(|line| line.text).collect()
    }
}

#[test]
fn the_worst_stands_first_in_tooltip_and_menu() {
    let shown = Shown::new();
    assert!(shown.item.tooltip().unwrap().ends_with("1 connected"), "{}", shown.item.tooltip().unwrap());
    let menu = shown.menu();
    assert_eq!(menu[0], "Open Bridgekeeper");
    let at = |start: &str| menu.iter().position(|line| line.starts_with(start));
    let (failing, working) = (at("team-notes: "), at("files: connected"));
    assert!(failing.is_some() && failing < working, "{menu:#?}");
    assert!(!menu.iter().any(|line| line == "team-notes: failing"), "a failing server says why: {menu:#?}");
    for line in ["Open config", "Open logs", "Quit Bridgekeeper"] {
        assert!(menu.iter().any(|one| one == line), "{line} is missing in {menu:#?}");
    }
}

#[test]
fn a_line_in_a_log_is_in_the_tray_at_once() {
    let shown = Shown::new();
    let picture = shown.item.picture().unwrap();
    shown
        .home
        .log(
            "files",
            "Server transport closed unexpectedly, this is likely due to the process exiting early.",
        )
        .unwrap();
    let start = Instant::now();
    let says_so = |menu: &Vec<_>| !format!("{menu:?}").contains("files: connected");
    shown.item.until(Item::menu, says_so).unwrap();
    println!("from the file to the tray {:?}", start.elapsed());
    assert_eq!(shown.item.picture().unwrap(), picture, "the worst state is the same, so is the picture");
}

#[test]
fn the_picture_tells_the_state() {
    let desktop = Desktop::start(Theme::Light).unwrap();
    let tray = Tray::start(desktop.bus()).unwrap();
    let empty = tempfile::tempdir().unwrap();
    let _nothing = App::start(&desktop, empty.path(), &["--tray"]).unwrap();
    let idle = tray.next_item().unwrap();
    idle.until(Item::tooltip, |tooltip| tooltip == "Claude was not found").unwrap();
    let broken = Home::broken().unwrap();
    let _broken = App::start(&desktop, broken.path(), &["--tray"]).unwrap();
    let failing = tray.next_item().unwrap();
    failing.until(Item::tooltip, |tooltip| tooltip.contains("failing")).unwrap();
    assert_ne!(idle.picture().unwrap(), failing.picture().unwrap());
}

#[test]
fn a_second_start_on_the_same_home_hands_over_and_ends() {
    let mut shown = Shown::new();
    let mut second = App::start(&shown.desktop, shown.home.path(), &[]).unwrap();
    assert!(second.ended().unwrap(), "the second one ends by itself, without an error");
    assert!(shown.tray.has_no_more_items(), "and shows no icon");
    shown.item.click("Quit Bridgekeeper").unwrap();
    assert!(shown.app.ended().unwrap());
}

#[test]
fn a_start_at_the_moment_when_the_app_ends_starts_it_anew() {
    let mut shown = Shown::new();
    let bus = connection::Builder::address(shown.desktop.bus()).unwrap().build().unwrap();
    let names = DBusProxy::new(&bus).unwrap().list_names().unwrap();
    let name = names.into_iter().find(|name| name.ends_with(".SingleInstance")).unwrap();
    shown.item.click("Quit Bridgekeeper").unwrap();
    assert!(shown.app.ended().unwrap());

    // Stands for the app that is called for its window while it ends
    let mut calls = MessageIterator::from(&bus);
    bus.request_name(name.as_str()).unwrap();
    let _second = App::start(&shown.desktop, shown.home.path(), &["--tray"]).unwrap();
    let is_call = |message: &Message| message.header().member().is_some_and(|name| name == "ExecuteCallback");
    calls.find(|message| message.as_ref().is_ok_and(is_call)).unwrap().unwrap();
    drop(calls);
    bus.close().unwrap();
    shown.tray.next_item().unwrap();
}

#[test]
fn the_app_finds_a_tray_that_comes_later() {
    let desktop = Desktop::start(Theme::Light).unwrap();
    let home = Home::broken().unwrap();
    let _app = App::start(&desktop, home.path(), &["--tray"]).unwrap();
    let tray = Tray::start(desktop.bus()).unwrap();
    let item = tray.next_item().unwrap();
    item.until(Item::tooltip, |tooltip| tooltip.contains("failing")).unwrap();
}
