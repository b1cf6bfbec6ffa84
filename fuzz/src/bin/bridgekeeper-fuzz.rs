//! The program that searches. `cargo xtask fuzz` builds it and names the target in the environment; its arguments are
//! libFuzzer's.
#![no_main]

use std::sync::LazyLock;

use bridgekeeper_fuzz::{TARGETS, Target};

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("BRIDGEKEEPER_FUZZ_TARGET").expect("BRIDGEKEEPER_FUZZ_TARGET names a target");
    *TARGETS.iter().find(|target| target.name == name).expect("a target of that name")
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (TARGET.check)(bytes));
