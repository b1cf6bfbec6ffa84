//! A desktop's notifications (Desktop Notifications Specification 1.3), for the app to show its own in and for a test to
//! click on.
#![expect(
    clippy::too_many_arguments,
    clippy::unused_self,
    clippy::used_underscore_binding,
    reason = "the shape of these functions is the protocol's"
)]

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use zbus::blocking::{Connection, connection};
use zbus::zvariant::OwnedValue;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
/// How long a notification is waited for; only a failing test waits that long.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server of notifications on a session bus.
#[derive(Debug)]
pub struct Notifications {
    bus: Connection,
    shown: Receiver<Shown>,
}

/// One that was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Its number.
    pub id: u32,
    /// Its first line.
    pub title: String,
    /// What stands below.
    pub body: String,
    /// What can be done with it: names and words in turn.
    pub actions: Vec<String>,
}

struct Server {
    shown: Mutex<(u32, Sender<Shown>)>,
}

impl Notifications {
    /// Puts them on that bus.
    pub fn start(bus: &str) -> Result<Self> {
        let (sender, shown) = channel();
        let server = Server { shown: Mutex::new((0, sender)) };
        let bus = connection::Builder::address(bus)?.serve_at(PATH, server)?.name(NAME)?.build()?;
        Ok(Self { bus, shown })
    }

    /// Waits for the next one.
    pub fn next(&self) -> Result<Shown> {
        self.shown.recv_timeout(PATIENCE).context("no notification came")
    }

    /// Whether no other one came.
    pub fn has_no_more(&self) -> bool {
        self.shown.try_recv().is_err()
    }

    /// Clicks on one.
    pub fn click(&self, shown: &Shown) -> Result<()> {
        Ok(self.bus.emit_signal(None::<&str>, PATH, NAME, "ActionInvoked", &(shown.id, "default"))?)
    }
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Server {
    fn get_capabilities(&self) -> Vec<String> {
        ["body", "actions"].map(str::to_owned).to_vec()
    }

    fn notify(
        &self,
        _app_name: &str,
        _replaces: u32,
        _icon: &str,
        summary: String,
        body: String,
        actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _expires: i32,
    ) -> u32 {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.0 += 1;
        let id = shown.0;
        // A test that ended listens no more
        let _ = shown.1.send(Shown { id, title: summary, body, actions });
        id
    }

    fn close_notification(&self, _id: u32) {}

    fn get_server_information(&self) -> (String, String, String, String) {
        let [name, vendor, version, specification] = ["stand-in", "tests", "1", "1.3"].map(str::to_owned);
        (name, vendor, version, specification)
    }
}
