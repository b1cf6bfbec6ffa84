// Which language the window speaks: the one the person chose, else the first of the system's that there is.

export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];

/** A wanted language with its region, `de-AT`, as far as one is spoken here; else English. */
export function localeOf(chosen: string | null, system: readonly string[]): string {
  if (chosen !== null && isSpoken(chosen)) {
    return system.find((wanted) => languageOf(wanted) === languageOf(chosen)) ?? chosen;
  }
  return system.find(isSpoken) ?? "en";
}

export function languageOf(locale: string): Language {
  return LANGUAGES.find((language) => language === locale.slice(0, 2).toLowerCase()) ?? "en";
}

const isSpoken = (locale: string): boolean =>
  LANGUAGES.some(
    (language) => locale.toLowerCase() === language || locale.toLowerCase().startsWith(`${language}-`),
  );

/** The address's part that names the language, with everything else in it kept; `system` needs no name. */
export function searchFor(language: string, search: string): string {
  const parts = new URLSearchParams(search);
  parts.delete("language");
  if (language !== "system") parts.set("language", language);
  return parts.toString();
}
