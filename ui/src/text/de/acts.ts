import type { acts as english } from "../en/acts";

export const acts: typeof english = {
  switchOff: "Ausschalten",
  switchOn: "Einschalten",
  switchOffWhy: "Der Eintrag verlässt die Config und wird hier aufbewahrt, jedes Byte davon.",
  switched: { off: "Ausgeschaltet.", on: "Eingeschaltet." },
  restart: "Claude neu starten",
  start: "Claude starten",
  around: "Claude beenden, ändern, starten",
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
