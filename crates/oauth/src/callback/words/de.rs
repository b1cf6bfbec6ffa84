use super::{Text, Words};

pub(super) const WORDS: Words = Words {
    language: "de",
    signed_in: Text {
        title: "Sie sind angemeldet",
        text: "Sie können diese Seite schließen und zu Claude zurückkehren.",
    },
    not_signed_in: Text {
        title: "Sie sind nicht angemeldet",
        text: "Die Anmeldung hat nicht geklappt. Sie können diese Seite schließen; der Grund und ein neuer Link stehen dort, wo Sie begonnen haben.",
    },
    not_expected: Text {
        title: "Darauf wartet niemand",
        text: "Diese Seite gehört zu keiner laufenden Anmeldung. Sie können sie schließen.",
    },
    nothing_here: Text { title: "Hier ist nichts", text: "Sie können diese Seite schließen." },
};
