//! The real app on a display and a session bus of its own.
