//! `cmd /c` around a batch file, for hosts that start no batch files.

use bridgekeeper_model::{Applicability, Os};

use super::{Fix, Make, Offer, Target};
use crate::rules::config::reading::is_batch_file_on_windows;

pub(super) static CMD_WRAPPER: Fix = Fix {
    id: "cmd-wrapper",
    title: "Start the program through `cmd /c`",
    applicability: Applicability::Ask,
    make: Make::Entry(make),
};

fn make(target: &Target<'_>) -> Offer {
    let Some(command) = target.entry.command.as_ref().filter(|_| target.facts.os == Some(Os::Windows)) else {
        return Offer::Nothing;
    };
    if !is_batch_file_on_windows(&command.value) || command.value.contains(' ') {
        return Offer::Nothing;
    }
    let mut edits = vec![Target::set(command, "cmd")];
    edits.extend(target.insert_args(None, &["/c", &command.value]));
    Offer::on_request(edits, "Claude does this by itself; it helps in hosts that do not.")
}
