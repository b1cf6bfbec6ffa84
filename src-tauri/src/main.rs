//! The program: reads its words and runs the app.
#![cfg_attr(windows, windows_subsystem = "windows")]

use clap::Parser as _;

fn main() -> anyhow::Result<()> {
    bridgekeeper_desktop::run(&bridgekeeper_desktop::Options::parse())
}
