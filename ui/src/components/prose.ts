// The little markup that the engine's explanations have: paragraphs, numbered steps, points, and `code`.

export type Block = { kind: "paragraph"; words: Words } | { kind: "steps" | "points"; items: Words[] };

export type Words = { text: string; code: boolean }[];

export function blocks(prose: string): Block[] {
  const found: Block[] = [];
  for (const line of unwrapped(prose)) {
    const last = found.at(-1);
    const item = ITEM.exec(line);
    if (item === null) {
      found.push({ kind: "paragraph", words: words(line) });
      continue;
    }
    const kind = item[1] === "-" || item[1] === "*" ? "points" : "steps";
    if (last?.kind === kind) last.items.push(words(item[2] ?? ""));
    else found.push({ kind, items: [words(item[2] ?? "")] });
  }
  return found;
}

const ITEM = /^(\d+\.|[-*]) +(.*)$/;

/** One line per paragraph or item: a line that begins neither goes on with the one before. */
function unwrapped(prose: string): string[] {
  const lines: string[] = [];
  let goesOn = false;
  for (const line of prose.split("\n").map((each) => each.trim())) {
    if (line !== "") {
      if (goesOn && !ITEM.test(line)) lines.push(`${lines.pop() ?? ""} ${line}`);
      else lines.push(line);
    }
    goesOn = line !== "";
  }
  return lines;
}

/** Moments that the engine puts into a sentence, as RFC 3339 has them. */
const MOMENT = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** The sentence with its moments in the words of the place where it is read. */
export const timed = (sentence: string, say: (at: string) => string): string =>
  sentence.replace(MOMENT, (at) => say(at));

/** Odd pieces between backticks are code; a backtick without its partner is a backtick. */
export function words(line: string): Words {
  const pieces = line.split("`");
  if (pieces.length % 2 === 0) return [{ text: line, code: false }];
  return pieces.map((text, index) => ({ text, code: index % 2 === 1 })).filter(({ text }) => text !== "");
}

/** The sentence for a name that is only heard: without the marks. */
export function plain(sentence: string): string {
  return words(sentence)
    .map(({ text }) => text)
    .join("");
}
