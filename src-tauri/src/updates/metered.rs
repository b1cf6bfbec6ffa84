//! Whether the network costs money, as far as the system says so at once.

/// `None` where nobody knows. macOS tells it only to whoever listens all the time, so it is not asked.
pub(super) fn is_metered() -> Option<bool> {
    system::is_metered()
}

#[cfg(target_os = "linux")]
mod system {
    use zbus::blocking::{Connection, Proxy};

    const MANAGER: &str = "org.freedesktop.NetworkManager";
    const PATH: &str = "/org/freedesktop/NetworkManager";
    /// `NMMetered`: said to be, and guessed to be.
    const METERED: [u32; 2] = [1, 3];

    pub(super) fn is_metered() -> Option<bool> {
        let manager = Proxy::new(&Connection::system().ok()?, MANAGER, PATH, MANAGER).ok()?;
        let metered: u32 = manager.get_property("Metered").ok()?;
        // 0 is unknown
        (metered != 0).then(|| METERED.contains(&metered))
    }
}

#[cfg(windows)]
mod system {
    use windows::Networking::Connectivity::{NetworkCostType, NetworkInformation};

    pub(super) fn is_metered() -> Option<bool> {
        let profile = NetworkInformation::GetInternetConnectionProfile().ok()?;
        let cost = profile.GetConnectionCost().ok()?.NetworkCostType().ok()?;
        Some(cost == NetworkCostType::Fixed || cost == NetworkCostType::Variable)
    }
}

#[cfg(target_os = "macos")]
mod system {
    pub(super) fn is_metered() -> Option<bool> {
        None
    }
}
