//! A server asked from outside, with the network of this machine as the bridge will find it.

use std::io;
use std::path::PathBuf;
use std::time::SystemTime;

use bridgekeeper_doctor::remedies;
use bridgekeeper_model::Fix;
use bridgekeeper_net::header::{HeaderMap, HeaderName, HeaderValue, InvalidHeaderName, InvalidHeaderValue};
use bridgekeeper_net::{Client, NetOptions, Proxies, Trust};
use bridgekeeper_probe::{Settings, Target, TargetError, probe as ask};

pub use bridgekeeper_probe::{Cause, Progress, Report, Stage, StageReport, Status, Who};

/// Why nobody was asked.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The text is no address of a server.
    #[error("this is no address of a server")]
    Target(#[from] TargetError),
    /// A header has no name that HTTP allows.
    #[error("a header is written NAME:VALUE, and its name has letters, digits and hyphens")]
    HeaderName(#[source] InvalidHeaderName),
    /// A header's value cannot be sent. It may be a secret and is not shown.
    #[error("the value of the header `{name}` holds characters that cannot be sent")]
    HeaderValue {
        /// The header's name.
        name: String,
        /// What HTTP says of it.
        source: InvalidHeaderValue,
    },
    /// The system gave no means to wait for sockets.
    #[error("could not begin")]
    Runtime(#[source] io::Error),
}

/// Asks the server at `url` stage by stage and waits for the end. The headers go to its origin alone. `variable` reads
/// the environment: proxies, and `NODE_EXTRA_CA_CERTS` as the bridge reads it. Where it names no proxy, the system's
/// settings do, as for the bridge.
pub fn probe(
    url: &str,
    headers: &[(String, String)],
    variable: impl Fn(&str) -> Option<String>,
    now: SystemTime,
    observe: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Report, ProbeError> {
    let target = Target::new(url, header_map(headers)?)?;
    let authorities = variable("NODE_EXTRA_CA_CERTS").map(PathBuf::from).filter(|path| path.exists());
    let client = Client::new(NetOptions {
        trust: Trust::System(authorities.into_iter().collect()),
        proxies: Proxies::from_env(&variable).or_of_system(target.url()),
        ..NetOptions::default()
    });
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(ProbeError::Runtime)?;
    let mut report = runtime.block_on(ask(&client, &target, Settings::at(now), observe));
    // A name that is still being looked up would be waited for otherwise.
    runtime.shutdown_background();
    for finding in report.stages.iter_mut().flat_map(|stage| &mut stage.findings) {
        finding.fixes = Cause::ALL
            .iter()
            .find(|cause| cause.id == finding.id)
            .map_or_else(Vec::new, |cause| fixes(cause));
    }
    Ok(report)
}

/// What mends a cause, in the words that every finding uses.
pub(crate) fn fixes(cause: &Cause) -> Vec<Fix> {
    cause.fixes.iter().filter_map(|id| remedies::describe(id)).collect()
}

fn header_map(headers: &[(String, String)]) -> Result<HeaderMap, ProbeError> {
    headers
        .iter()
        .map(|(name, value)| {
            let mut sent = HeaderValue::from_str(value)
                .map_err(|source| ProbeError::HeaderValue { name: name.clone(), source })?;
            sent.set_sensitive(true);
            Ok((HeaderName::try_from(name).map_err(ProbeError::HeaderName)?, sent))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use bridgekeeper_testkit::mcp::{McpServer, Options};

    use super::*;

    #[test]
    fn a_variable_that_names_no_file_stops_nothing() {
        let server = McpServer::start(Options::default()).unwrap();
        let gone = format!("{}/gone.pem", env!("CARGO_MANIFEST_DIR"));
        let variable = |name: &str| (name == "NODE_EXTRA_CA_CERTS").then(|| gone.clone());
        let report = probe(&server.url(), &[], variable, SystemTime::now(), &mut |_| {}).unwrap();
        assert!(report.stages.iter().all(|stage| stage.findings.is_empty()), "{:?}", report.stages);
    }

    #[test]
    fn what_mends_a_cause_is_known_by_its_id() {
        for cause in Cause::ALL {
            assert_eq!(fixes(cause).len(), cause.fixes.len(), "{}: {:?}", cause.id, cause.fixes);
        }
    }
}
