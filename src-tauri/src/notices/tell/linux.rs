//! The freedesktop.org notifications, over the session bus (Desktop Notifications Specification 1.3).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::debug;
use zbus::blocking::{Connection, Proxy};
use zbus::zvariant::Value;

use super::Notice;
use crate::address::Address;

const SERVICE: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
/// The action that stands for a click on the notification itself.
const CLICK: &str = "default";

/// The desktop's notifications; connected with the first one.
#[derive(Default)]
pub(super) struct Notifications(Mutex<Option<Connected>>);

struct Connected {
    bus: Connection,
    /// What a click on each opens, while it is there.
    shown: Arc<Mutex<HashMap<u32, Address>>>,
}

impl Notifications {
    pub(super) fn show(
        &self,
        _identifier: &str,
        notice: Notice,
        click: &str,
        open: impl Fn(&Address) + Send + 'static,
    ) -> Result<(), String> {
        let mut connected = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let connected = match &mut *connected {
            Some(connected) => connected,
            none => none.insert(Connected::new(open).map_err(|cause| cause.to_string())?),
        };
        connected.show(notice, click).map_err(|cause| cause.to_string())
    }
}

impl Connected {
    fn new(open: impl Fn(&Address) + Send + 'static) -> zbus::Result<Self> {
        let bus = Connection::session()?;
        let shown = Arc::default();
        let signals = Proxy::new(&bus, SERVICE, PATH, SERVICE)?.receive_all_signals()?;
        let clicked = Arc::clone(&shown);
        // Sleeps on the bus
        std::thread::spawn(move || {
            for signal in signals {
                if let Err(cause) = hear(&signal, &clicked, &open) {
                    debug!(%cause, "a signal of the notifications was of another shape");
                }
            }
        });
        Ok(Self { bus, shown })
    }

    fn show(&self, notice: Notice, click: &str) -> zbus::Result<()> {
        let server = Proxy::new(&self.bus, SERVICE, PATH, SERVICE)?;
        let can: Vec<String> = server.call("GetCapabilities", &())?;
        let can = |what: &str| can.iter().any(|one| one == what);
        let body = if can("body-markup") { escaped(&notice.body) } else { notice.body };
        let actions = if can("actions") { vec![CLICK, click] } else { vec![] };
        let hints = HashMap::from([("desktop-entry", Value::from("Bridgekeeper"))]);
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let asked =
            ("Bridgekeeper", 0_u32, "bridgekeeper-desktop", &notice.title, &body, actions, hints, -1_i32);
        let id: u32 = server.call("Notify", &asked)?;
        shown.insert(id, notice.address);
        Ok(())
    }
}

fn hear(
    signal: &zbus::Message,
    shown: &Mutex<HashMap<u32, Address>>,
    open: &impl Fn(&Address),
) -> zbus::Result<()> {
    let shown = || shown.lock().unwrap_or_else(PoisonError::into_inner);
    match signal.header().member().map(zbus::names::MemberName::as_str) {
        Some("ActionInvoked") => {
            let (id, action): (u32, String) = signal.body().deserialize()?;
            let address = shown().get(&id).cloned();
            if let Some(address) = address.filter(|_| action == CLICK) {
                open(&address);
            }
        }
        Some("NotificationClosed") => {
            let (id, _): (u32, u32) = signal.body().deserialize()?;
            shown().remove(&id);
        }
        _ => {}
    }
    Ok(())
}

/// Text as the body's markup shows it unchanged.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_markup() {
        assert_eq!(escaped("<b>a & b</b>"), "&lt;b&gt;a &amp; b&lt;/b&gt;");
    }
}
