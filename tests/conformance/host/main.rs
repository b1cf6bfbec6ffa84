//! The client that the official conformance suite tests: an MCP host of our own with `mcp-bridge` behind it.
//!
//! The suite starts it with a server's URL as its last argument and names the scenario in the environment. It ends with
//! status 0 if the scenario went as a host would expect; what the wire must look like is judged by the suite.
#![expect(clippy::disallowed_methods, reason = "throwaway files in a throwaway home")]

mod browser;
mod client;
mod profile;
mod scenarios;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use self::client::{Age, Client};
use self::profile::Profile;

fn main() -> Result<()> {
    let url = std::env::args().next_back().context("the suite gives the server's URL")?;
    if browser::is_wanted() {
        return browser::visit(&url);
    }
    let scenario = variable("MCP_CONFORMANCE_SCENARIO")?;
    let context: Value = match std::env::var("MCP_CONFORMANCE_CONTEXT") {
        Ok(text) => serde_json::from_str(&text).context("the scenario's context is JSON")?,
        Err(_) => Value::Null,
    };
    let age = match variable("CONFORMANCE_HOST")?.as_str() {
        "legacy" => Age::Legacy,
        "modern" => Age::Modern,
        other => bail!("there is no host of the age {other}"),
    };
    let home = tempfile::tempdir().context("a throwaway home")?;
    let profile = Profile::read(variable("CONFORMANCE_PROFILE")?.as_ref())?;
    let mut bridge =
        profile.command(&variable("CONFORMANCE_BRIDGE")?, &scenario, &url, &context, home.path())?;
    browser::give_to(&mut bridge, home.path())?;
    let mut client = Client::connect(bridge, age)?;
    scenarios::play(&scenario, &context, &mut client)?;
    client.close()
}

fn variable(name: &str) -> Result<String> {
    std::env::var(name).with_context(|| format!("{name} is not set"))
}
