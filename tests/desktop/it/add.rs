//! A server that is added and signed in to in the real window.

use bridgekeeper_desktop_tests::desktop::{Desktop, Theme};
use bridgekeeper_desktop_tests::home::Home;
use bridgekeeper_desktop_tests::tray::{Item, Tray};
use bridgekeeper_desktop_tests::window::Window;
use bridgekeeper_testkit::oauth::{OAuthServer, Options, browser};

#[tokio::test]
async fn a_sign_in_is_begun_from_the_tray_and_followed_in_the_window() {
    let server = OAuthServer::start(Options::default()).unwrap();
    let desktop = Desktop::start_with_keyring(Theme::Light).unwrap();
    let tray = Tray::start(desktop.bus()).unwrap();
    let home = Home::broken().unwrap();
    home.add_guarded("guarded", &server.url()).unwrap();
    let before = home.config().unwrap();
    let window = Window::open(&desktop, home.path()).await.unwrap();
    let item = tray.next_item().unwrap();
    let begins = "Sign in to guarded…";
    item.until(Item::menu, |menu| menu.iter().any(|line| line.text == begins)).unwrap();
    assert_eq!(server.counts().authorizations, 0, "nobody is sent anywhere before they ask");

    item.click(begins).unwrap();
    let invitation = desktop.opened().unwrap();
    window.until("return location.hash.startsWith('#/sign-ins/')", true).await.unwrap();
    assert!(browser::open(&invitation).unwrap().text.contains("You are signed in"));
    window.read("Signed in. Every bridge of this server uses it.").await.unwrap();
    assert_eq!(server.counts().exchanges, 1);
    assert_eq!(home.config().unwrap(), before, "a sign-in changes no config");
    window.close().await.unwrap();
}

#[tokio::test]
async fn a_server_is_added_by_its_address_and_signed_in_to() {
    let server = OAuthServer::start(Options::default()).unwrap();
    let desktop = Desktop::start_with_keyring(Theme::Light).unwrap();
    let home = Home::broken().unwrap();
    let before = home.config().unwrap();
    let window = Window::open(&desktop, home.path()).await.unwrap();

    window.press("Add server").await.unwrap();
    window.write("#pasted", &server.url()).await.unwrap();
    window.read("Who can connect").await.unwrap();
    window.see("section[aria-label] table").await.unwrap();
    let name = window.client().execute("return document.querySelector('#name').value", vec![]).await.unwrap();
    let name = name.as_str().unwrap();
    assert!(!name.is_empty());
    window.press("Show what will change").await.unwrap();
    window.read("What will change").await.unwrap();
    assert_eq!(home.config().unwrap(), before, "asking and showing write nothing");
    window.press("Change ").await.unwrap();
    window.read(&format!("{name} was added.")).await.unwrap();
    let config: serde_json::Value = serde_json::from_str(&home.config().unwrap()).unwrap();
    assert_eq!(config["mcpServers"][name]["args"][0], server.url());
    assert_eq!(server.counts().authorizations, 0, "nobody was asked to sign in yet");

    window.go("#/sign-ins").await.unwrap();
    window.press(name).await.unwrap();
    window.press("Sign in").await.unwrap();
    let invitation = desktop.opened().unwrap();
    assert!(browser::open(&invitation).unwrap().text.contains("You are signed in"));
    window.read("Signed in. Every bridge of this server uses it.").await.unwrap();
    window.read("The token is good, and is renewed by itself.").await.unwrap();
    assert_eq!(server.counts().exchanges, 1);
    window.close().await.unwrap();
}
