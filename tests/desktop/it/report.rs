//! A report for whoever is to help, saved in the real window.

use bridgekeeper_desktop_tests::desktop::{Desktop, Theme};
use bridgekeeper_desktop_tests::home::Home;
use bridgekeeper_desktop_tests::window::Window;

#[tokio::test]
async fn a_report_is_seen_whole_and_saved_without_a_secret() {
    let desktop = Desktop::start(Theme::Light).unwrap();
    let home = Home::broken().unwrap();
    let window = Window::open(&desktop, home.path()).await.unwrap();
    window.go("#/report").await.unwrap();
    window.read("It becomes").await.unwrap();
    assert!(home.reports().unwrap().is_empty(), "looking writes nothing");
    // What is folded is on the page, too
    let page = window.client().source().await.unwrap();
    assert!(page.contains("team-notes") && !page.contains("demo-token"));

    window.press("Save").await.unwrap();
    window.read("The report is saved.").await.unwrap();
    let reports = home.reports().unwrap();
    let [(name, text)] = reports.as_slice() else { panic!("{} files", reports.len()) };
    assert!(window.see("main").await.unwrap().contains(name), "the page names the file");
    assert!(!text.is_empty() && !String::from_utf8_lossy(text).contains("demo-token"));
    window.close().await.unwrap();
}
