//! What the pages say: one file for each language, chosen by what the browser asks for.

mod de;
mod en;

/// Every language there is. The first one is for whoever asks for another.
const LANGUAGES: [&Words; 2] = [&en::WORDS, &de::WORDS];

/// Everything that a page may say, in one language.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Words {
    /// The language's tag (BCP 47), for `lang`.
    pub(super) language: &'static str,
    /// It worked.
    pub(super) signed_in: Text,
    /// It did not.
    pub(super) not_signed_in: Text,
    /// Nobody waits for an answer like this one.
    pub(super) not_expected: Text,
    /// There is no such page.
    pub(super) nothing_here: Text,
}

/// The words of one page. They stand in HTML as they are.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) title: &'static str,
    pub(super) text: &'static str,
}

impl Words {
    /// For whoever has not said in which language.
    pub(super) const fn usual() -> &'static Self {
        LANGUAGES[0]
    }

    /// In the language that somebody likes best of those there are, by `Accept-Language` (RFC 9110 §12.5.4). A
    /// language with a region is the language.
    pub(super) fn liked(accept_language: &[u8]) -> &'static Self {
        let Ok(header) = std::str::from_utf8(accept_language) else { return Self::usual() };
        let mut liked: Option<(f32, &'static Self)> = None;
        for range in header.split(',') {
            let (tag, parameter) = range.split_once(';').unwrap_or((range, "q=1"));
            let weight = parameter.trim().strip_prefix("q=").and_then(|weight| weight.trim().parse().ok());
            let weight: f32 = weight.unwrap_or(0.0);
            let primary = tag.trim().split('-').next().unwrap_or_default();
            let named = LANGUAGES.iter().find(|words| words.language.eq_ignore_ascii_case(primary));
            let words = if primary == "*" { Some(&LANGUAGES[0]) } else { named };
            // Of two that are liked alike the first one counts.
            if let Some(words) = words
                && weight > liked.map_or(0.0, |(best, _)| best)
            {
                liked = Some((weight, words));
            }
        }
        liked.map_or(Self::usual(), |(_, words)| words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_one_that_is_liked_best() {
        for (header, language) in [
            ("", "en"),
            ("de", "de"),
            ("de-AT, en;q=0.5", "de"),
            ("DE", "de"),
            ("fr, de;q=0.8, en;q=0.5", "de"),
            ("en-GB, de;q=0.9", "en"),
            ("de;q=0.3, en;q=0.7", "en"),
            ("en, de", "en"),
            ("de;q=0", "en"),
            ("den, pt-BR", "en"),
            ("fr, *;q=0.5", "en"),
            ("*, de;q=0.5", "en"),
            ("de;q=NaN, de;q=x, ;;,,", "en"),
        ] {
            assert_eq!(Words::liked(header.as_bytes()).language, language, "{header}");
        }
        assert_eq!(Words::liked(b"de\xff").language, "en");
    }

    #[test]
    fn every_language_says_everything_in_words_of_its_own() {
        let texts = |words: &'static Words| {
            let Words { language: _, signed_in, not_signed_in, not_expected, nothing_here } = words;
            [signed_in, not_signed_in, not_expected, nothing_here]
                .map(|text| [text.title, text.text])
                .concat()
        };
        let mut said: Vec<&str> = LANGUAGES.into_iter().flat_map(texts).collect();
        assert!(said.iter().all(|text| !text.is_empty() && !text.contains(['<', '>', '&', '{'])));
        said.sort_unstable();
        let all = said.len();
        said.dedup();
        assert_eq!(said.len(), all);
    }
}
