// The window's language. Another one is another file here, `de.ts`, that exports the same `text`.
import { text as english, type Text } from "./en";

const languages = import.meta.glob<Text>("./[a-z][a-z].ts", { eager: true, import: "text" });

/** The first of the wanted languages that there is a file for, with its region: `en-GB`. */
export const locale = navigator.languages.find((wanted) => `./${wanted.slice(0, 2)}.ts` in languages) ?? "en";

export const text = languages[`./${locale.slice(0, 2)}.ts`] ?? english;
