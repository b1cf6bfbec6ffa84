//! The order that the handshake demands: nothing but its own messages before it is done.
//!
//! Hosts that write `initialize`, `notifications/initialized` and the first request in one go are common. Over HTTP
//! each is its own exchange, and the later one could arrive first.

use std::cell::Cell;
use std::rc::Rc;

use tokio::sync::Notify;

/// How many messages of each kind are on their way.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    initialize: Cell<usize>,
    initialized: Cell<usize>,
    others: Cell<usize>,
    changed: Notify,
}

/// Messages that others wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The request `initialize`, until its answer has arrived.
    Initialize,
    /// The notification `notifications/initialized`, until the server has taken it.
    Initialized,
    /// Any other message that gets no answer, until the server has taken it. Only the end waits for these.
    Other,
}

/// A message that is on its way for as long as this lives.
#[derive(Debug)]
pub(crate) struct OnItsWay {
    gate: Rc<Gate>,
    part: Part,
}

impl Gate {
    /// A message of this part was read.
    pub(crate) fn enter(self: &Rc<Self>, part: Part) -> OnItsWay {
        let count = self.count(part);
        count.set(count.get() + 1);
        OnItsWay { gate: Rc::clone(self), part }
    }

    const fn count(&self, part: Part) -> &Cell<usize> {
        match part {
            Part::Initialize => &self.initialize,
            Part::Initialized => &self.initialized,
            Part::Other => &self.others,
        }
    }

    /// Waits until `initialize` is answered.
    pub(crate) async fn answered(&self) {
        self.wait(|| self.initialize.get() == 0).await;
    }

    /// Waits until the handshake is complete.
    pub(crate) async fn open(&self) {
        self.wait(|| self.initialize.get() == 0 && self.initialized.get() == 0).await;
    }

    /// Waits until the server has taken every message that gets no answer.
    pub(crate) async fn quiet(&self) {
        self.wait(|| self.initialized.get() == 0 && self.others.get() == 0).await;
    }

    async fn wait(&self, done: impl Fn() -> bool) {
        loop {
            let changed = self.changed.notified();
            if done() {
                return;
            }
            changed.await;
        }
    }
}

impl Drop for OnItsWay {
    fn drop(&mut self) {
        let count = self.gate.count(self.part);
        count.set(count.get() - 1);
        self.gate.changed.notify_waiters();
    }
}
