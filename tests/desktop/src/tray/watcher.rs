//! What apps register their icons with.
#![expect(
    clippy::needless_pass_by_value,
    clippy::unused_self,
    clippy::used_underscore_binding,
    reason = "the shape of these functions is the protocol's"
)]

use std::sync::Mutex;
use std::sync::mpsc::Sender;

use zbus::message::Header;

/// Tells the bus name of each program that registers an icon.
pub(super) struct Watcher {
    registered: Mutex<Sender<String>>,
}

impl Watcher {
    pub(super) fn new(registered: Sender<String>) -> Self {
        Self { registered: Mutex::new(registered) }
    }
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, _service: &str, #[zbus(header)] header: Header<'_>) {
        if let (Some(sender), Ok(registered)) = (header.sender(), self.registered.lock()) {
            // A test that ended listens no more
            let _ = registered.send(sender.to_string());
        }
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        Vec::new()
    }
}
