//! Plain `http` to another machine.

use bridgekeeper_model::Applicability;

use super::{Fix, Make, Offer, Target};
use crate::rules::config::reading::{Nearness, nearness, option_value, url_parts, urls};

pub(super) static HTTPS_URL: Fix = Fix {
    id: "https-url",
    title: "Connect with https instead of http",
    applicability: Applicability::Ask,
    make: Make::Entry(make),
};

fn make(target: &Target<'_>) -> Offer {
    let mut edits = Vec::new();
    for url in urls(target.entry) {
        let value = option_value(&url.value);
        let Some(("http", host)) = url_parts(value) else { continue };
        let with_port = value[value.find("://").map_or(0, |at| at + 3)..]
            .split(['/', '?'])
            .next()
            .is_some_and(|host| host.contains(':'));
        if nearness(host) == Nearness::Internet && !with_port {
            edits.push(Target::set(url, &url.value.replacen("http://", "https://", 1)));
        }
    }
    Offer::ask(edits, "The server must offer https at the same address.")
}
