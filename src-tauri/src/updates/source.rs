//! Where the updates of a build come from, and whose signature they carry. Both are given when it is built, by whoever
//! publishes it; a build without them has no updates.

use serde_json::{Value, json};
use tauri::{AppHandle, Runtime, Url};
use tauri_plugin_updater::{Error, Update, UpdaterExt as _};

/// A publisher.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// Where the newest release is described.
    pub(crate) description: Url,
    /// Whose signature a package must carry: minisign's public key file in base64, as `tauri signer generate` prints it.
    pub(crate) key: String,
}

/// The plugin's name in Tauri's config.
const PLUGIN: &str = "updater";

impl Source {
    /// The publisher of this build; `None` where it was built without one.
    pub(crate) fn of_this_build() -> Option<Self> {
        Self::named(option_env!("BRIDGEKEEPER_UPDATE_URL"), option_env!("BRIDGEKEEPER_UPDATE_KEY"))
    }

    fn named(url: Option<&str>, key: Option<&str>) -> Option<Self> {
        // A secret that a fork does not have is handed on as an empty text
        let given =
            |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let description = Url::parse(&given(url)?).ok().filter(|url| url.scheme() == "https")?;
        Some(Self { description, key: given(key)? })
    }

    /// What the plugin is told. A package must name the version that it was signed for, so that an old one cannot be
    /// sent under a new number.
    pub(crate) fn configure(&self, plugins: &mut std::collections::HashMap<String, Value>) {
        let config = json!({
            "pubkey": self.key,
            "requireSignedVersion": true,
            "allowDowngrades": false,
            "windows": { "installMode": "quiet" },
        });
        plugins.insert(PLUGIN.to_owned(), config);
    }

    /// The update that a description offers this platform; `None` where it is not newer than this program.
    pub(crate) fn offered<R: Runtime>(
        &self,
        app: &AppHandle<R>,
        target: &str,
        description: Value,
    ) -> Result<Option<Update>, Error> {
        let updater =
            app.updater_builder().endpoints(vec![self.description.clone()])?.target(target).build()?;
        updater.restore_update(description)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_has_a_publisher_only_with_an_address_and_a_key() {
        let url = "https://example.com/latest.json";
        assert!(Source::named(Some(url), Some("k")).is_some());
        for (url, key) in [
            (None, Some("k")),
            (Some(url), None),
            (Some(url), Some("")),
            (Some(" "), Some("k")),
            (Some("http://example.com/latest.json"), Some("k")),
            (Some("latest.json"), Some("k")),
        ] {
            assert!(Source::named(url, key).is_none(), "{url:?} {key:?}");
        }
    }
}
