import type { changes as english } from "../en/changes";

const lines = (count: number) => (count === 1 ? "1 Zeile" : `${count} Zeilen`);

export const changes: typeof english = {
  change: {
    workingOut: "Stellt fest, was sich ändern wird…",
    heading: "Das ändert sich",
    undoHeading: "Das ändert sich beim Zurücknehmen",
    in: (file) => `in ${file}`,
    size: (count) => `${lines(count)}, lässt sich jederzeit zurücknehmen`,
    undoSize: (count) => lines(count),
    nothing: "In der Datei muss sich nichts ändern.",
    removed: "entfällt",
    added: "kommt dazu",
    gap: "Die Zeilen dazwischen bleiben, wie sie sind",
    fix: "Beheben",
    confirm: (count) => `${lines(count)} ändern`,
    confirmUndo: (count) => `${lines(count)} zurückholen`,
    ask: "Geschrieben wird erst nach der Bestätigung.",
    writing: "Schreibt…",
    cancel: "Abbrechen",
    undo: "Zurücknehmen",
    refresh: "Noch einmal versuchen",
    stale:
      "Die Datei ist inzwischen von anderer Seite geändert worden. Das ist der jetzige Unterschied; bitte noch einmal ansehen.",
    fixed: "Behoben.",
    undone: "Zurückgenommen.",
    mustRestart: "Claude muss neu gestartet werden, damit es gilt.",
    atNextStart: "Es gilt ab dem nächsten Start von Claude.",
    inUse: "Claude wurde damit gestartet.",
    mayNeedRestart: "Falls Claude läuft, gilt es erst nach einem Neustart.",
    works: (server) => `${server} ist verbunden.`,
  },

  things: {
    fate: {
      restarts: "Wird zuerst beendet und am Schluss wieder gestartet",
      ends: "Wird beendet; das lässt sich nicht zurücknehmen",
      goes: "Wird beiseitegelegt, lässt sich jederzeit zurücknehmen",
      returns: "Kommt zurück",
      undone: "Das Neueste zuerst",
      cannot: "Sollte weg und lässt sich nicht entfernen",
      stays: "Bleibt",
    },
    ask: "Nichts geschieht vor der Bestätigung.",
    confirm: (count) => (count === 1 ? "1 Ding zurücksetzen" : `${count} Dinge zurücksetzen`),
    confirmUndo: (count) => (count === 1 ? "1 Ding zurückholen" : `${count} Dinge zurückholen`),
    working: "Arbeitet…",
    done: "Claude verlangt eine neue Anmeldung, wenn es den Server startet.",
  },
  reset: {
    what: (server) =>
      `Alles, was für die Anmeldung ${server === null ? "bei den Servern" : `bei ${server}`} aufbewahrt ist, wird beiseitegelegt: Token, Registrierungen, Sperren und die zwischengespeicherte Brücke. Claude wird dafür beendet und wieder gestartet.`,
    heading: "Das wird zurückgesetzt",
    none: "Es ist nichts aufbewahrt, was sich zurücksetzen ließe.",
    noneWhy: "Token, Registrierungen und Sperren von Anmeldungen würden hier stehen.",
  },
};
