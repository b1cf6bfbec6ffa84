import { describe, expect, it } from "vitest";
import { ago, day, moment, momentWithSeconds } from "./time";

const now = new Date(2026, 10, 21, 10, 43, 30);
const at = (...parts: [number, number, number, number, number, number?]) => new Date(...parts).toISOString();
/** Hours and minutes as this machine's locale writes them. */
const plain = (words: string) => words.replace(/\s(AM|PM)/, "");

describe("a moment", () => {
  it("has no day while it is today", () => {
    expect(plain(moment(at(2026, 10, 21, 0, 1), now))).toMatch(/^(12|00|0|24):01$/);
    expect(plain(momentWithSeconds(at(2026, 10, 21, 10, 42, 1), now))).toBe("10:42:01");
  });

  it("has its hour written alike with seconds and without", () => {
    const morning = at(2026, 10, 21, 9, 9);
    expect(momentWithSeconds(morning, now).replace(/:00/, "")).toBe(moment(morning, now));
  });

  it("names the day before, across midnight too", () => {
    const justAfterMidnight = new Date(2026, 10, 22, 0, 1);
    expect(moment(at(2026, 10, 21, 11, 59), justAfterMidnight)).toMatch(/^Yesterday, 11:59/);
    expect(moment(at(2026, 10, 20, 11, 5), now)).toMatch(/^Yesterday, 11:05/);
  });

  it("names day and month, and the year only where it is another", () => {
    expect(day(at(2026, 10, 3, 9, 0), now)).toBe("November 3");
    expect(day(at(2025, 10, 3, 9, 0), now)).toBe("November 3, 2025");
  });

  it("counts calendar days, also where a day has 23 or 25 hours", () => {
    expect(day(at(2026, 2, 28, 23, 59), new Date(2026, 2, 29, 23, 58))).toBe("Yesterday");
    expect(day(at(2026, 9, 24, 0, 5), new Date(2026, 9, 25, 23, 58))).toBe("Yesterday");
  });
});

describe("how long ago", () => {
  it.each([
    [at(2026, 10, 21, 10, 43, 20), "this minute"],
    [at(2026, 10, 21, 10, 1, 30), "42 minutes ago"],
    [at(2026, 10, 21, 7, 43, 30), "3 hours ago"],
    [at(2026, 10, 19, 10, 0), "2 days ago"],
  ])("%s is %s", (then, words) => {
    expect(ago(then, now)).toBe(words);
  });
});
