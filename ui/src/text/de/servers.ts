import type { servers as english } from "../en/servers";

export const servers: typeof english = {
  states: {
    connected: "Verbunden",
    starting: "Startet",
    "needs-sign-in": "Anmeldung nötig",
    failing: "Gestört",
    stopped: "Beendet",
    "never-seen": "Nie gesehen",
    off: "Aus",
  },
  stateSince: (state, since) => `${state} seit ${since}`,
  sources: { config: "", extension: "Erweiterung", connector: "Konnektor" },
  announced: (server, state) => `${server}: ${state}`,

  groups: { needsYou: "Zu tun", working: "In Ordnung", notInUse: "Nicht in Gebrauch" },
  list: {
    filter: "Server filtern",
    filterHint: "Filtern",
    nothing: (filter) => `Kein Server hat „${filter}“ im Namen oder im Zustand.`,
    waiting: (what) => `Liest ${what}…`,
    notChecked: (count) =>
      count === 1 ? "1 Punkt ließ sich nicht prüfen" : `${count} Punkte ließen sich nicht prüfen`,
    setup: "Einrichtung von Claude",
  },

  server: {
    command: "Befehl",
    openLog: "Protokoll öffnen",
    timeline: "Was geschah",
    earlier: (count) => `${count} frühere zeigen`,
    bad: "fehlgeschlagen",
    good: "gelungen",
    noCause: "In seinem Protokoll steht keine Ursache, die Bridgekeeper kennt.",
    noCauseWhy:
      "Das Protokoll endet ohne einen Fehler, der sich deuten lässt. Vielleicht sagen seine letzten Zeilen mehr.",
    alsoFound: "Außerdem gefunden",
    gone: (name) => `${name} steht nicht mehr in der Konfiguration.`,
    readOnly: {
      extension:
        "Erweiterungen installiert und startet Claude selbst. Ändern lassen sie sich in Claude unter Einstellungen > Erweiterungen.",
      connector:
        "Konnektoren laufen in der Cloud von Anthropic. Ändern lassen sie sich in Claude unter Einstellungen > Konnektoren.",
    },
    back: "Server",
    parts: {
      label: "Teile der Seite",
      overview: "Überblick",
      log: "Protokoll",
      tools: "Werkzeuge",
      "sign-in": "Anmeldung",
      entry: "Eintrag",
    },
  },

  signs: {
    label: "Zeichen, dass er funktioniert",
    "signed-in": {
      yes: "Angemeldet und verbunden",
      no: "Nicht angemeldet",
      unknown: "Nicht bekannt, ob er verbunden ist",
    },
    "tools-listed": {
      yes: "Seine Werkzeuge lassen sich benutzen",
      no: "Seine Werkzeuge lassen sich nicht benutzen",
      unknown: "Er hat noch keine Werkzeuge aufgezählt",
    },
    "no-sign-in-crash": {
      yes: "Kein Absturz der Anmeldung im Protokoll",
      no: "Die Anmeldung ist abgestürzt",
      unknown: "Nicht bekannt, ob die Anmeldung abgestürzt ist",
    },
  },

  finding: {
    severity: { error: "Fehler", warning: "Warnung", info: "Hinweis" },
    proof: "Was es belegt",
    line: (file, line) => `${file}, Zeile ${line}`,
    whatToDo: "Was zu tun ist",
    byHand: "Von Hand erledigen",
    alternatives: "Oder",
  },

  setup: {
    claude: "Claude",
    configFile: "Konfigurationsdatei",
    whyLive: "Warum diese Datei",
    notChecked: "Ließ sich nicht prüfen",
    fine: "In der Einrichtung wurde kein Fehler gefunden.",
    finePartly: "In dem, was sich prüfen ließ, wurde kein Problem gefunden.",
    lookedIn: "Gesucht in",
  },
};
