//! The toasts of Windows. They name the app by the id that its installer gives to the start menu's shortcut.

use tauri_winrt_notification::Toast;

use super::Notice;
use crate::address::Address;

/// Windows' toasts.
#[derive(Default)]
pub(super) struct Notifications;

impl Notifications {
    #[expect(clippy::unused_self, reason = "the shape is the one of Linux, which keeps a connection")]
    pub(super) fn show(
        &self,
        identifier: &str,
        notice: Notice,
        _click: &str,
        open: impl Fn(&Address) + Send + 'static,
    ) -> Result<(), String> {
        let Notice { title, body, address } = notice;
        let toast = Toast::new(identifier).title(&title).text1(&body).on_activated(move |_| {
            open(&address);
            Ok(())
        });
        toast.show().map_err(|cause| cause.to_string())
    }
}
