//! An old version of `mcp-remote` that an entry pins.

use bridgekeeper_model::Applicability;

use super::{Fix, Make, Offer, Target};

/// The first version without the crashes of concurrent sign-ins.
const SOUND: (u32, u32, u32) = (0, 1, 39);

pub(super) static UNPIN_MCP_REMOTE: Fix = Fix {
    id: "unpin-mcp-remote",
    title: "Use the newest mcp-remote instead of an old version",
    applicability: Applicability::Ask,
    make: Make::Entry(make),
};

fn make(target: &Target<'_>) -> Offer {
    let Some(package) = target.remote().and_then(|invocation| invocation.package) else {
        return Offer::Nothing;
    };
    if package.pinned().is_none_or(|version| version >= SOUND) {
        return Offer::Nothing;
    }
    let Some(arg) = target.entry.args.get(package.index) else { return Offer::Nothing };
    let name = arg.value.rsplit_once('@').map_or(arg.value.as_str(), |(name, _)| name);
    let edits = vec![Target::set(arg, &format!("{name}@latest"))];
    Offer::ask(
        edits,
        "The new version keeps its sign-ins elsewhere, so the server asks you to sign in once more.",
    )
}
