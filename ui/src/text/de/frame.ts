import type { frame as english } from "../en/frame";

export const frame: typeof english = {
  app: "Bridgekeeper",
  title: (what) => `${what} – Bridgekeeper`,

  places: {
    label: "Bereiche",
    servers: "Server",
    config: "Konfiguration",
    "sign-ins": "Anmeldungen",
    history: "Verlauf",
    settings: "Einstellungen",
    add: "Server hinzufügen",
    setup: "Einrichtung",
    reset: "Anmeldedaten zurücksetzen",
    restart: "Claude neu starten",
    report: "Bericht für den Support",
    firewall: "Firewall",
    leave: "Claudes Konfiguration zurücksetzen",
    welcome: "Erster Blick",
  },
  needYou: (count) => (count === 1 ? "1 braucht Aufmerksamkeit" : `${count} brauchen Aufmerksamkeit`),

  claude: {
    running: "Claude läuft",
    closed: "Claude ist beendet",
    unknown: "Claude",
    unknownRunning: "Ob es läuft, ließ sich nicht feststellen",
    missing: "Claude wurde nicht gefunden",
    openConfig: "Konfiguration öffnen",
  },

  view: {
    first: "Sucht Claude und seine Server…",
    loading: (what) => `Liest ${what}…`,
    emptyTitle: "Claude hat noch keine Server",
    emptyText: (file) =>
      `In ${file} steht kein Eintrag unter mcpServers. Sobald dort einer steht, erscheint er hier.`,
    missingTitle: "Claude Desktop wurde nicht gefunden",
    missingText: "Claude Desktop installieren und einmal starten. Dieses Fenster bemerkt es von selbst.",
    healthyTitle: "Alles funktioniert",
    healthy: (count) => (count === 1 ? "1 Server ist verbunden." : `${count} Server sind verbunden.`),
    quietTitle: "Nichts zu tun",
    quiet: "Ein Server in der Liste zeigt, was in seinem Protokoll steht.",
    startingTitle: "Claude startet seine Server",
    starting: (names) => `Noch keine Antwort von ${names}.`,
    partly: "Nicht alles ließ sich prüfen.",
    staleTitle: "Wie es den Servern jetzt geht, ist nicht bekannt",
    staleWords: (count) =>
      count === 1
        ? "1 Server war verbunden, als sie zuletzt gelesen werden konnten."
        : `${count} Server waren verbunden, als sie zuletzt gelesen werden konnten.`,
    stale: (ago) => `Der gezeigte Stand wurde ${ago} gelesen.`,
    failed: "Die Server von Claude konnten nicht gelesen werden",
    noScreen: "Dieser Teil des Fensters konnte nicht geladen werden",
  },

  time: { today: "Heute", yesterday: "Gestern", at: (day, time) => `${day}, ${time}` },
};
