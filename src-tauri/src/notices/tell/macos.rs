//! The notifications of macOS. Each waits for its click on a thread of its own, because that is how its library tells.

use mac_notification_sys::{Notification, NotificationResponse, set_application};
use tracing::info;

use super::Notice;
use crate::address::Address;

/// macOS' notifications.
#[derive(Default)]
pub(super) struct Notifications;

impl Notifications {
    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "the shape is the one of Linux, which keeps a connection"
    )]
    pub(super) fn show(
        &self,
        identifier: &str,
        notice: Notice,
        _click: &str,
        open: impl Fn(&Address) + Send + 'static,
    ) -> Result<(), String> {
        // Only the first call counts; a program outside a bundle has no notifications of its own
        let _ = set_application(identifier);
        std::thread::spawn(move || {
            let mut notification = Notification::new();
            notification.title(&notice.title).message(&notice.body).wait_for_click(true);
            match notification.send() {
                Ok(NotificationResponse::Click | NotificationResponse::ActionButton(_)) => {
                    open(&notice.address);
                }
                Ok(_) => {}
                Err(cause) => info!(%cause, "no notification could be shown"),
            }
        });
        Ok(())
    }
}
