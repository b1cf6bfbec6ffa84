import type { report as english } from "../en/report";

export const report: typeof english = {
  what: "Für alle, die helfen sollen: was hier läuft, was nicht geht und die letzten Zeilen der Protokolle. Alles ist vorher zu sehen, und nichts wird gesendet.",
  gathering: "Der Bericht wird zusammengestellt…",
  save: "Speichern",
  file: "Daraus wird",
  size: (bytes) =>
    bytes < 1000
      ? `${bytes} B`
      : bytes < 1_000_000
        ? `${Math.round(bytes / 1000)} kB`
        : `${(bytes / 1_000_000).toFixed(1).replace(".", ",")} MB`,
  here: "Speichern",
  elsewhere: "Woanders speichern…",
  saved: "Der Bericht ist gespeichert.",
  readIt: "Vor dem Senden bitte lesen.",
  show: "Im Ordner zeigen",
  anew: "Neu zusammenstellen",
  whom: "Wohin damit",
  open: "Seite öffnen",
  title: "Titel zum Einfügen",
  body: "Text zum Einfügen; die Datei gehört dazu",
  inIt: "Was darin steht",
  redacted:
    "Tokens, Schlüssel, Werte von Variablen und Headern, Namen von Personen und E-Mail-Adressen sind durch •••• ersetzt, der eigene Ordner durch ~. Namen und Adressen von Servern und Fehlertexte bleiben.",
  lines: (count) => (count === 1 ? "1 Zeile" : `${count} Zeilen`),
};
