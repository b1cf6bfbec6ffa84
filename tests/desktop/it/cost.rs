//! What the app costs in the tray. `cargo xtask bench desktop` measures the rest, on the program as it is shipped.

use bridgekeeper_desktop_tests::app::App;
use bridgekeeper_desktop_tests::desktop::{Desktop, Theme};
use bridgekeeper_desktop_tests::home::Home;
use bridgekeeper_desktop_tests::tray::{Item, Tray};

const MEBIBYTE: u64 = 1024 * 1024;

#[test]
fn in_the_tray_it_is_small() {
    let desktop = Desktop::start(Theme::Light).unwrap();
    let tray = Tray::start(desktop.bus()).unwrap();
    let home = Home::broken().unwrap();
    let app = App::start(&desktop, home.path(), &["--tray"]).unwrap();
    let item = tray.next_item().unwrap();
    item.until(Item::tooltip, |tooltip| tooltip.contains("failing")).unwrap();
    let memory = app.anonymous_memory().unwrap();
    assert!(memory < 60 * MEBIBYTE, "{memory} bytes");
}
