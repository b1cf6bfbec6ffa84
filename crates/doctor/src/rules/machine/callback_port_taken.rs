use bridgekeeper_model::Severity;

use crate::rule::{Detect, MachineView, Trouble};

crate::rule! {
    /// Another program holds the port on which an entry's bridge waits for the browser.
    ///
    /// ## Why it matters
    ///
    /// After the sign-in the browser comes back to this port. An old bridge ends when it cannot listen there, and a
    /// newer one takes another port, which the server may not accept.
    ///
    /// ## What to do
    ///
    /// End the other program, or give the entry a port that is free. A new port may mean that you sign in again.
    ///
    /// ## Examples
    ///
    /// ```facts,finds,linux
    /// {"ports": [{"server": "docs", "port": 3334, "holder": "`python3` (process 812)"}]}
    /// ```
    ///
    /// ```facts,finds,windows
    /// {"ports": [{"server": "docs", "port": 24891, "holder": "another program"}]}
    /// ```
    ///
    /// ```facts,silent,linux
    /// {"ports": [{"server": "docs", "port": 3334}]}
    /// ```
    pub(super) static CALLBACK_PORT_TAKEN = {
        id: "callback-port-taken",
        severity: Severity::Warning,
        message: "`{server}`: its callback port {port} is held by {holder}.",
        hides: &[],
        fixes: &["callback-ports", "end-other-copies"],
        detect: Detect::Machine { troubles },
    };
}

fn troubles(view: &MachineView<'_>) -> Vec<Trouble> {
    let held = view.machine.ports.iter().filter_map(|port| Some((port, port.holder.as_ref()?)));
    held.map(|(port, holder)| {
        Trouble::of(&port.server)
            .with("port", port.port.to_string())
            .with("holder", holder.clone())
            .same_as("port-in-use")
    })
    .collect()
}
