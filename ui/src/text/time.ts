// Times as people say them: local, without the day where it is today.
import { locale, text } from ".";

const hourCycle =
  new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions().hourCycle ?? "h23";

const clock = new Intl.DateTimeFormat(locale, { timeStyle: "short", hourCycle });
const seconds = new Intl.DateTimeFormat(locale, { timeStyle: "medium", hourCycle });
const exact = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "medium" });
const date = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", hourCycle });
const dayOfYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long" });
const dayOfOtherYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" });
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });

/** `10:42`, or `Yesterday, 10:42`, or `3 November, 10:42`. */
export function moment(at: string, now: Date): string {
  const time = clock.format(new Date(at));
  return daysBetween(new Date(at), now) === 0 ? time : text.time.at(day(at, now), time);
}

/** `10:42:01`, and the day before it where it is not today. */
export function momentWithSeconds(at: string, now: Date): string {
  const time = seconds.format(new Date(at));
  return daysBetween(new Date(at), now) === 0 ? time : text.time.at(day(at, now), time);
}

/** `10:42`. */
export const timeOfDay = (at: string): string => clock.format(new Date(at));

/** `Today`, `Yesterday`, `3 November`, `3 November 2025`. */
export function day(at: string, now: Date): string {
  const then = new Date(at);
  const days = daysBetween(then, now);
  if (days === 0) return text.time.today;
  if (days === 1) return text.time.yesterday;
  return (then.getFullYear() === now.getFullYear() ? dayOfYear : dayOfOtherYear).format(then);
}

/** `42 minutes ago`. */
export function ago(at: string, now: Date): string {
  const minutes = Math.round((now.getTime() - new Date(at).getTime()) / 60_000);
  if (Math.abs(minutes) < 60) return relative.format(-minutes, "minute");
  const hours = Math.round(minutes / 60);
  return Math.abs(hours) < 24
    ? relative.format(-hours, "hour")
    : relative.format(-Math.round(hours / 24), "day");
}

/** `21 Nov 2026, 10:42`, wherever it is read. */
export const dated = (at: string): string => date.format(new Date(at));

/** Everything about it, for whoever asks. */
export const exactly = (at: string): string => exact.format(new Date(at));

/** Whole calendar days, so that 23:59 and 0:01 lie one day apart. */
function daysBetween(then: Date, now: Date): number {
  const midnight = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((midnight(now) - midnight(then)) / 86_400_000);
}
