//! What is known of `mcp-remote`, the Node bridge that most remote entries start.
//!
//! The wall is here because three parts need the same knowledge and none of them owns it: our bridge accepts
//! this command line as it is, the doctor reads it in entries, and resetting or importing sign-ins needs the
//! names of the files that each generation left on disk. It describes 0.0.12 to 0.15.1.
//!
//! Deliberately absent: I/O, the environment, and any opinion on what is wrong with an entry.
#![warn(missing_docs)]

mod command_line;
mod flags;
mod hash;
mod invocation;
mod npx_cache;
mod owners;
mod record;
mod stored_file;

pub use command_line::{CommandLine, Given, Header, Positioned, Surprise};
pub use flags::{FLAGS, Flag, FlagValue, Repeated};
pub use hash::{HashParts, HashScheme, ServerHash};
pub use invocation::{Invocation, Launcher, PackageSpec, Program};
pub use npx_cache::{NPX_FOLDER, NpxEntry};
pub use owners::Owners;
pub use record::Record;
pub use stored_file::{FileKind, Generation, StoredFile};
