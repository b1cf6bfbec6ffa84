// Finding by the few letters that somebody types: they stand in the words in that order, and the closer together and
// the nearer to the beginnings of words, the better.

/** How well `typed` fits `words`; `null` where it does not. More is better; of equals the shorter words are. */
export function fit(typed: string, words: string): number | null {
  const wanted = Array.from(typed.toLocaleLowerCase()).filter((letter) => letter.trim() !== "");
  const letters = Array.from(words.toLocaleLowerCase());
  // For each place in the words the best score of what was typed so far, if its last letter stands there.
  let best = letters.map((): number | null => 0);
  for (const [index, letter] of wanted.entries()) {
    let before: number | null = index === 0 ? 0 : null;
    best = letters.map((one, at) => {
      const adjacent = index > 0 && at > 0 ? (best[at - 1] ?? null) : null;
      if (index > 0 && adjacent !== null && (before === null || adjacent > before)) before = adjacent;
      if (one !== letter || before === null) return null;
      const start = beginsWord(letters, at) ? 2 : 0;
      return Math.max(before + 1 + start, adjacent === null ? 0 : adjacent + 3);
    });
  }
  const found = best.reduce(
    (most, score) => (score !== null && (most === null || score > most) ? score : most),
    null,
  );
  return found === null ? null : found - letters.length / 1000;
}

const beginsWord = (letters: readonly string[], at: number): boolean =>
  at === 0 || !/[\p{L}\p{N}]/u.test(letters[at - 1] ?? " ");

/** Those that fit, the best first; all in their order where nothing was typed. */
export function fitting<T>(typed: string, all: readonly T[], words: (one: T) => string): T[] {
  if (typed.trim() === "") return [...all];
  return all
    .map((one) => ({ one, score: fit(typed, words(one)) }))
    .filter((each): each is { one: T; score: number } => each.score !== null)
    .sort((a, b) => b.score - a.score)
    .map(({ one }) => one);
}
