import type { acts as english } from "../en/acts";

export const acts: typeof english = {
  switchOff: "Ausschalten",
  switchOn: "Einschalten",
  switching: {
    off: {
      title: (server) => `${server} ausschalten`,
      why: "Der Eintrag verlässt die Datei und wird aufbewahrt, jedes Byte davon, bis er wieder eingeschaltet wird.",
    },
    on: {
      title: (server) => `${server} einschalten`,
      why: "Der Eintrag kommt dorthin zurück, wo er stand.",
    },
  },
  switched: { off: "Ausgeschaltet.", on: "Eingeschaltet." },
  restart: "Claude neu starten",
  start: "Claude starten",
  around: "Claude beenden, ändern, starten",
  aroundUndo: "Claude beenden, zurücksetzen, starten",
  closing: {
    offered:
      "Claude schreibt die ganze Konfiguration aus dem Gedächtnis, solange es läuft, und kann die Änderung überschreiben.",
    needed:
      "Die Brücken eines laufenden Claude würden überschreiben, was zurückkommt. Darum wird Claude dafür beendet.",
  },
  aroundWhy: "So kann Claude die Änderung nicht überschreiben.",
  plan: (claudes, servers) =>
    `${claudes === 1 ? "1 Prozess" : `${claudes} Prozesse`} von Claude und ${
      servers === 1 ? "1 Server" : `${servers} Server`
    } werden beendet. Nicht gesendeter Text in Claude geht verloren.`,
  planStart: "Claude läuft nicht. Es wird gestartet.",
  looking: "Es wird nachgesehen, was läuft…",
  steps: {
    quitting: "Claude soll sich beenden…",
    ending: "Was nicht ging, wird beendet…",
    writing: "Die Änderung wird gemacht…",
    starting: "Claude wird gestartet…",
    "coming-up": "Die Server kommen hoch…",
    done: "Claude wurde neu gestartet.",
  },
  up: (up, all) => `${up} von ${all} Servern laufen.`,
  silent: "Sein Protokoll sagt noch nichts",
  still: (names) => `Läuft noch: ${names}.`,
  close: "Schließen",
  changed: "Die Änderung ist gemacht.",
};
