//! Discovery against servers on loopback that do it right, do it otherwise, lie or hang.

mod discovery;
