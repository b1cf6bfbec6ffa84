use bridgekeeper_model::Severity;

use crate::rule::{Detect, MachineView, Trouble};

crate::rule! {
    /// Windows keeps the port on which an entry's bridge waits for the browser to itself.
    ///
    /// ## Why it matters
    ///
    /// Hyper-V, WSL and Docker reserve whole ranges of ports, other ones after each start of the computer. A
    /// program that wants such a port is told `EACCES`, though nobody listens there.
    ///
    /// ## What to do
    ///
    /// Give the entry a port outside the ranges. `netsh interface ipv4 show excludedportrange protocol=tcp` lists
    /// them. A new port may mean that you sign in again.
    ///
    /// ## Examples
    ///
    /// ```facts,finds,windows
    /// {"ports": [{"server": "docs", "port": 3334}], "reserved_ports": [{"first": 3300, "last": 3399}]}
    /// ```
    ///
    /// ```facts,finds,windows
    /// {"ports": [{"server": "docs", "port": 50000}], "reserved_ports": [{"first": 80, "last": 80}, {"first": 50000, "last": 50059}]}
    /// ```
    ///
    /// ```facts,silent,windows
    /// {"ports": [{"server": "docs", "port": 3400}], "reserved_ports": [{"first": 3300, "last": 3399}]}
    /// ```
    pub(super) static CALLBACK_PORT_RESERVED = {
        id: "callback-port-reserved",
        severity: Severity::Error,
        message: "`{server}`: Windows keeps its callback port {port} to itself, with all ports from {first} to {last}.",
        hides: &[],
        fixes: &["callback-ports"],
        detect: Detect::Machine { troubles },
    };
}

fn troubles(view: &MachineView<'_>) -> Vec<Trouble> {
    let reserved = |port: u16| view.machine.reserved_ports.iter().find(|range| range.holds(port));
    let ports = view.machine.ports.iter();
    ports
        .filter_map(|port| {
            let range = reserved(port.port)?;
            let trouble = Trouble::of(&port.server)
                .with("port", port.port.to_string())
                .with("first", range.first.to_string())
                .with("last", range.last.to_string());
            Some(trouble.same_as("port-in-use"))
        })
        .collect()
}
