//! Stretches of a log that only repeat what stands before them.
//!
//! A server that Claude restarts in a loop fills gigabytes with the same few lines. Of a run of equal blocks of
//! lines the first and the last are read and those between are passed over. That changes no finding: each block
//! after the first few brings the scan from one state to the same state again, with newer line numbers and times,
//! and those the last blocks bring. Blocks are equal where their lines are, but for the time and the bridge's
//! process id before them; a line that differs in anything else ends the run.

use memchr::memchr_iter;

use super::memory::fingerprint;

/// Blocks that are read at each end of a run: more than the sessions that are kept.
const READ: usize = 20;
/// Lines that are read at each end, at the least: more than a rule may look back.
const LINES_READ: usize = 128;
/// Longest block, in lines.
const LONGEST_BLOCK: usize = 512;
/// Places in the table of lines that were seen.
const SEEN: usize = 4096;

/// What to pass over in the lines at hand.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    /// Which lines are at hand.
    reads: Option<u64>,
    /// What to pass over, first to last. In bytes before the end of the lines, for lines are taken from their begin.
    passed: Vec<Stretch>,
    lines: Lines,
}

#[derive(Debug, Clone, Copy)]
struct Stretch {
    begin: usize,
    end: usize,
}

#[derive(Debug, Default)]
struct Lines {
    fingerprints: Vec<u64>,
    /// Where each begins.
    begins: Vec<usize>,
    /// By fingerprint, the last line that had it, from 1.
    seen: Vec<usize>,
}

impl Repeats {
    /// Finds in `window` what `find` looks for, but for what is passed over. `reads` tells one window from another.
    pub(super) fn find(
        &mut self,
        window: &[u8],
        reads: u64,
        find: impl Fn(&[u8]) -> Option<usize>,
    ) -> Option<usize> {
        if self.reads != Some(reads) {
            self.reads = Some(reads);
            self.lines.read(window);
            self.passed = self.lines.repeated(window.len());
        }
        let mut at = 0;
        loop {
            at += find(&window[at..])?;
            let left = window.len() - at;
            let inside = |stretch: &&Stretch| stretch.end < left && left <= stretch.begin;
            let Some(stretch) = self.passed.iter().find(inside) else { return Some(at) };
            at = window.len() - stretch.end;
        }
    }
}

impl Lines {
    fn read(&mut self, window: &[u8]) {
        self.fingerprints.clear();
        self.begins.clear();
        let mut begin = 0;
        for end in memchr_iter(b'\n', window) {
            self.fingerprints.push(fingerprint(without_time(&window[begin..end])));
            self.begins.push(begin);
            begin = end + 1;
        }
    }

    /// The inner parts of the runs, in a window of this length.
    fn repeated(&mut self, length: usize) -> Vec<Stretch> {
        self.seen.clear();
        self.seen.resize(SEEN, 0);
        let mut passed = Vec::new();
        // Up to where lines were compared at which distance.
        let mut compared = (0, 0);
        let mut at = 0;
        while at < self.fingerprints.len() {
            let place = usize::try_from(self.fingerprints[at] % SEEN as u64).unwrap_or(0);
            let last = std::mem::replace(&mut self.seen[place], at + 1);
            let block = (at + 1).saturating_sub(last);
            let again = last > 0 && block <= LONGEST_BLOCK && !(compared.0 == block && at < compared.1);
            if again {
                let end = self.run(at, block);
                compared = (block, end);
                let ends = (READ * block).max(LINES_READ);
                let (from, to) = (at - block + ends, end.saturating_sub(ends));
                if from < to {
                    passed.push(Stretch { begin: length - self.begins[from], end: length - self.begins[to] });
                    at = end;
                    continue;
                }
            }
            at += 1;
        }
        passed
    }

    /// The end of the lines from `at` that each equal the one `block` lines before it.
    fn run(&self, at: usize, block: usize) -> usize {
        let (lines, before) = (&self.fingerprints[at..], &self.fingerprints[at - block..]);
        at + lines.iter().zip(before).take_while(|(line, before)| line == before).count()
    }
}

/// Without the time that Claude's lines begin with, or the process id of the bridge's.
fn without_time(line: &[u8]) -> &[u8] {
    let digits = |from: &[u8]| from.iter().take_while(|byte| byte.is_ascii_digit()).count();
    match line {
        [b'0'..=b'9', ..] if digits(line) == 4 && line.get(23) == Some(&b'Z') => &line[24..],
        [b'[', rest @ ..] => match rest.get(digits(rest)..) {
            Some(after @ [b']', ..]) => after,
            _ => line,
        },
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines that are read of a log.
    fn read(log: &str) -> Vec<&str> {
        let mut repeats = Repeats::default();
        let mut lines = Vec::new();
        let mut rest = log;
        while let Some(at) = repeats.find(rest.as_bytes(), 1, |lines| (!lines.is_empty()).then_some(0)) {
            let (line, after) = rest[at..].split_once('\n').unwrap();
            lines.push(line);
            rest = after;
        }
        lines
    }

    #[test]
    fn the_inside_of_a_run_is_passed_over() {
        let time = |number: u32| format!("2026-03-02T08:{:02}:{:02}.000Z", number / 60 % 60, number % 60);
        let block = |number: u32| format!("{} begins\n\n[{number}] spawn npx ENOENT\nends\n", time(number));
        let log: String = (0..1000).map(block).chain(["other\n".to_owned()]).collect();
        let lines = read(&log);
        assert!((200..400).contains(&lines.len()), "{}", lines.len());
        let first: Vec<&str> = log.lines().take(100).collect();
        let last: Vec<&str> = log.lines().skip(4001 - 100).collect();
        assert!(lines.starts_with(&first) && lines.ends_with(&last));
    }

    #[test]
    fn lines_that_differ_in_a_number_are_all_read() {
        let line = |number: u32| format!("begins\nHTTP {number}\n");
        let log: String = (0..1000).map(line).collect();
        assert_eq!(read(&log).len(), 2000);
        let few = "a\nb\n".repeat(50);
        assert_eq!(read(&few).len(), 100);
    }
}
