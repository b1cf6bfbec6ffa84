use std::ops::RangeInclusive;

/// How many ports are tried from the first one on, as mcp-remote does.
const NEIGHBOURS: u16 = 8;

/// Which ports may take the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ports {
    /// The first one to try.
    pub first: u16,
    /// What to do where it is taken.
    pub choice: PortChoice,
    /// Ranges that the system keeps for itself (Windows, `netsh int ipv4 show excludedportrange`).
    pub excluded: Vec<RangeInclusive<u16>>,
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
    /// The ports in the order in which they are tried. 0 lets the system choose.
    pub(super) fn candidates(&self) -> Vec<u16> {
        if self.choice == PortChoice::Exactly {
            return vec![self.first];
        }
        let near = (0..NEIGHBOURS).filter_map(|step| self.first.checked_add(step));
        let allowed = near.filter(|port| !self.excluded.iter().any(|range| range.contains(port)));
        allowed.chain([0]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excluded_ports_are_skipped_unless_agreed_on() {
        let ports = Ports { first: 5000, choice: PortChoice::Near, excluded: vec![5001..=5005, 1..=2] };
        assert_eq!(ports.candidates(), [5000, 5006, 5007, 0]);
        assert_eq!(Ports { choice: PortChoice::Exactly, first: 5001, ..ports }.candidates(), [5001]);
        let last = Ports { first: u16::MAX, choice: PortChoice::Near, excluded: vec![] };
        assert_eq!(last.candidates(), [u16::MAX, 0]);
    }
}
