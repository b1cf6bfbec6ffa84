use std::io;

use crate::Error;

/// How many ports that somebody else has are passed over from the first one on, as mcp-remote does.
const NEIGHBOURS: usize = 8;
/// How many that the system keeps for itself: Windows reserves them in blocks of a hundred, and several in a row. It says
/// so when one is asked for, so that nobody needs its list.
const RESERVED: usize = 2_000;

/// Which ports may take the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ports {
    /// The first one to try; 0 lets the system choose.
    pub first: u16,
    /// What to do where it is taken.
    pub choice: PortChoice,
}

/// What to do where a port is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortChoice {
    /// Nothing: somebody agreed on this very port.
    Exactly,
    /// Try those after it, then let the system choose.
    Near,
}

impl Ports {
    /// Takes the first port that can be had.
    pub(super) fn first_free<T>(&self, bind: impl Fn(u16) -> io::Result<T>) -> Result<T, Error> {
        if self.choice == PortChoice::Exactly {
            let port = self.first;
            return bind(port).map_err(|source| Error::AgreedPort { port, source });
        }
        let (mut taken, mut reserved) = (0, 0);
        for port in self.first.max(1)..=u16::MAX {
            if self.first == 0 || taken == NEIGHBOURS || reserved == RESERVED {
                break;
            }
            match bind(port) {
                Ok(bound) => return Ok(bound),
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => reserved += 1,
                Err(_) => taken += 1,
            }
        }
        bind(0).map_err(Error::NoPort)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::ops::RangeInclusive;

    use super::*;

    /// The port that is got, and how many were tried.
    fn got(first: u16, taken: RangeInclusive<u16>, reserved: RangeInclusive<u16>) -> (u16, usize) {
        let tried = RefCell::new(Vec::new());
        let bind = |port| {
            tried.borrow_mut().push(port);
            match port {
                port if taken.contains(&port) => Err(io::ErrorKind::AddrInUse.into()),
                port if reserved.contains(&port) => Err(io::ErrorKind::PermissionDenied.into()),
                port => Ok(port),
            }
        };
        let port = Ports { first, choice: PortChoice::Near }.first_free(bind).unwrap();
        (port, tried.into_inner().len())
    }

    const NONE: RangeInclusive<u16> = 1..=1;

    #[test]
    fn the_next_port_that_can_be_had_is_taken() {
        assert_eq!(got(5000, NONE, NONE), (5000, 1));
        assert_eq!(got(0, NONE, NONE), (0, 1));
        // Past whole blocks that Windows keeps, to the same port each time.
        assert_eq!(got(5000, NONE, 4950..=5349), (5350, 351));
        assert_eq!(got(5000, 5001..=5003, 4000..=5000), (5004, 5));
        // A port of one's own is not looked for for ever.
        assert_eq!(got(5000, 5000..=60_000, NONE), (0, 9));
        assert_eq!(got(5000, NONE, 5000..=60_000), (0, 2_001));
        assert_eq!(got(u16::MAX, u16::MAX..=u16::MAX, NONE), (0, 2));
    }

    #[test]
    fn a_port_that_was_agreed_on_is_the_only_one_and_says_why_it_cannot_be_had() {
        let ports = Ports { first: 5000, choice: PortChoice::Exactly };
        for (kind, why) in [
            (io::ErrorKind::AddrInUse, "another program has it"),
            (io::ErrorKind::PermissionDenied, "the system reserves it"),
        ] {
            let tried = RefCell::new(0);
            let refused = ports.first_free(|_| -> io::Result<()> {
                *tried.borrow_mut() += 1;
                Err(kind.into())
            });
            let told = refused.unwrap_err().to_string();
            assert!(told.contains("port 5000") && told.contains(why), "{told}");
            assert_eq!(tried.into_inner(), 1);
        }
    }
}
