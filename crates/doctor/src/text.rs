//! The languages that findings and fixes can be told in.
//!
//! English stands in the rules themselves. Another language is two files: `text/<language>.json` holds its words under
//! the English ones, `text/pages.<language>.md` why each finding matters and what to do. What they lack is told in
//! English; a test holds them complete.

use std::collections::BTreeMap;

use bridgekeeper_model::Sentence;

/// Every language beside English, its words and its pages.
const FILES: [(&str, &str, &str); 1] =
    [("de", include_str!("../text/de.json"), include_str!("../text/pages.de.md"))];

/// Where the words of one language are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Language {
    code: &'static str,
    words: BTreeMap<String, String>,
    pages: BTreeMap<&'static str, Page>,
}

/// What a finding's page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Why it matters.
    pub why: &'static str,
    /// What to do.
    pub what_to_do: &'static str,
}

impl Default for Language {
    fn default() -> Self {
        Self { code: "en", words: BTreeMap::new(), pages: BTreeMap::new() }
    }
}

impl Language {
    /// The language of a tag as systems and browsers write it (`de-AT`, `de_DE.UTF-8`); English where there is no file
    /// for it.
    pub fn of_tag(tag: &str) -> Self {
        let code = tag.split(['-', '_', '.']).next().unwrap_or_default();
        let known = FILES.iter().find(|(language, ..)| language.eq_ignore_ascii_case(code));
        known
            .map(|(code, words, pages)| Self { code, words: parsed(words), pages: pages_in(pages) })
            .unwrap_or_default()
    }

    /// With the words of another part of the program, of each language one file.
    #[must_use]
    pub fn with(mut self, files: &[(&str, &str)]) -> Self {
        let file = files.iter().find(|(code, _)| *code == self.code);
        self.words.extend(file.map(|(_, file)| parsed(file)).into_iter().flatten());
        self
    }

    /// With the pages of findings that another part of the program has, of each language one file.
    #[must_use]
    pub fn with_pages(mut self, files: &[(&str, &'static str)]) -> Self {
        let file = files.iter().find(|(code, _)| *code == self.code);
        self.pages.extend(file.map(|&(_, file)| pages_in(file)).into_iter().flatten());
        self
    }

    /// Its ISO 639-1 code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// A sentence with its values.
    pub fn say(&self, sentence: &Sentence) -> String {
        sentence.said_in(&|english| self.known(english))
    }

    /// Words without values; English where the language has none.
    pub fn words<'a>(&'a self, english: &'a str) -> &'a str {
        self.known(english).unwrap_or(english)
    }

    /// The page of a finding; `None` where the language has none, as for English, whose pages are in [`crate::pages`].
    pub fn page(&self, id: &str) -> Option<Page> {
        self.pages.get(id).copied()
    }

    fn known(&self, english: &str) -> Option<&str> {
        self.words.get(english).map(String::as_str)
    }
}

/// A file that is no JSON would be told by the tests; nobody else can change it.
fn parsed(file: &str) -> BTreeMap<String, String> {
    serde_json::from_str(file).unwrap_or_default()
}

/// `# id`, why it matters, a line of dashes, what to do.
fn pages_in(file: &'static str) -> BTreeMap<&'static str, Page> {
    let pages = file.strip_prefix("# ").unwrap_or_default().split("\n# ");
    let page = |page: &'static str| {
        let (id, text) = page.split_once('\n')?;
        let (why, what_to_do) = text.split_once("\n---\n")?;
        Some((id.trim(), Page { why: why.trim(), what_to_do: what_to_do.trim() }))
    };
    pages.filter_map(page).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixes;
    use crate::remedies;
    use crate::rules;

    /// The gaps of a text, in order of their names.
    fn gaps(text: &str) -> Vec<&str> {
        let inner = text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
        let mut gaps: Vec<&str> = inner.filter(|name| name.chars().all(|c| c.is_ascii_lowercase())).collect();
        gaps.sort_unstable();
        gaps
    }

    fn languages() -> impl Iterator<Item = Language> {
        FILES.iter().map(|(code, ..)| Language::of_tag(code))
    }

    #[test]
    fn every_language_has_every_finding_and_fix() {
        let messages = rules::ALL.iter().map(|rule| rule.message);
        let titles = fixes::ALL.iter().map(|fix| fix.title).chain(remedies::ALL.iter().map(|one| one.title));
        let wanted: Vec<&str> = messages.chain(titles).collect();
        for language in languages() {
            let missing: Vec<_> = wanted.iter().filter(|english| language.known(english).is_none()).collect();
            assert_eq!(missing, [""; 0].iter().collect::<Vec<_>>(), "{} lacks words", language.code());
        }
    }

    #[test]
    fn every_language_has_every_page_and_no_other() {
        let ids: std::collections::BTreeSet<&str> = rules::ALL.iter().map(|rule| rule.id).collect();
        for language in languages() {
            let pages: std::collections::BTreeSet<&str> = language.pages.keys().copied().collect();
            let differ: Vec<_> = ids.symmetric_difference(&pages).collect();
            assert!(differ.is_empty(), "{}: {differ:?}", language.code());
            let empty = |page: &&Page| page.why.is_empty() || page.what_to_do.is_empty();
            assert_eq!(language.pages.values().find(empty), None, "{}", language.code());
        }
    }

    #[test]
    fn every_gap_is_kept() {
        for language in languages() {
            for (english, words) in &language.words {
                assert_eq!(gaps(english), gaps(words), "{}: {english}", language.code());
            }
        }
    }

    #[test]
    fn a_tag_names_a_language_in_every_spelling() {
        let codes = ["de", "de-AT", "DE_ch.UTF-8", "fr", "", "C"].map(|tag| Language::of_tag(tag).code());
        assert_eq!(codes, ["de", "de", "de", "en", "en", "en"]);
    }

    #[test]
    fn values_stay_as_they_are() {
        let sentence = Sentence::of("The port {port} is taken or reserved").with("port", "3334");
        assert_eq!(Language::of_tag("de").say(&sentence), "Der Port 3334 ist belegt oder reserviert");
        assert_eq!(Language::default().say(&sentence), "The port 3334 is taken or reserved");
    }
}
