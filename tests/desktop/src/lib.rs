//! The real app on a display and a session bus of its own, driven as a person would: by WebDriver in the window and
//! by D-Bus in the tray.
//!
//! The wall keeps `WebKit` and its driver out of the ordinary tests, which need neither. Deliberately absent: any fake of
//! the app or of the engine; what is faked is the desktop around them.
#![cfg(target_os = "linux")]

pub mod app;
pub mod desktop;
pub mod home;
pub mod notifications;
pub mod portal;
mod process;
pub mod tray;
pub mod window;
