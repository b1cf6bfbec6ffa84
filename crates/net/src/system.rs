//! The proxies in the settings of Windows and macOS. The environment is all that a Linux system has for this.

use reqwest::Url;

/// The proxy for a URL.
#[cfg(any(windows, target_os = "macos"))]
pub(crate) fn proxy(url: &Url) -> Option<String> {
    let server = format!("{}://{}", url.scheme(), url.host_str()?).parse().ok()?;
    let found = hyper_util::client::proxy::matcher::Matcher::from_system().intercept(&server)?;
    Some(found.uri().to_string())
}

/// The address of the script (PAC) that chooses the proxy for each URL.
#[cfg(windows)]
pub(crate) fn script() -> Option<String> {
    script_in(r"Software\Microsoft\Windows\CurrentVersion\Internet Settings")
}

#[cfg(windows)]
fn script_in(settings: &str) -> Option<String> {
    let address = windows_registry::CURRENT_USER.open(settings).ok()?.get_string("AutoConfigURL").ok()?;
    Some(address).filter(|address| !address.trim().is_empty())
}

/// The address of the script (PAC) that chooses the proxy for each URL.
#[cfg(target_os = "macos")]
pub(crate) fn script() -> Option<String> {
    use system_configuration::core_foundation::base::TCFType as _;
    use system_configuration::core_foundation::number::CFNumber;
    use system_configuration::core_foundation::string::CFString;
    use system_configuration::dynamic_store::SCDynamicStoreBuilder;

    let settings = SCDynamicStoreBuilder::new("bridgekeeper").build()?.get_proxies()?;
    let value = |key: &'static str| {
        let found = settings.find(CFString::from_static_string(key).as_concrete_TypeRef())?;
        Some(found.clone())
    };
    let is_on = value("ProxyAutoConfigEnable")?.downcast::<CFNumber>()?.to_i32()? == 1;
    let address = value("ProxyAutoConfigURLString")?.downcast::<CFString>()?.to_string();
    Some(address).filter(|address| is_on && !address.trim().is_empty())
}

#[cfg(not(any(windows, target_os = "macos")))]
pub(crate) const fn proxy(_url: &Url) -> Option<String> {
    None
}

#[cfg(not(any(windows, target_os = "macos")))]
pub(crate) const fn script() -> Option<String> {
    None
}

#[cfg(all(test, windows))]
mod tests {
    use windows_registry::CURRENT_USER;

    use super::*;

    #[test]
    fn a_script_is_found_where_the_settings_name_one() {
        let settings = format!(r"Software\Bridgekeeper test {}", std::process::id());
        assert_eq!(script_in(&settings), None);
        let key = CURRENT_USER.create(&settings).unwrap();
        assert_eq!(script_in(&settings), None);
        key.set_string("AutoConfigURL", "http://wpad.corp/proxy.pac").unwrap();
        let found = script_in(&settings);
        CURRENT_USER.remove_tree(&settings).unwrap();
        assert_eq!(found.as_deref(), Some("http://wpad.corp/proxy.pac"));
    }
}
