//! `docker run` without `-i`.

use bridgekeeper_model::Applicability;

use super::{Fix, Make, Offer, Target};
use crate::rules::config::docker::verb_without_interactive;

pub(super) static DOCKER_INTERACTIVE: Fix = Fix {
    id: "docker-interactive",
    title: "Add `-i`, so that the container gets what Claude sends",
    applicability: Applicability::Automatic,
    make: Make::Entry(make),
};

fn make(target: &Target<'_>) -> Offer {
    let Some(started) = target.started() else { return Offer::Nothing };
    let Some(verb) = verb_without_interactive(&started) else { return Offer::Nothing };
    let before = target.entry.args.len() - started.args.len();
    Offer::automatic(target.insert_args(Some(before + verb), &["-i"]))
}
