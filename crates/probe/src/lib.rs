//! Asks a server from outside, stage by stage.
