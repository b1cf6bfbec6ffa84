/** RFC 3339 of that many minutes (and seconds) before now. */
export function ago(minutes: number, seconds = 0): string {
  return new Date(Date.now() - (minutes * 60 + seconds) * 1000).toISOString();
}

const DAY = 24 * 60;

/** The same, in days. */
export const daysAgo = (days: number, minutes = 0): string => ago(days * DAY + minutes);
