import type { welcome as english } from "../en/welcome";

export const welcome: typeof english = {
  needs: (count) => (count === 1 ? "An 1 Stelle ist etwas zu tun" : `An ${count} Stellen ist etwas zu tun`),
  looking: "Bridgekeeper sieht nach, was da ist",
  promise:
    "Bridgekeeper sieht hier nur nach. Geändert wurde nichts, und nichts wird geändert, bevor zu sehen war, was.",
  groups: {
    needsYou: (count) => (count === 1 ? "1 braucht Aufmerksamkeit" : `${count} brauchen Aufmerksamkeit`),
    working: (count) => (count === 1 ? "1 funktioniert" : `${count} funktionieren`),
    notInUse: (count) => `${count} nicht in Gebrauch`,
  },
  names: (names, more) => (more === 0 ? names : `${names} und ${more} weitere`),
  none: "Claude hat noch keine Server.",
  seeWrong: "Zeigen, was nicht stimmt",
  seeServers: "Die Server zeigen",
  importable: (count) =>
    count === 1
      ? "1 Anmeldung von mcp-remote liegt in ungeschützten Dateien und lässt sich in den Schlüsselbund übernehmen."
      : `${count} Anmeldungen von mcp-remote liegen in ungeschützten Dateien und lassen sich in den Schlüsselbund übernehmen.`,
  notImportable: "Von mcp-remote gibt es keine Anmeldung zu übernehmen.",
  import: "Übernehmen…",
  decoys: "Andere Konfigurationen",
  decoy: (count) =>
    count === 1
      ? "1 Server dieser Datei ist Claude unbekannt, denn Claude liest sie nicht:"
      : `${count} Server dieser Datei sind Claude unbekannt, denn Claude liest sie nicht:`,
  noDecoys: "In keiner stehen Server, die Claude nicht kennt.",
  merge: "Zusammenführen…",
  keyring: "Schlüsselbund",
  keyringOpens: "Er ist offen. Anmeldungen und Geheimnisse lassen sich darin aufheben.",
  keyringUnknown: "Ob er offen ist, ließ sich nicht feststellen.",
  unasked: "Wird gefragt…",
  notStarted: "Bridgekeeper startet noch nicht von selbst.",
  chooseStart: "Wählen…",
  later: "Später",
  again: "Diese Seite steht von nun an unter Einstellungen.",
  settings: {
    name: "Was am Anfang gefunden wurde",
    words: "Claude, seine Server und was sich übernehmen lässt, neu angesehen",
    show: "Zeigen",
  },
};
