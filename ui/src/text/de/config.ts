// Der Editor der Config.
import type { config as english } from "../en/config";

const lines = (count: number) => (count === 1 ? "1 Zeile" : `${count} Zeilen`);

export const config: typeof english = {
  title: "Config",
  opening: "Claudes Config wird gelesen…",
  failed: "Die Config ließ sich nicht öffnen",
  unsaved: "Nicht gespeichert",
  saved: "Gespeichert",
  save: "Prüfen und speichern",
  saveHint: (keys) => `Prüfen und speichern (${keys})`,
  undo: "Rückgängig",
  redo: "Wiederholen",
  discard: "Änderungen verwerfen",
  parts: { label: "Teile des Editors", servers: "Server", form: "Formular", json: "JSON" },
  json: "Config als JSON",
  choose: "Einen Server wählen",
  chooseWhy: "Sein Eintrag steht hier als Formular und daneben als JSON. Beides ist ein Dokument.",
  noForm: (name) => `Im Text steht kein Eintrag ${name}.`,
  phrases: {
    Find: "Suchen",
    Replace: "Ersetzen",
    next: "nächster",
    previous: "voriger",
    all: "alle",
    "match case": "Groß/klein",
    regexp: "Regulärer Ausdruck",
    "by word": "Ganze Wörter",
    replace: "ersetzen",
    "replace all": "alle ersetzen",
    close: "schließen",
    "$ unchanged lines": "$ Zeilen unverändert",
    "Fold line": "Zeile einklappen",
    "Unfold line": "Zeile ausklappen",
  },

  absent: {
    title: "Claude hat noch keine Config-Datei",
    words: (file) => `${file} ist nicht da. Claude legt sie an, wenn es sie braucht; das geht auch von hier.`,
    make: "Config-Datei anlegen",
  },
  unreadable: (why) => `Die Config-Datei lässt sich nicht lesen: ${why}`,
  unreadableHint: "Bis sie lesbar ist, kann hier nichts geändert werden.",
  readOnly:
    "Die Config-Datei ist schreibgeschützt. Bearbeiten geht hier; speichern erst, wenn sie beschrieben werden darf.",
  broken:
    "Claude kann diesen Text nicht lesen. Einträge mit einem Fehler lassen sich erst wieder im Formular ändern, wenn er behoben ist.",
  changed: {
    words: "Die Datei wurde inzwischen von jemand anderem geändert.",
    hint: "Von keiner Seite geht etwas verloren: Beide Änderungen werden zusammengeführt, und das Ergebnis ist vor dem Speichern zu sehen.",
    merge: "Zusammenführen",
    merged: "Beide Änderungen stehen jetzt im Text. Gespeichert ist noch nichts.",
    conflicts: (count) =>
      count === 1
        ? "Eine Stelle wurde auf beiden Seiten geändert."
        : `${count} Stellen wurden auf beiden Seiten geändert.`,
    theirs: "In der Datei",
    mine: "Hier",
    nothing: "nichts",
    takeTheirs: "Die der Datei nehmen",
    keepMine: "Meine behalten",
  },
  restored: "Das sind die Änderungen, die zuletzt nicht gespeichert wurden.",
  leave: {
    title: "Es gibt Änderungen, die nicht gespeichert sind",
    words: "Sie können bis zur Rückkehr aufgehoben werden, solange Bridgekeeper läuft.",
    stay: "Weiter bearbeiten",
    later: "Für später aufheben",
    discard: "Verwerfen",
  },
  review: {
    title: (file) => `Was sich in ${file} ändert`,
    before: "Die Datei, wie sie ist",
    after: "Die Datei, wie sie sein wird",
    undo: "Vor dem Speichern wird nichts geschrieben. Es lässt sich jederzeit zurücknehmen.",
    back: "Zurück zum Bearbeiten",
    save: (count) => `${lines(count)} speichern`,
  },
  done: {
    words: "Gespeichert.",
    running: "Claude liest die Datei beim Start: Für die Änderung muss Claude neu starten.",
    closed: "Claude verwendet sie beim nächsten Start.",
    undo: "Zurücknehmen",
  },

  rail: {
    title: "Server",
    none: "In der Config steht kein Server.",
    add: "Server hinzufügen",
    newName: "neuer-server",
    trouble: "hat Probleme",
    switch: (name) => `${name} ist an`,
    switchOff: (name) => `${name} ausschalten`,
    switchOn: (name) => `${name} einschalten`,
    decoy: (file, count) =>
      count === 1
        ? `In ${file} steht 1 Server; diese Datei liest Claude nicht.`
        : `In ${file} stehen ${count} Server; diese Datei liest Claude nicht.`,
    bring: "Was hier fehlt, hinzufügen",
  },

  form: {
    kinds: {
      local: "Läuft auf diesem Computer",
      "local-with-secrets": "Läuft auf diesem Computer, mit Geheimnissen aus dem Schlüsselbund",
      bridge: "Entfernt, über Bridgekeepers Brücke",
      "mcp-remote": "Entfernt, über mcp-remote",
      address: "Entfernt, nur mit Adresse; das liest Claude nicht",
    },
    readOnly:
      "Im Text dieses Eintrags steckt ein Fehler, darum ist er hier nur zu lesen. Erst den Fehler beheben.",
    problems: (name) => `Probleme von ${name}`,
    name: "Name",
    command: "Befehl",
    url: "Adresse des Servers",
    port: "Callback-Port",
    portHelp:
      "Wohin der Browser die Antwort einer Anmeldung bringt, auf diesem Computer. Leer: Die Brücke wählt ihn.",
    headers: "Header",
    addHeader: "Header hinzufügen",
    environment: "Umgebung",
    addVariable: "Variable hinzufügen",
    arguments: "Argumente",
    allArguments: (count) => `Alle ${count} Argumente`,
    addArgument: "Argument hinzufügen",
    argument: (number) => `Argument ${number}`,
    up: (number) => `Argument ${number} nach oben`,
    removeArgument: (number) => `Argument ${number} entfernen`,
    nameOf: (what, number) => `${what}: Name ${number}`,
    valueOf: (name) => `Wert von ${name}`,
    remove: (name) => `${name} entfernen`,
    flags: "Optionen der Brücke",
    chooseFlag: "Option wählen",
    addFlag: "Hinzufügen",
    unknownFlag: "Diese Option kennt die Brücke nicht.",
    secretsInFile: "Ein Geheimnis steht im Klartext in der Datei.",
    moveToKeyring: "In den Schlüsselbund",
    other: (keys) => `Außerdem im Eintrag, siehe JSON: ${keys}`,
    showInJson: "Im JSON zeigen",
    removeServer: "Eintrag entfernen",
  },

  secret: {
    title: "Ein Geheimnis. Im Formular lässt es sich zeigen.",
    reveal: "Zeigen",
    revealOf: (name) => `Geheimnis zeigen: ${name}`,
    hide: "Verbergen",
    hideOf: (name) => `Geheimnis verbergen: ${name}`,
    replace: "Ersetzen",
    replaceOf: (name) => `Geheimnis ersetzen: ${name}`,
    gone: "Dieses Geheimnis ist nicht mehr bekannt.",
  },

  problems: {
    title: "Probleme",
    none: "Kein Problem gefunden.",
    line: (line) => `Zeile ${line}`,
    count: (count) => (count === 1 ? "1 Problem" : `${count} Probleme`),
    more: (count) => `Und ${count} weitere. F8 führt von einem zum nächsten.`,
    next: (keys) => `Nächstes Problem (${keys})`,
  },
};
