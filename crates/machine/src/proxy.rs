//! The proxy of the environment and of the system's settings.

use std::collections::BTreeMap;

use bridgekeeper_model::Os;

use crate::command::Command;
use crate::error::MachineError;
use crate::machine::Machine;

/// What the system's settings say. Credentials in an address are left as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SystemProxy {
    /// The proxy for HTTPS, as a URL.
    pub url: Option<String>,
    /// The address of a script that chooses one.
    pub script: Option<String>,
}

/// The proxy that the environment names for HTTPS. Linux and macOS read lower case first.
pub fn proxy_of_environment(environment: &BTreeMap<String, String>) -> Option<String> {
    let names = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "http_proxy", "HTTP_PROXY"];
    names.iter().find_map(|name| environment.get(*name)).filter(|value| !value.trim().is_empty()).cloned()
}

/// Asks the system for its settings. Linux has none that all desktops share; there the environment tells.
pub fn system_proxy(machine: &dyn Machine, os: Os) -> Result<SystemProxy, MachineError> {
    match os {
        Os::Windows => {
            let key = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings";
            let output = machine.run(&Command::new("reg", ["query", key]))?.of_success("reg")?;
            Ok(read_internet_settings(&output.text()))
        }
        Os::Macos => {
            let output = machine.run(&Command::new("/usr/sbin/scutil", ["--proxy"]))?.of_success("scutil")?;
            Ok(read_scutil(&output.text()))
        }
        Os::Linux => Ok(SystemProxy::default()),
    }
}

/// Reads what `reg query` prints of Windows' Internet Settings. Names and types are the same in every language.
pub fn read_internet_settings(text: &str) -> SystemProxy {
    let value = |name: &str| {
        text.lines().find_map(|line| {
            let (found, rest) = line.trim().split_once("    ")?;
            let (_, value) = rest.trim().split_once("    ")?;
            (found == name).then(|| value.trim().to_owned()).filter(|value| !value.is_empty())
        })
    };
    let is_on = value("ProxyEnable").is_some_and(|enabled| enabled != "0x0");
    let url = value("ProxyServer").filter(|_| is_on).and_then(|servers| {
        // `host:port` for all, or `http=host:port;https=host:port`
        let for_https = servers.split(';').find_map(|one| one.trim().strip_prefix("https="));
        let for_all = || Some(servers.as_str()).filter(|servers| !servers.contains('='));
        for_https.or_else(for_all).and_then(as_url)
    });
    SystemProxy { url, script: value("AutoConfigURL") }
}

/// Reads what `scutil --proxy` prints.
pub fn read_scutil(text: &str) -> SystemProxy {
    let value = |name: &str| {
        text.lines().find_map(|line| {
            let (found, value) = line.split_once(" : ")?;
            (found.trim() == name).then(|| value.trim().to_owned())
        })
    };
    let is_on = |name: &str| value(name).is_some_and(|enabled| enabled == "1");
    let host = value("HTTPSProxy").filter(|_| is_on("HTTPSEnable"));
    let url = host.and_then(|host| match value("HTTPSPort") {
        Some(port) => as_url(&format!("{host}:{port}")),
        None => as_url(&host),
    });
    let script = value("ProxyAutoConfigURLString").filter(|_| is_on("ProxyAutoConfigEnable"));
    SystemProxy { url, script: script.filter(|address| !address.is_empty()) }
}

/// Settings may be on and name nobody.
fn as_url(server: &str) -> Option<String> {
    let (scheme, host) = server.trim().split_once("://").unwrap_or(("http", server.trim()));
    (!host.is_empty() && !host.starts_with(':')).then(|| format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: &str = "\r\nHKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings\r\n    ProxyEnable    REG_DWORD    0x1\r\n    ProxyServer    REG_SZ    http=old.example:80;https=proxy.example:8080\r\n    AutoConfigURL    REG_SZ    http://wpad.example/proxy.pac\r\n";

    #[test]
    fn the_settings_of_windows_are_read() {
        let read = read_internet_settings(SETTINGS);
        assert_eq!(read.url.as_deref(), Some("http://proxy.example:8080"));
        assert_eq!(read.script.as_deref(), Some("http://wpad.example/proxy.pac"));
        let off = SETTINGS.replace("0x1", "0x0");
        assert_eq!(read_internet_settings(&off).url, None);
        let for_all = SETTINGS.replace("http=old.example:80;https=proxy.example:8080", "proxy.example:3128");
        assert_eq!(read_internet_settings(&for_all).url.as_deref(), Some("http://proxy.example:3128"));
    }

    #[test]
    fn the_settings_of_macos_are_read() {
        let text = "<dictionary> {\n  HTTPSEnable : 1\n  HTTPSPort : 8080\n  HTTPSProxy : proxy.example\n  ProxyAutoConfigEnable : 0\n  ProxyAutoConfigURLString : http://wpad.example/p.pac\n}\n";
        let expected = SystemProxy { url: Some("http://proxy.example:8080".to_owned()), script: None };
        assert_eq!(read_scutil(text), expected);
        assert_eq!(read_scutil(&text.replace("HTTPSEnable : 1", "HTTPSEnable : 0")), SystemProxy::default());
    }

    #[test]
    fn a_proxy_that_is_on_and_names_nobody_is_none() {
        for servers in ["https=", "https=;http=old.example:80", ":8080"] {
            let settings = SETTINGS.replace("http=old.example:80;https=proxy.example:8080", servers);
            assert_eq!(read_internet_settings(&settings).url, None, "{servers}");
        }
        let text = "<dictionary> {\n  HTTPSEnable : 1\n  HTTPSPort : 8080\n  HTTPSProxy : \n  ProxyAutoConfigEnable : 1\n  ProxyAutoConfigURLString : \n}\n";
        assert_eq!(read_scutil(text), SystemProxy::default());
    }

    #[test]
    fn the_environment_names_one() {
        let set = |name: &str| BTreeMap::from([(name.to_owned(), "http://p.example:1".to_owned())]);
        assert_eq!(proxy_of_environment(&set("https_proxy")).as_deref(), Some("http://p.example:1"));
        assert_eq!(proxy_of_environment(&set("HTTPS_PROXY")).as_deref(), Some("http://p.example:1"));
        assert_eq!(proxy_of_environment(&set("NO_PROXY")), None);
    }
}
