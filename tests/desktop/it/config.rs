//! The config edited in the real window: in the form, seen in the JSON, saved to the byte, taken back.

use bridgekeeper_desktop_tests::desktop::{Desktop, Theme};
use bridgekeeper_desktop_tests::home::Home;
use bridgekeeper_desktop_tests::window::Window;
use fantoccini::Locator;
use serde_json::json;

/// What the JSON says. It lives in a shadow root, which the page's own text leaves out.
const JSON: &str = "document.querySelector('[data-editor]')?.shadowRoot?.querySelector('.cm-content')\
                    ?.textContent ?? ''";

/// Waits until the JSON says this.
async fn json_says(window: &Window, words: &str) {
    window.until(&format!("return ({JSON}).includes({})", json!(words)), true).await.unwrap();
}

#[tokio::test]
async fn an_argument_is_changed_in_the_form_saved_and_taken_back() {
    let desktop = Desktop::start(Theme::Light).unwrap();
    let home = Home::broken().unwrap();
    let before = home.config().unwrap();
    assert!(before.contains("demo-token"));
    let window = Window::open(&desktop, home.path()).await.unwrap();
    window.go("#/config/files").await.unwrap();
    json_says(&window, "server-filesystem").await;

    let styled = "const root = document.querySelector('[data-editor]').shadowRoot; \
                  return getComputedStyle(root.querySelector('.cm-scroller')).display";
    let display = window.client().execute(styled, vec![]).await.unwrap();
    assert_eq!(display, json!("flex"), "the Content-Security-Policy lets the editor's style sheets in");
    let page = window.client().source().await.unwrap();
    let text = window.client().execute(&format!("return {JSON}"), vec![]).await.unwrap().to_string();
    assert!(!page.contains("demo-token") && !text.contains("demo-token"), "no secret is in the page");

    let argument = Locator::XPath("//label[normalize-space(span)='Argument 3']/input");
    let field = window.client().wait().for_element(argument).await.unwrap();
    field.clear().await.unwrap();
    field.send_keys("D:/Work").await.unwrap();
    json_says(&window, "D:/Work").await;
    assert_eq!(home.config().unwrap(), before, "editing writes nothing");

    window.press("Review and save").await.unwrap();
    window.read("What will change in").await.unwrap();
    assert_eq!(home.config().unwrap(), before, "looking writes nothing");
    window.press("Save 1 line").await.unwrap();
    window.read("Saved.").await.unwrap();
    assert_eq!(home.config().unwrap(), before.replace("C:\\\\Users\\\\ada\\\\Documents", "D:/Work"));

    window.press("Take back").await.unwrap();
    window.press("Put ").await.unwrap();
    json_says(&window, "Documents").await;
    assert_eq!(home.config().unwrap(), before, "to the byte");
    window.close().await.unwrap();
}
