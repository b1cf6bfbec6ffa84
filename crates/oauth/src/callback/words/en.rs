use super::{Text, Words};

pub(super) const WORDS: Words = Words {
    language: "en",
    signed_in: Text { title: "You are signed in", text: "You can close this page and go back to Claude." },
    not_signed_in: Text {
        title: "You are not signed in",
        text: "The sign-in did not work. You can close this page; the reason and a new link are shown where you began.",
    },
    not_expected: Text {
        title: "Nobody waits for this",
        text: "This page belongs to no sign-in that is under way. You can close it.",
    },
    nothing_here: Text { title: "Nothing here", text: "You can close this page." },
};
