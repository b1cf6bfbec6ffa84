// The languages against each other: whole, and each in its own words.
import { expect, it } from "vitest";
import { text as german } from "./de";
import { text as english } from "./en";
import { languageOf, localeOf } from "./language";

/** Said alike in both languages: names, and words that German has taken over. */
const ALIKE = new Set([
  "app",
  "title",
  "claude.unknown",
  "setup.claude",
  "sources.config",
  "announced",
  "places.firewall",
  "report.size",
  "config.title",
  "config.parts.json",
  "config.form.name",
  "config.form.argument",
  "change.in",
  "time.at",
  "updates.version",
  "updates.published",
  "updates.megabytes",
]);

type Sentence = string | ((...values: unknown[]) => string);

/** Every sentence by its path, filled in where it has gaps. */
function sentences(part: object, path = ""): [string, string][] {
  return Object.entries(part).flatMap(([key, value]: [string, Sentence | object]): [string, string][] => {
    const here = path === "" ? key : `${path}.${key}`;
    if (typeof value === "string") return [[here, value]];
    if (typeof value === "function") {
      const said = (value as (...values: unknown[]) => string)(
        ...Array.from({ length: 6 }, (_, at) => at + 2),
      );
      return [[here, said]];
    }
    return sentences(value, here);
  });
}

it("leaves no English in the German", () => {
  const other = new Map(sentences(german));
  const left = sentences(english).filter(([path, said]) => !ALIKE.has(path) && other.get(path) === said);
  expect(left).toEqual([]);
});

it("has as many sentences in each language", () => {
  const paths = (text: object) =>
    sentences(text)
      .map(([path]) => path)
      .sort();
  expect(paths(german)).toEqual(paths(english));
});

it("lists nothing as alike that is not there or differs", () => {
  const first = new Map(sentences(english));
  const other = new Map(sentences(german));
  expect([...ALIKE].filter((path) => !first.has(path) || first.get(path) !== other.get(path))).toEqual([]);
});

it("uses the typography of German", () => {
  const wrong = sentences(german).filter(([, said]) => /[“][^”]*”|\.\.\.|["!]/.test(said));
  expect(wrong).toEqual([]);
});

it.each([
  [null, ["de-AT", "en"], "de-AT"],
  [null, ["fr-FR", "en-GB", "de"], "en-GB"],
  [null, ["fr"], "en"],
  [null, ["den-XX"], "en"],
  ["de", ["en-GB", "de-CH"], "de-CH"],
  ["de", ["en-GB"], "de"],
  ["fr", ["de"], "de"],
])("takes %j of %j as %s", (chosen, system, locale) => {
  expect(localeOf(chosen, system)).toBe(locale);
});

it("speaks English where it does not know the language", () => {
  expect(languageOf("de-AT")).toBe("de");
  expect(languageOf("fr")).toBe("en");
});
