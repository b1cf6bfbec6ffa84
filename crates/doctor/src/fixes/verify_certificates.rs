//! The check of certificates switched on again.

use bridgekeeper_model::Applicability;

use super::{Fix, Make, Offer, Target};

pub(super) static VERIFY_CERTIFICATES: Fix = Fix {
    id: "verify-certificates",
    title: "Switch the check of certificates on again",
    applicability: Applicability::Ask,
    make: Make::Entry(make),
};

fn make(target: &Target<'_>) -> Offer {
    let off = |name: &str| target.entry.variable(name).is_some_and(|value| value.value.trim() == "0");
    let names: Vec<&str> =
        ["NODE_TLS_REJECT_UNAUTHORIZED", "PYTHONHTTPSVERIFY"].into_iter().filter(|name| off(name)).collect();
    let edits = target.remove_variables(&names);
    Offer::ask(
        edits,
        "If the server's certificate is not trusted, the connection fails until its authority is named.",
    )
}
