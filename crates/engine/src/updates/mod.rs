//! Newer releases of Bridgekeeper: fetched from a server that is not believed, and kept until they are installed.
//!
//! Deliberately absent: signatures, versions and the installing, which are the host's; and any request that nobody asked
//! for. The console never looks for a release.

mod download;
mod kept;

pub use download::{Download, DownloadError, Received};
pub use kept::{Kept, KeptUpdate};
