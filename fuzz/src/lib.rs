//! What must hold of every parser, whatever it is given: one function for each, called by libFuzzer with anything and
//! by the tests with the seeds.
//!
//! A target panics where something does not hold. An input that once did it becomes a seed under `seeds/TARGET`.
#![warn(missing_docs)]

mod config;
mod edit;
mod oauth;
mod told;
mod wire;

/// One parser and what must hold of it.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// The name on the command line, and of its folder of seeds.
    pub name: &'static str,
    /// Panics where something does not hold.
    pub check: fn(&[u8]),
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target { name: "bridge_options", check: wire::options },
    Target { name: "challenge", check: oauth::challenge },
    Target { name: "command_line", check: config::command_line },
    Target { name: "config", check: config::config },
    Target { name: "cookies", check: wire::cookies },
    Target { name: "diagnosis", check: told::diagnosis },
    Target { name: "edit", check: edit::members },
    Target { name: "extension", check: told::extension },
    Target { name: "lines", check: wire::lines },
    Target { name: "log", check: config::log },
    Target { name: "mask", check: config::mask },
    Target { name: "message", check: wire::message },
    Target { name: "oauth_metadata", check: oauth::metadata },
    Target { name: "offered", check: told::offered },
    Target { name: "sse", check: wire::sse },
    Target { name: "stored_file", check: config::stored_file },
    Target { name: "system_settings", check: told::system_settings },
    Target { name: "tokens", check: oauth::tokens },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_target_holds_for_its_seeds() {
        for target in TARGETS {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target.name);
            let seeds: Vec<_> = std::fs::read_dir(&folder).expect("a folder of seeds").collect();
            assert!(!seeds.is_empty(), "{} has no seed", target.name);
            for seed in seeds {
                let path = seed.expect("a seed").path();
                println!("{}", path.display());
                (target.check)(&std::fs::read(path).expect("a seed"));
            }
        }
    }

    #[test]
    fn every_folder_of_seeds_has_its_target() {
        let folders: BTreeSet<String> =
            std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds"))
                .expect("seeds")
                .map(|entry| entry.expect("a folder").file_name().to_string_lossy().into_owned())
                .collect();
        assert_eq!(folders, TARGETS.iter().map(|target| target.name.to_owned()).collect());
    }
}
