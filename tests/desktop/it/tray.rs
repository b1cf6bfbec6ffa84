//! The tray, read over D-Bus as a desktop reads it.

use bridgekeeper_desktop_tests::app::App;
use bridgekeeper_desktop_tests::desktop::{Desktop, Theme};
use bridgekeeper_desktop_tests::tray::Tray;

#[test]
fn the_worst_server_stands_first_in_icon_tooltip_and_menu() {
    let desktop = Desktop::start(Theme::Light).unwrap();
    let tray = Tray::start(desktop.bus()).unwrap();
    let home = tempfile::tempdir().unwrap();
    let app = App::start(&desktop, home.path(), &["--tray"]).unwrap();
    let item = tray.next_item().unwrap();
    println!("{:?} {:?}", item.tooltip(), item.menu());
    println!("{:?}", item.picture().map(|p| (p.width, p.height)));
    println!("{:?}", app.anonymous_memory());
    item.click("Quit Bridgekeeper").unwrap();
}
