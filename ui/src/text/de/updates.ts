import type { updates as english } from "../en/updates";

export const updates: typeof english = {
  heading: "Aktualisierung",
  byItself: "Nach neuen Versionen sehen",
  byItselfWords:
    "Einmal am Tag. Die Anfrage nennt diese Version und das System, sonst nichts. Eine neue Version wird geladen, wo das Netz nichts kostet, und erst auf Ihren Wunsch installiert.",
  asking: "Der Stand der Aktualisierung wird geholt…",

  version: (version) => `Version ${version}`,
  newer: (version) => `Version ${version} ist da`,
  navigation: (version) => `Version ${version} ist da`,
  replaced: (old, version) => `Von ${old} auf ${version} aktualisiert`,
  replacedWords: "Laufende Brücken bleiben, wie sie sind, bis Claude sie neu startet.",

  notLooked: "Seit dem Start wurde nicht nachgesehen.",
  looking: "Es wird nachgesehen…",
  upToDate: "Das ist die neueste Version.",
  lookedAt: (when) => `Zuletzt nachgesehen: ${when}.`,
  offByPerson: "Nach neuen Versionen wird nur auf Ihren Wunsch gesehen.",
  published: (day, size) => (size === null ? day : `${day}, ${size}`),
  megabytes: (count) => `${count} MB`,

  downloading: (percent) => `Wird geladen: ${percent}`,
  progress: "Herunterladen",
  ready: "Geladen, und die Signatur stimmt.",
  readyWords: "Bridgekeeper startet als neue Version. Laufende Brücken und Claude bleiben, wie sie sind.",
  waiting: {
    "sign-in": "Wird installiert, sobald die Anmeldung vorbei ist.",
    write: "Wird installiert, sobald die Änderung geschrieben ist.",
    restart: "Wird installiert, sobald Claude wieder läuft.",
  },
  installing: "Wird installiert…",
  installingWords: "Das System fragt vielleicht nach einem Passwort.",

  look: "Jetzt nachsehen",
  download: "Laden",
  install: "Installieren und neu starten",
  later: "Jetzt nicht",
  again: "Noch einmal versuchen",
  notes: "Was neu ist",

  failed: {
    network: "Der Server der Aktualisierungen war nicht zu erreichen.",
    silent: "Der Server der Aktualisierungen antwortet nicht mehr.",
    insecure: "Die Aktualisierung wird unverschlüsselt angeboten und wurde nicht geladen.",
    size: "Der Server schickt eine andere Größe als angekündigt. Das Geladene wurde verworfen.",
    unreadable: "Was der Server über neue Versionen sagt, ist nicht zu lesen.",
    "no-package": "Die neue Version hat kein Paket für diese Art der Installation.",
    signature: "Das Paket trägt nicht die Signatur des Herausgebers. Es wurde verworfen.",
    "other-version": "Das Paket ist als eine andere Version signiert. Es wurde verworfen.",
    "not-kept": "Das Paket ließ sich auf diesem Computer nicht aufheben.",
    "not-installed": "Das System hat das Paket nicht installiert.",
  },
  next: {
    network: "Sehen Sie noch einmal nach, wenn die Verbindung steht.",
    silent: "Sehen Sie später noch einmal nach.",
    insecure:
      "Sehen Sie später noch einmal nach. Bleibt es so, sagen Sie es dem Herausgeber von Bridgekeeper.",
    size: "Sehen Sie später noch einmal nach. Bleibt es so, sagen Sie es dem Herausgeber von Bridgekeeper.",
    unreadable:
      "Sehen Sie später noch einmal nach. Bleibt es so, sagen Sie es dem Herausgeber von Bridgekeeper.",
    "no-package": "Installieren Sie sie von der Seite der Veröffentlichung.",
    signature: "Es wurde nichts installiert. Geschieht es wieder, melden Sie es als Sicherheitslücke.",
    "other-version": "Es wurde nichts installiert. Geschieht es wieder, melden Sie es als Sicherheitslücke.",
    "not-kept": "Prüfen Sie, ob der Datenträger voll ist, und sehen Sie noch einmal nach.",
    "not-installed":
      "Bridgekeeper bleibt, wie es ist. Versuchen Sie es noch einmal und erlauben Sie es, oder installieren Sie das Paket von Hand.",
  },

  off: {
    policy: "Die Aktualisierung ist für diesen Computer abgeschaltet.",
    build: "Diese Fassung aktualisiert sich nicht selbst.",
    packages: "Neue Versionen kommen mit den Paketen des Systems.",
    rights: "Die Aktualisierung braucht jemanden, der Pakete installieren darf.",
    place: "Für die Aktualisierung muss Bridgekeeper im Ordner „Programme“ liegen.",
  },
  offWords: {
    policy: (decided) => `Entschieden von ${decided}.`,
    build: () => "Neue Versionen gibt es dort, wo diese herkommt.",
    packages: (command) => `${command} bringt neue Versionen zusammen mit denen des Systems.`,
    rights: () => "Fragen Sie, wer diesen Computer betreut.",
    place: () => "Beenden Sie es, legen Sie es dorthin und starten Sie es neu.",
  },
};
