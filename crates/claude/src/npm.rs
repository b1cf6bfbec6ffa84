//! Where npm keeps its cache on a home. Claude starts many servers through npx, which installs them there.

use std::fs;
use std::path::PathBuf;

use bridgekeeper_model::Os;

use crate::home::Home;
use crate::install::Installs;
use crate::windows;

impl Home {
    /// Every folder that npm may use as its cache: the one that the environment or `~/.npmrc` names, the system's
    /// default, and on Windows the private copy of each packaged Claude. They need not be there.
    pub fn npm_caches(&self) -> Vec<PathBuf> {
        let named =
            ["npm_config_cache", "NPM_CONFIG_CACHE"].into_iter().filter_map(|name| self.variable(name));
        let mut caches: Vec<PathBuf> = named.chain(self.npmrc_cache()).collect();
        match self.os() {
            Os::Windows => {
                let local = windows::local_folder(self);
                caches.push(self.path(&local, &["npm-cache"]));
                let packages = windows::packages(self, &local, &mut Installs::default());
                caches.extend(
                    packages.iter().map(|copy| self.path(copy, &["LocalCache", "Local", "npm-cache"])),
                );
            }
            Os::Macos | Os::Linux => caches.push(self.root().join(".npm")),
        }
        let mut distinct: Vec<PathBuf> = Vec::new();
        for cache in caches {
            if !distinct.contains(&cache) {
                distinct.push(cache);
            }
        }
        distinct
    }

    /// `cache` in the user's `.npmrc`.
    fn npmrc_cache(&self) -> Option<PathBuf> {
        let text = fs::read_to_string(self.root().join(".npmrc")).ok()?;
        let value = text.lines().rev().find_map(|line| {
            let (key, value) = line.trim().split_once('=')?;
            (key.trim() == "cache").then(|| value.trim().trim_matches(['"', '\'']).to_owned())
        })?;
        self.npm_path(&value)
    }

    /// A path as npm reads it: `~/` and `${HOME}` stand for the home. Another variable, or a path that is not
    /// absolute, names no folder that could be known here.
    fn npm_path(&self, value: &str) -> Option<PathBuf> {
        let home = ["~/", "~\\", "${HOME}/", "${HOME}\\", "${USERPROFILE}\\", "${USERPROFILE}/"];
        let below = home.into_iter().find_map(|start| value.strip_prefix(start));
        match below {
            Some(below) => {
                Some(below.split(['/', '\\']).fold(self.root().to_owned(), |path, name| path.join(name)))
            }
            None => Some(PathBuf::from(value)).filter(|path| path.is_absolute() && !value.contains("${")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn caches(os: Os, npmrc: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let mut file = fs::File::create(folder.path().join(".npmrc")).unwrap();
        std::io::Write::write_all(&mut file, npmrc.as_bytes()).unwrap();
        let home = Home::stand_in(folder.path(), os);
        home.npm_caches().iter().map(|cache| home.shorten(cache).replace('\\', "/")).collect()
    }

    #[test]
    fn each_system_has_its_default() {
        assert_eq!(caches(Os::Linux, ""), ["~/.npm"]);
        assert_eq!(caches(Os::Macos, "registry=https://a.example\n"), ["~/.npm"]);
        assert_eq!(caches(Os::Windows, ""), ["~/AppData/Local/npm-cache"]);
    }

    #[test]
    fn npmrc_moves_it_and_the_last_line_counts() {
        let npmrc = "; cache = ~/no\n# cache=~/no\ncache=~/first\ncache = \"${HOME}/.cache/npm\"\n";
        assert_eq!(caches(Os::Linux, npmrc), ["~/.cache/npm", "~/.npm"]);
        assert_eq!(caches(Os::Linux, "cache=relative"), ["~/.npm"]);
        assert_eq!(caches(Os::Linux, "cache=${XDG_CACHE_HOME}/npm"), ["~/.npm"]);
        assert_eq!(caches(Os::Linux, "cache=~/.npm"), ["~/.npm"]);
    }

    #[test]
    fn a_packaged_claude_has_a_copy_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let package = folder.path().join("AppData/Local/Packages/Claude_pzs8sxrjxfjjc");
        fs::create_dir_all(&package).unwrap();
        let caches = Home::stand_in(folder.path(), Os::Windows).npm_caches();
        assert_eq!(caches.last(), Some(&package.join("LocalCache").join("Local").join("npm-cache")));
    }

    #[test]
    fn the_environment_counts_for_a_user_alone() {
        let environment = [("HOME", "/home/ada"), ("npm_config_cache", "/srv/npm")];
        let environment: BTreeMap<String, String> =
            environment.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let home = Home::of_user(Os::Linux, environment).unwrap();
        assert_eq!(home.npm_caches(), [PathBuf::from("/srv/npm"), PathBuf::from("/home/ada/.npm")]);
    }
}
