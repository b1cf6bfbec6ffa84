//! Offsets between UTF-8 bytes and UTF-16 units.

use bridgekeeper_formats::edit::Edit;

use super::view::TextEdit;

/// A text's offsets in both countings.
pub(crate) struct Units<'t> {
    text: &'t str,
    /// Where each character that is not ASCII ends: in bytes, and in units.
    marks: Vec<(usize, usize)>,
}

impl<'t> Units<'t> {
    pub(crate) fn of(text: &'t str) -> Self {
        let (mut marks, mut unit, mut ascii) = (Vec::new(), 0, 0);
        for (at, character) in text.char_indices().filter(|(_, character)| !character.is_ascii()) {
            unit += at - ascii + character.len_utf16();
            ascii = at + character.len_utf8();
            marks.push((ascii, unit));
        }
        Self { text, marks }
    }

    /// The unit at a byte.
    pub(crate) fn unit(&self, byte: usize) -> u32 {
        let (from, unit) = self.before(|mark| mark.0 <= byte);
        u32::try_from(unit + self.text[from..byte.max(from)].encode_utf16().count()).unwrap_or(u32::MAX)
    }

    /// The byte at a unit; the text's end where it is shorter, the character's start inside of one.
    pub(crate) fn byte(&self, unit: usize) -> usize {
        let (from, mut units) = self.before(|mark| mark.1 <= unit);
        for (at, character) in self.text[from..].char_indices() {
            units += character.len_utf16();
            if units > unit {
                return from + at;
            }
        }
        self.text.len()
    }

    /// Edits as the window counts.
    pub(crate) fn edits(&self, edits: &[Edit]) -> Vec<TextEdit> {
        let edit = |edit: &Edit| TextEdit {
            from: self.unit(edit.span.start),
            to: self.unit(edit.span.end),
            insert: edit.text.clone(),
        };
        edits.iter().map(edit).collect()
    }

    fn before(&self, is_before: impl Fn(&(usize, usize)) -> bool) -> (usize, usize) {
        let count = self.marks.partition_point(is_before);
        count.checked_sub(1).map_or((0, 0), |last| self.marks[last])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_countings_agree_at_every_character() {
        let text = "aä😀b\r\n⟪••••1⟫ñ";
        let units = Units::of(text);
        let mut unit = 0;
        for (at, character) in text.char_indices() {
            assert_eq!(units.unit(at) as usize, unit, "{at}");
            assert_eq!(units.byte(unit), at, "{unit}");
            unit += character.len_utf16();
        }
        assert_eq!(units.unit(text.len()) as usize, unit);
        assert_eq!(units.byte(unit + 5), text.len());
        assert_eq!(units.byte(3), 3, "the second half of a pair is its character");
    }
}
