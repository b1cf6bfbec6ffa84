import { expect, it } from "vitest";
import { fit, fitting } from "./fuzzy";

const ALL = ["Open the log of linear", "Go to linear", "Go to filesystem", "Open config", "History"];
const found = (typed: string) => fitting(typed, ALL, (words) => words);

it("finds by letters in their order, the beginnings of words first", () => {
  expect(found("gl")[0]).toBe("Go to linear");
  expect(found("oc")[0]).toBe("Open config");
  expect(found("hist")).toEqual(["History"]);
  expect(found("LINEAR")).toEqual(["Go to linear", "Open the log of linear"]);
  expect(found("log lin")[0]).toBe("Open the log of linear");
});

it("finds nothing where a letter is missing or stands before", () => {
  expect(found("xyz")).toEqual([]);
  expect(fit("ba", "ab")).toBeNull();
  expect(fit("aa", "a")).toBeNull();
});

it("shows all in their order where nothing is typed", () => {
  expect(found(" ")).toEqual(ALL);
});
