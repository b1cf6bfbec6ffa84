/// How many ports are tried from the first one on, as mcp-remote does.
const NEIGHBOURS: u16 = 8;
/// How far apart the next ones are. Windows keeps ranges of 100 ports and more to itself, often several side by side.
const LEAP: u16 = 1_009;
/// How many of those are tried.
const LEAPS: u16 = 8;
/// Below this one ports have owners; from the other one on the system hands them out to whoever asks.
const OURS: std::ops::Range<u16> = 1_024..49_152;

/// Which ports may take the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ports {
    /// The first one to try.
    pub first: u16,
    /// What to do where it is taken.
    pub choice: PortChoice,
}

/// What to do where a port is taken, or kept by the system for something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortChoice {
    /// Nothing: somebody agreed on this very port.
    Exactly,
    /// Try those after it, then others that are always the same, then let the system choose.
    Near,
}

impl Ports {
    /// The ports in the order in which they are tried. 0 lets the system choose.
    pub(super) fn candidates(&self) -> Vec<u16> {
        if self.choice == PortChoice::Exactly || self.first == 0 {
            return vec![self.first];
        }
        let near = (0..NEIGHBOURS).filter_map(|step| self.first.checked_add(step));
        let far = (1..=LEAPS).map(|leap| {
            let span = u32::from(OURS.end - OURS.start);
            let from = u32::from(self.first.max(OURS.start) - OURS.start);
            let leapt = (from + u32::from(leap) * u32::from(LEAP)) % span;
            OURS.start + u16::try_from(leapt).unwrap_or(0)
        });
        near.chain(far).chain([0]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_that_the_system_keeps_is_left_behind_in_the_same_way_each_time() {
        let ports = Ports { first: 5000, choice: PortChoice::Near };
        let candidates = ports.candidates();
        assert_eq!(candidates[..10], [5000, 5001, 5002, 5003, 5004, 5005, 5006, 5007, 6009, 7018]);
        assert_eq!((candidates.len(), candidates.last()), (17, Some(&0)));
        for first in [1, 1024, 3335, 49_150, u16::MAX] {
            let candidates = Ports { first, ..ports.clone() }.candidates();
            let far = candidates.iter().rev().skip(1).take(usize::from(LEAPS));
            assert!(far.clone().all(|port| OURS.contains(port)), "{candidates:?}");
            assert!(far.clone().all(|port| port.abs_diff(first) > 500), "{candidates:?}");
        }
        assert_eq!(Ports { choice: PortChoice::Exactly, ..ports.clone() }.candidates(), [5000]);
        assert_eq!(Ports { first: 0, ..ports }.candidates(), [0]);
    }
}
