//! Whether the way to the server has changed: another network, a VPN, a cable.
//!
//! A connection that was made on the way before may be dead without knowing it. What systems tell of their networks is
//! different on each, and most of it is about others. Where this machine would send from to reach the server tells what
//! matters, alike everywhere; to ask for it sends nothing.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bridgekeeper_net::Ends;
use tokio::time::sleep;

/// How often it is asked for.
const LOOK: Duration = Duration::from_secs(3);

/// The way to a server.
#[derive(Debug)]
pub(crate) struct Way<S> {
    source: S,
    /// The connection that was looked at last, and from where its peer was reached then.
    known: Option<(Ends, Option<IpAddr>)>,
}

impl<S: Fn(SocketAddr) -> Option<IpAddr>> Way<S> {
    /// `source` is where this machine would send from to a peer.
    pub(crate) const fn new(source: S) -> Self {
        Self { source, known: None }
    }

    /// Waits until the peer is reached from another address than its connection has, or no more, or again. A server
    /// on this machine is always reached alike.
    pub(crate) async fn changed(&mut self, connection: impl Fn() -> Option<Ends>) {
        loop {
            sleep(LOOK).await;
            let Some(ends) = connection().filter(|ends| !ends.peer.ip().is_loopback()) else { continue };
            let before = self.known.filter(|known| known.0 == ends).map_or(Some(ends.local), |known| known.1);
            let now = (self.source)(ends.peer);
            self.known = Some((ends, now));
            if now != before {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::collections::VecDeque;

    use super::*;

    const HOME: &str = "192.168.1.5";
    const CAFE: &str = "10.0.0.7";
    const SERVER: &str = "203.0.113.1:443";

    /// After which looks a change is noticed. Each look finds a connection between two ends, and where this machine
    /// would send from.
    fn noticed(looks: &[(&str, &str, Option<&str>)]) -> Vec<usize> {
        let address = |text: &str| text.parse().expect("an address");
        let sources: VecDeque<_> = looks.iter().map(|(_, _, source)| source.map(address)).collect();
        let (sources, count) = (RefCell::new(sources), Cell::new(0));
        let mut way = Way::new(|_| sources.borrow_mut().pop_front().expect("one for each look"));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.expect("a runtime").block_on(async {
            let mut found = Vec::new();
            let every_change = async {
                loop {
                    way.changed(|| {
                        let (local, peer, _) = looks[count.replace(count.get() + 1)];
                        Some(Ends { local: address(local), peer: peer.parse().expect("an address") })
                    })
                    .await;
                    found.push(count.get());
                }
            };
            let all = LOOK * u32::try_from(looks.len()).expect("few") + LOOK / 2;
            let _ = tokio::time::timeout(all, every_change).await;
            found
        })
    }

    #[test]
    fn another_source_is_another_network() {
        let at_home = (HOME, SERVER, Some(HOME));
        assert_eq!(noticed(&[at_home; 3]), [0; 0]);
        let gone = (HOME, SERVER, None);
        let moved = (HOME, SERVER, Some(CAFE));
        assert_eq!(noticed(&[at_home, gone, gone, moved, moved]), [2, 4]);
        assert_eq!(noticed(&[moved]), [1], "between two looks");
    }

    #[test]
    fn a_new_connection_is_no_change_and_neither_is_this_machine() {
        let (moved, anew) = ((HOME, SERVER, Some(CAFE)), (CAFE, SERVER, Some(CAFE)));
        assert_eq!(noticed(&[moved, anew, anew]), [1]);
        assert_eq!(noticed(&[("127.0.0.1", "127.0.0.1:80", None); 3]), [0; 0]);
    }

    #[test]
    fn what_is_never_as_it_should_be_is_noticed_once() {
        assert_eq!(noticed(&[(HOME, SERVER, Some(CAFE)); 4]), [1]);
    }
}
