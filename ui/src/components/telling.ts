/**
 * The part of a line that tells: the longest thing which the explanation names by its letters and which stands in
 * the line. Things are what is set in backticks or quotes, and words that no prose has, such as `C:\Program`.
 * Where there is none, the line is all before.
 */
export function tellingPart(line: string, explanation: string): readonly [string, string, string] {
  const named = [...explanation.matchAll(/`([^`]+)`|["“']([^"”']{3,})["”']|(\S+)/g)]
    .map(([, ticked, quoted, word]) => ticked ?? quoted ?? (word === undefined ? "" : unusual(word)))
    .filter((thing) => thing.length > 2 && line.includes(thing))
    .sort((one, other) => other.length - one.length);
  const [telling] = named;
  if (telling === undefined) return [line, "", ""];
  const at = line.indexOf(telling);
  return [line.slice(0, at), telling, line.slice(at + telling.length)];
}

/** The word without the sentence's marks, if it holds a letter and something no prose word holds. */
function unusual(word: string): string {
  const bare = word.replace(/^[("'“]+|[.,;:!?)"'”]+$/g, "");
  return /[a-z]/i.test(bare) && /[\\/_:=@${}]|\.\w|[A-Z]{3}/.test(bare) ? bare : "";
}
