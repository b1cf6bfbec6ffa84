//! `npx` started by a Node that is named, in the place of the one that Claude finds.

use bridgekeeper_model::{Applicability, Os};

use super::{Fix, Make, Offer, Target};

pub(super) static NODE_SCRIPT: Fix = Fix {
    id: "node-script",
    title: "Start npx's script with a newer `node` by its full path",
    applicability: Applicability::Ask,
    make: Make::Entry(make),
};

fn make(target: &Target<'_>) -> Offer {
    let Some(node) = &target.facts.node else { return Offer::Nothing };
    let Some(started) = target.started().filter(|started| started.program == "npx") else {
        return Offer::Nothing;
    };
    let windows = target.facts.os == Some(Os::Windows);
    let spaced = windows && [&node.program, &node.npx_script].into_iter().any(|path| path.contains(' '));
    if spaced && started.through_cmd {
        return Offer::Refused("The path of that Node has a space, which `cmd` takes apart.".to_owned());
    }
    let mut edits = vec![Target::set(started.command, &node.program)];
    // Behind `cmd /c` the program is an argument itself
    let program = target.entry.args.len() - started.args.len();
    edits.extend(target.insert_args(program.checked_sub(1), &[&node.npx_script]));
    // What npx starts looks for `node` by itself
    if !windows && target.entry.variable("PATH").is_none() {
        let folder = node.program.rsplit_once('/').map_or("", |(folder, _)| folder);
        let path = format!("{folder}:/usr/local/bin:/opt/homebrew/bin:/usr/bin:/bin:/usr/sbin:/sbin");
        edits.extend(target.set_variables(&[("PATH".to_owned(), path)]));
    }
    let price = format!(
        "The entry keeps the Node at `{}`, also when you install another one.",
        folder_of(&node.program)
    );
    Offer::on_request(edits, price)
}

fn folder_of(program: &str) -> &str {
    program.rsplit_once(['/', '\\']).map_or(program, |(folder, _)| folder)
}
