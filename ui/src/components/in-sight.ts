// Of rows of one height, those that are drawn: what is in sight, and some beyond it, however many there are.

/** Rows that are drawn beyond each end of what is in sight. */
const BEYOND = 12;

/** What is in sight of a box that scrolls, in pixels. */
export interface Sight {
  top: number;
  height: number;
}

/** From the first row that is drawn to the one behind the last. Where the first row begins at 0. */
export function inSight(count: number, row: number, { top, height }: Sight): [from: number, to: number] {
  const from = Math.floor(top / row) - BEYOND;
  const to = Math.ceil((top + height) / row) + BEYOND;
  return [within(from, count), within(to, count)];
}

/** A length of the style in pixels; the size of the text is the person's. */
export const rem = (length: number): number =>
  length * parseFloat(getComputedStyle(document.documentElement).fontSize);

const within = (index: number, count: number) => Math.max(0, Math.min(count, index));
