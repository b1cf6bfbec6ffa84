// How a difference reads: how large it is, and which part of a changed line is the changed one.
import type { DiffLine } from "../ipc/backend";

export interface ShownLine extends DiffLine {
  /** The text in three parts; the middle one is what differs from its counterpart. */
  parts: readonly [before: string, changed: string, after: string];
}

/** Lines as a person counts them: a replaced line is one. */
export function changedLines(lines: readonly DiffLine[]): number {
  return blocks(lines).reduce((sum, { removed, added }) => sum + Math.max(removed.length, added.length), 0);
}

/** Each line with its changed part, found by pairing what was removed with what was added in its place. */
export function shownLines(lines: readonly DiffLine[]): ShownLine[] {
  const counterparts = new Map<DiffLine, DiffLine>();
  for (const { removed, added } of blocks(lines)) {
    removed.forEach((line, index) => {
      const other = added[index];
      if (other === undefined) return;
      counterparts.set(line, other);
      counterparts.set(other, line);
    });
  }
  return lines.map((line) => ({ ...line, parts: changedPart(line.text, counterparts.get(line)?.text) }));
}

interface Block {
  removed: DiffLine[];
  added: DiffLine[];
}

/** Runs of removed and added lines with nothing unchanged in between. */
function blocks(lines: readonly DiffLine[]): Block[] {
  const found: Block[] = [];
  let open: Block | null = null;
  for (const line of lines) {
    if (line.kind === "same" || line.kind === "gap") {
      open = null;
      continue;
    }
    if (open === null) {
      open = { removed: [], added: [] };
      found.push(open);
    }
    (line.kind === "add" ? open.added : open.removed).push(line);
  }
  return found;
}

/** Nothing is marked where there is no counterpart, or where the two have little in common. */
function changedPart(text: string, other: string | undefined): ShownLine["parts"] {
  if (other === undefined) return [text, "", ""];
  const shorter = Math.min(text.length, other.length);
  let start = 0;
  while (start < shorter && text[start] === other[start]) start += 1;
  let end = 0;
  while (end < shorter - start && text.at(-1 - end) === other.at(-1 - end)) end += 1;
  const common = text.slice(0, start).trim().length + text.slice(text.length - end).trim().length;
  if (common * 3 < text.trim().length) return [text, "", ""];
  return [text.slice(0, start), text.slice(start, text.length - end), text.slice(text.length - end)];
}
