//! The story in the real window: a server fails, it is fixed, it is taken back.

use std::time::{Duration, Instant};

use bridgekeeper_desktop_tests::desktop::{Desktop, Theme};
use bridgekeeper_desktop_tests::home::Home;
use bridgekeeper_desktop_tests::window::Window;

#[tokio::test]
async fn a_failing_server_is_seen_fixed_and_taken_back() {
    let desktop = Desktop::start(Theme::Light).unwrap();
    let home = Home::broken().unwrap();
    let before = home.config().unwrap();
    let window = Window::open(&desktop, home.path()).await.unwrap();

    window.press("team-notes").await.unwrap();
    window.read("Failing").await.unwrap();
    window.read("What will change").await.unwrap();
    window.read("${").await.unwrap();
    assert!(!window.see("body").await.unwrap().contains("demo-token"), "no secret is on the screen");
    assert_eq!(home.config().unwrap(), before, "showing writes nothing");

    window.press("Fix").await.unwrap();
    assert_eq!(home.config().unwrap(), before, "asking writes nothing");
    window.press("Change ").await.unwrap();
    window.read("Fixed.").await.unwrap();
    let after = home.config().unwrap();
    assert_ne!(after, before);

    window.press("Undo").await.unwrap();
    window.read("What undo will change").await.unwrap();
    assert_eq!(home.config().unwrap(), after);
    window.press("Put ").await.unwrap();
    window.read("What will change").await.unwrap();
    assert_eq!(home.config().unwrap(), before, "to the byte");
    window.close().await.unwrap();
}

#[tokio::test]
async fn who_is_new_is_told_first_what_was_found_and_only_once() {
    let desktop = Desktop::start(Theme::Light).unwrap();
    let home = Home::of_somebody_new().unwrap();
    home.keep_sign_in().unwrap();
    let (config, sign_ins) = (home.config().unwrap(), home.sign_in_files().unwrap());
    let window = Window::open(&desktop, home.path()).await.unwrap();
    window.is_at("#/welcome").await.unwrap();
    window.read("team-notes").await.unwrap();
    window.read("Nothing was changed").await.unwrap();
    assert!(!window.see("body").await.unwrap().contains("demo-token"), "no secret is on the screen");
    assert_eq!((home.config().unwrap(), home.sign_in_files().unwrap()), (config, sign_ins));
    assert!(!home.has_seen_first_run().unwrap(), "looking is no way out yet");

    window.press("See what is wrong").await.unwrap();
    window.read("Needs you").await.unwrap();
    let end = Instant::now() + Duration::from_secs(30);
    while !home.has_seen_first_run().unwrap() {
        assert!(Instant::now() < end, "it would be shown again");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    window.close().await.unwrap();

    let window = Window::open(&desktop, home.path()).await.unwrap();
    window.read("Needs you").await.unwrap();
    window.is_at("").await.unwrap();
    window.close().await.unwrap();
}

#[tokio::test]
async fn a_line_in_a_log_changes_the_state_on_the_screen() {
    let desktop = Desktop::start(Theme::Light).unwrap();
    let home = Home::broken().unwrap();
    let window = Window::open(&desktop, home.path()).await.unwrap();
    window.press("files").await.unwrap();
    window.read("Connected").await.unwrap();
    home.log(
        "files",
        "Server transport closed unexpectedly, this is likely due to the process exiting early.",
    )
    .unwrap();
    let start = Instant::now();
    window.read("Ended by itself").await.unwrap();
    println!("from the file to the screen {:?}", start.elapsed());
    window.close().await.unwrap();
}
