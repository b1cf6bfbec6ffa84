// The window's language. The host names the chosen one in the address, `?language=de`, so that it is known before
// the first word is drawn. Another language is another folder here that exports the same `text`.
import { text as german } from "./de";
import { text as english } from "./en";
import { type Language, languageOf, localeOf } from "./language";

export type Text = typeof english;

const languages: Readonly<Record<Language, Text>> = { en: english, de: german };

/** The language with its region: `en-GB`. */
export const locale = localeOf(
  new URLSearchParams(window.location.search).get("language"),
  navigator.languages,
);

export const text = languages[languageOf(locale)];
