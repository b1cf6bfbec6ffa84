//! What a window is shown of the document, and what it asks to have changed. Offsets count UTF-16 units in the text
//! that the window holds; a value may hold stand-ins for secrets.

use bridgekeeper_model::Severity;
use serde::{Deserialize, Serialize};

use crate::view::FixView;

/// The live config as it stands on the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DocumentView {
    /// The file, shortened.
    pub file: String,
    /// Stands for exactly these bytes.
    pub revision: String,
    /// The text, with a stand-in for each secret.
    pub text: String,
    /// The text with changes that were not saved the last time, brought together with this one.
    pub draft: Option<String>,
    /// What stands there.
    pub standing: Standing,
    /// Why the file cannot be read.
    pub why_unreadable: Option<String>,
    /// Whether Claude runs now; `None` where that could not be seen.
    pub claude_running: Option<bool>,
    /// The servers that are switched off.
    pub off: Vec<String>,
    /// Other config files, which Claude does not read, with entries of their own.
    pub decoys: Vec<Decoy>,
    /// Every flag of the bridges.
    pub flags: Vec<FlagView>,
}

/// What stands where the config is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// A file.
    There,
    /// A file that is marked read-only.
    ReadOnly,
    /// Nothing.
    Absent,
    /// Something that cannot be read.
    Unreadable,
}

/// A config file that Claude does not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Decoy {
    /// The file, shortened; it also names it.
    pub file: String,
    /// Its entries.
    pub servers: Vec<String>,
}

/// A text, looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Examined {
    /// Whether Claude can parse it.
    pub parses: bool,
    /// Whether entries can be added.
    pub can_add: bool,
    /// Its servers, in the order of the text.
    pub servers: Vec<ServerForm>,
    /// What is wrong with it, in the order of the text.
    pub problems: Vec<Problem>,
}

/// One server as a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ServerForm {
    /// Its name.
    pub name: String,
    /// What kind of entry it is.
    pub kind: EntryKind,
    /// Whether its parts can be changed; else its text must be mended first.
    pub editable: bool,
    /// Where the entry begins, its name included.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
    /// `command`.
    pub command: Option<Field>,
    /// `args`, every one.
    pub arguments: Vec<Field>,
    /// `env`.
    pub variables: Vec<Pair>,
    /// The remote server's address, in `url` or on the bridge's command line.
    pub url: Option<Field>,
    /// Headers, in `headers` or on the bridge's command line.
    pub headers: Vec<Pair>,
    /// The callback port on the bridge's command line.
    pub port: Option<Field>,
    /// Flags on the bridge's command line, headers left out.
    pub flags: Vec<GivenFlag>,
    /// Whether the fix `move-secret` has something to move.
    pub secret_to_move: bool,
    /// Keys that no form shows.
    pub other: Vec<String>,
}

/// What an entry starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// A program on this machine.
    Local,
    /// A program on this machine, through `mcp-bridge exec`.
    LocalWithSecrets,
    /// A remote server, through Bridgekeeper's bridge.
    Bridge,
    /// A remote server, through mcp-remote.
    McpRemote,
    /// A remote server by its address alone, which Claude does not read.
    Address,
}

/// A value and its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Field {
    /// The value, decoded.
    pub value: String,
    /// Where it begins, quote included.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
}

/// A name with its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Pair {
    /// The name.
    pub name: String,
    /// The value.
    pub value: Field,
}

/// A flag that stands on the command line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct GivenFlag {
    /// With its two dashes.
    pub name: String,
    /// Its value; `None` for a switch.
    pub value: Option<Field>,
    /// Where it stands among the arguments, from 0.
    pub argument: u32,
}

/// A flag with its help.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct FlagView {
    /// With its two dashes.
    pub name: String,
    /// What it does.
    pub help: String,
    /// What stands behind it; `None` for a switch.
    pub value: Option<String>,
    /// The only values that it takes, where it is not free.
    pub choices: Vec<String>,
    /// Whether each occurrence counts.
    pub repeated: bool,
    /// Whether mcp-remote knows it.
    pub in_mcp_remote: bool,
    /// Whether Bridgekeeper's bridge knows it.
    pub in_bridge: bool,
}

/// Something that is wrong with the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Problem {
    /// Id of the rule.
    pub id: String,
    /// How much it matters.
    pub severity: Severity,
    /// The entry it stands in.
    pub server: Option<String>,
    /// The one sentence.
    pub message: String,
    /// Where it begins.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
    /// Its line, from 1.
    pub line: u32,
    /// What edits of the text mend it, best first.
    pub fixes: Vec<FixView>,
}

/// Puts a text in the place of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct TextEdit {
    /// Where the part begins.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
    /// What stands there afterwards.
    pub insert: String,
}

/// Edits that somebody asked for by a name, and what to know of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Mended {
    /// The edits, in order, none within another.
    pub edits: Vec<TextEdit>,
    /// What the person must know.
    pub notes: Vec<String>,
}

/// The window's text brought together with a change on the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct MergedDocument {
    /// What stands on the disk now.
    pub document: DocumentView,
    /// Both changes in one text; where they exclude each other, the window's.
    pub text: String,
    /// Where they do.
    pub conflicts: Vec<ConflictView>,
}

/// A part that was changed on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ConflictView {
    /// Where the window's side begins in the merged text.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
    /// What stands there on the disk.
    pub theirs: String,
}

/// A change of one part of the document, asked for in a form.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum FormEdit {
    /// Adds an entry behind the others.
    AddServer {
        /// Its name.
        name: String,
        /// Its command.
        command: String,
    },
    /// Gives an entry another name.
    RenameServer {
        /// Its name.
        server: String,
        /// Its new name.
        name: String,
    },
    /// Takes an entry out.
    RemoveServer {
        /// Its name.
        server: String,
    },
    /// Sets `command`.
    Command {
        /// The entry.
        server: String,
        /// What it says then.
        value: String,
    },
    /// Sets one of `args`.
    Argument {
        /// The entry.
        server: String,
        /// Which, from 0.
        index: u32,
        /// What it says then.
        value: String,
    },
    /// Puts an argument before the one with that number, or behind all.
    AddArgument {
        /// The entry.
        server: String,
        /// Where, from 0.
        index: u32,
        /// What it says.
        value: String,
    },
    /// Takes an argument out.
    RemoveArgument {
        /// The entry.
        server: String,
        /// Which, from 0.
        index: u32,
    },
    /// Lets two neighbours change places.
    MoveArgument {
        /// The entry.
        server: String,
        /// The first of the two, from 0.
        index: u32,
    },
    /// Sets a variable of `env`, adding it where it is not there.
    Variable {
        /// The entry.
        server: String,
        /// Its name.
        name: String,
        /// What it says then.
        value: String,
    },
    /// Gives a variable another name.
    RenameVariable {
        /// The entry.
        server: String,
        /// Its name.
        name: String,
        /// Its new name.
        to: String,
    },
    /// Takes a variable out.
    RemoveVariable {
        /// The entry.
        server: String,
        /// Its name.
        name: String,
    },
    /// Sets the remote server's address.
    Url {
        /// The entry.
        server: String,
        /// What it says then.
        value: String,
    },
    /// Sets or takes out the callback port.
    Port {
        /// The entry.
        server: String,
        /// The port; `None` takes it out.
        value: Option<u16>,
    },
    /// Sets a header, adding it where there is none of that number.
    Header {
        /// The entry.
        server: String,
        /// Which, from 0.
        index: u32,
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
    /// Takes a header out.
    RemoveHeader {
        /// The entry.
        server: String,
        /// Which, from 0.
        index: u32,
    },
    /// Adds a flag, or sets the value of the one at that argument.
    Flag {
        /// The entry.
        server: String,
        /// With its two dashes.
        name: String,
        /// Where it stands among the arguments; `None` adds it.
        argument: Option<u32>,
        /// Its value; `None` for a switch.
        value: Option<String>,
    },
    /// Takes a flag out, its value too.
    RemoveFlag {
        /// The entry.
        server: String,
        /// Where it stands among the arguments.
        argument: u32,
    },
}
