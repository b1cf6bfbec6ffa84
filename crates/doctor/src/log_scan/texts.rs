//! Finds any of many short texts in a log, without regard to ASCII case.
//!
//! An automaton over several hundred texts goes byte by byte. This looks at every second place only: of each text
//! the two neighbouring groups of four bytes that are rarest in logs are marked in a table of bits, and one of them
//! must lie at an even place wherever the text stands. Most places end at the table; only behind a marked group are
//! texts compared. The few texts that are too short for that are told by three bytes, at every place.

/// Bits of the number that stands for a group.
const BITS: u32 = 16;
const MARKS: usize = 1 << BITS;
/// Shortest text of which two groups of four bytes can be marked.
const LONG: usize = 5;
/// Makes upper case lower, and changes other bytes in a way that does no harm: what is found is compared.
const LOWER: u32 = 0x2020_2020;
/// Bytes from the most frequent in logs to the rarer ones. Those that are not here are rare.
const FREQUENT: &[u8] = b" eationsrl0dc12mpuh34\":56789-./,_fgvby[]'";

/// The texts, ready to be looked for.
#[derive(Debug)]
pub(super) struct Texts {
    all: Vec<Text>,
    groups: Table,
    threes: Table,
}

#[derive(Debug)]
struct Text {
    bytes: Box<[u8]>,
    is_number: bool,
}

/// Which texts a group of bytes may belong to.
#[derive(Debug)]
struct Table {
    marks: Box<[u64; MARKS / 64]>,
    /// By number: where in `places` they begin.
    begins: Box<[u16]>,
    /// Text, and where in it the group stands.
    places: Vec<(u16, u8)>,
}

impl Texts {
    /// `texts` are in ASCII lower case and have two bytes or more.
    pub(super) fn new(texts: &[String]) -> Self {
        let (mut groups, mut threes) = (Vec::new(), Vec::new());
        for (number, text) in (0_u16..).zip(texts) {
            let text = text.as_bytes();
            if text.len() >= LONG {
                let at = rarest(text, LONG);
                for at in [at, at + 1] {
                    groups.push((group(word(&text[at..])), number, at));
                }
            } else if let [first, second] = *text {
                threes.extend((0..=u8::MAX).map(|third| (three(word(&[first, second, third])), number, 0)));
            } else {
                let at = rarest(text, 3);
                threes.push((three(word(&text[at..])), number, at));
            }
        }
        let text = |text: &String| Text {
            bytes: text.as_bytes().into(),
            is_number: text.bytes().all(|byte| byte.is_ascii_digit()),
        };
        Self { all: texts.iter().map(text).collect(), groups: Table::new(groups), threes: Table::new(threes) }
    }

    /// One that stands behind `from`, and where. Not always the first, but none stands wholly before it.
    pub(super) fn find(&self, log: &[u8], from: usize) -> Option<(u16, usize)> {
        let mut first = None;
        self.scan(log, from, |text, at| {
            first = Some((text, at));
            true
        });
        first
    }

    /// Tells the number of each that stands there.
    pub(super) fn each(&self, log: &[u8], mut found: impl FnMut(u16)) {
        self.scan(log, 0, |text, _| {
            found(text);
            false
        });
    }

    /// Until `found`, which gets a text's number and place, returns true.
    fn scan(&self, log: &[u8], from: usize, mut found: impl FnMut(u16, usize) -> bool) {
        let mut at = from;
        let rest = &log[from.min(log.len())..];
        for four in rest.windows(4).step_by(2) {
            let word = word(four);
            let marked = self.groups.is_marked(group(word))
                || self.threes.is_marked(three(word))
                || self.threes.is_marked(three(word >> 8));
            if marked && self.compare(log, at, word, &mut found) {
                return;
            }
            at += 2;
        }
        // The end, where no group of four is left.
        while at < log.len() {
            if self.compare(log, at, word(&log[at..]), &mut found) {
                return;
            }
            at += 2;
        }
    }

    #[cold]
    fn compare(&self, log: &[u8], at: usize, word: u32, found: &mut impl FnMut(u16, usize) -> bool) -> bool {
        let groups = self.groups.places(group(word)).iter().map(|place| (place, at));
        let first = self.threes.places(three(word)).iter().map(|place| (place, at));
        let second = self.threes.places(three(word >> 8)).iter().map(|place| (place, at + 1));
        groups.chain(first).chain(second).any(|(&(text, within), at)| {
            at.checked_sub(usize::from(within))
                .is_some_and(|begin| self.stands(text, log, begin) && found(text, begin))
        })
    }

    /// A number is found where it stands by itself: "503" is no part of "15030".
    fn stands(&self, text: u16, log: &[u8], begin: usize) -> bool {
        let text = &self.all[usize::from(text)];
        let end = begin + text.bytes.len();
        let digit = |at: Option<usize>| at.and_then(|at| log.get(at)).is_some_and(u8::is_ascii_digit);
        log.get(begin..end).is_some_and(|there| there.eq_ignore_ascii_case(&text.bytes))
            && !(text.is_number && (digit(begin.checked_sub(1)) || digit(Some(end))))
    }
}

impl Table {
    fn new(mut marked: Vec<(usize, u16, usize)>) -> Self {
        marked.sort_unstable();
        marked.dedup();
        let mut marks = Box::new([0; MARKS / 64]);
        let mut begins = vec![0; MARKS + 1].into_boxed_slice();
        let mut places = Vec::new();
        for (number, text, at) in marked {
            marks[number / 64] |= 1 << (number % 64);
            places.push((text, u8::try_from(at).unwrap_or(u8::MAX)));
            begins[number + 1] = u16::try_from(places.len()).unwrap_or(u16::MAX);
        }
        let mut last = 0;
        for begin in &mut begins {
            last = last.max(*begin);
            *begin = last;
        }
        Self { marks, begins, places }
    }

    fn is_marked(&self, number: usize) -> bool {
        self.marks[number / 64 % (MARKS / 64)] >> (number % 64) & 1 == 1
    }

    fn places(&self, number: usize) -> &[(u16, u8)] {
        &self.places[usize::from(self.begins[number])..usize::from(self.begins[number + 1])]
    }
}

/// Up to four bytes as a number, in lower case.
fn word(bytes: &[u8]) -> u32 {
    let four = match *bytes {
        [a, b, c, d, ..] => [a, b, c, d],
        [a, b, c] => [a, b, c, 0],
        [a, b] => [a, b, 0, 0],
        [a] => [a, 0, 0, 0],
        [] => [0; 4],
    };
    u32::from_le_bytes(four) | LOWER
}

fn group(word: u32) -> usize {
    (word.wrapping_mul(0x9E37_79B1) >> (u32::BITS - BITS)) as usize
}

/// Of the first three.
fn three(word: u32) -> usize {
    group(word << 8)
}

/// Where the stretch of this length begins that is least likely to stand in a log by chance.
fn rarest(text: &[u8], length: usize) -> usize {
    let rank = |byte: &u8| FREQUENT.iter().position(|known| known == byte).unwrap_or(FREQUENT.len());
    let rarity = |stretch: &[u8]| stretch.iter().map(rank).sum::<usize>();
    let stretches = text.windows(length).take(usize::from(u8::MAX) - 1).enumerate();
    stretches.max_by_key(|(_, stretch)| rarity(stretch)).map_or(0, |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_wherever_it_stands() {
        let texts: Vec<String> =
            ["enoent", "spawn npx", "${", "wsl", "pkce", "503", "11001", "→local] 0", "eperm", "\u{FFFD}"]
                .map(str::to_owned)
                .into();
        let finder = Texts::new(&texts);
        for (number, text) in texts.iter().enumerate() {
            for before in 0..9 {
                for after in 0..9 {
                    let log = format!(
                        "{}{}{}",
                        &"x y-z x!"[..before.min(8)],
                        text.to_ascii_uppercase(),
                        " q.#w_ ab"[..after].to_owned()
                    );
                    let mut all = Vec::new();
                    finder.each(log.as_bytes(), |found| all.push(usize::from(found)));
                    assert_eq!(all, [number], "{log}");
                    let at = log.find(&text.to_ascii_uppercase()).unwrap();
                    assert_eq!(
                        finder.find(log.as_bytes(), 0),
                        Some((u16::try_from(number).unwrap(), at)),
                        "{log}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_number_stands_by_itself() {
        let finder = Texts::new(&["503".to_owned()]);
        assert_eq!(finder.find(b"port 15030, 5031, 1503", 0), None);
        assert_eq!(finder.find(b"HTTP503", 0), Some((0, 4)));
    }
}
