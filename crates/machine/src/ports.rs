//! Ports that Windows keeps to itself, mostly for Hyper-V.

use bridgekeeper_model::machine::PortRange;

use crate::command::Command;
use crate::error::MachineError;
use crate::machine::Machine;

/// Asks Windows for its excluded TCP port ranges.
pub fn reserved_ports(machine: &dyn Machine) -> Result<Vec<PortRange>, MachineError> {
    let command = ["interface", "ipv4", "show", "excludedportrange", "protocol=tcp"];
    let output = machine.run(&Command::new("netsh", command))?.of_success("netsh")?;
    Ok(read_excluded_ranges(&output.text()))
}

/// Reads what `netsh interface ipv4 show excludedportrange protocol=tcp` prints. Its words are in the user's
/// language, so only lines of two numbers count.
pub fn read_excluded_ranges(text: &str) -> Vec<PortRange> {
    text.lines()
        .filter_map(|line| {
            // A star marks what an administrator excluded
            let mut words = line.split_whitespace().filter(|word| *word != "*");
            let (first, last) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
            (words.next().is_none() && first <= last).then_some(PortRange { first, last })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_in_any_language() {
        let english = "\r\nProtocol tcp Port Exclusion Ranges\r\n\r\nStart Port    End Port\r\n----------    --------\r\n      3300        3399\r\n     50000       50059     *\r\n\r\n* - Administered port exclusions.\r\n";
        let german = "\r\nProtokoll tcp-Portausschlussbereiche\r\n\r\nStartport   Endport\r\n----------  --------\r\n      3300        3399\r\n     50000       50059     *\r\n\r\n* - Verwaltete Portausschl\u{fffd}sse.\r\n";
        let expected = [PortRange { first: 3300, last: 3399 }, PortRange { first: 50000, last: 50059 }];
        assert_eq!(read_excluded_ranges(english), expected);
        assert_eq!(read_excluded_ranges(german), expected);
        assert!(expected[0].holds(3334) && !expected[0].holds(3400));
    }

    #[test]
    fn what_is_no_range_is_left_out() {
        assert_eq!(read_excluded_ranges(""), []);
        assert_eq!(read_excluded_ranges("9 3\n70000 70001\n1 2 3\nThe system cannot find the file"), []);
    }
}
