// A line taken apart for the eye: what it says, and the message in it written out.

/** The JSON that a line holds, indented; `null` where it holds none that is whole. */
export function writtenOut(text: string): string | null {
  const start = text.search(/[{[]/);
  if (start < 0) return null;
  const body = text.slice(start).replace(/\s*\{ metadata: undefined \}\s*$/, "");
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" ? JSON.stringify(value, null, 2) : null;
  } catch {
    return null;
  }
}

/** The text in pieces, every second of which is what was searched for. */
export function around(text: string, wanted: string): string[] {
  if (wanted === "") return [text];
  const pieces: string[] = [];
  const lower = text.toLowerCase();
  const searched = wanted.toLowerCase();
  let at = 0;
  // Where lower case has another length, places in one text are none in the other
  for (let hit = lower.indexOf(searched); hit >= 0 && lower.length === text.length;) {
    pieces.push(text.slice(at, hit), text.slice(hit, hit + searched.length));
    at = hit + searched.length;
    hit = lower.indexOf(searched, at);
  }
  pieces.push(text.slice(at));
  return pieces;
}
