//! What the library does not reach for by itself: time, chance and the browser.

use std::fmt;
use std::io;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bridgekeeper_net::Url;
use jiff::Timestamp;
use ring::rand::{SecureRandom, SystemRandom};

use crate::Error;

/// Bytes in a `state`, a code verifier or an id: as many as a SHA-256 has, more than anybody can guess.
const ENTROPY: usize = 32;

/// Gives random bytes, or says that there are none.
pub type Random = dyn Fn(&mut [u8]) -> Result<(), Error> + Send + Sync;

/// Shows an address to the person. It has been checked: https, or http to this machine.
pub trait Browser: Send + Sync {
    /// Opens it. May take some time; is called where that does not matter.
    fn open(&self, url: &Url) -> io::Result<()>;
}

/// Time, chance and the browser, as they were handed in.
#[derive(Clone)]
pub struct Surroundings {
    /// What time it is.
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Where random bytes come from.
    pub random: Arc<Random>,
    /// Who shows the sign-in page.
    pub browser: Arc<dyn Browser>,
}

impl Surroundings {
    /// This machine's clock and random numbers, and this browser.
    pub fn of_this_machine(browser: Arc<dyn Browser>) -> Self {
        let random = SystemRandom::new();
        Self {
            now: Arc::new(Timestamp::now),
            random: Arc::new(move |bytes| random.fill(bytes).map_err(|_| Error::NoRandom)),
            browser,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// 43 characters that nobody can guess (RFC 7636 §4.1, RFC 6749 §10.10).
    pub(crate) fn unguessable(&self) -> Result<String, Error> {
        let mut bytes = [0; ENTROPY];
        (self.random)(&mut bytes)?;
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Surroundings").finish_non_exhaustive()
    }
}

/// The browser that the system opens addresses with. It is started as a program of its own, never through a shell, and
/// its output goes nowhere.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemBrowser;

impl Browser for SystemBrowser {
    fn open(&self, url: &Url) -> io::Result<()> {
        open::that_detached(url.as_str())
    }
}
