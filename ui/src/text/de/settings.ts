import type { settings as english } from "../en/settings";

export const settings: typeof english = {
  broken:
    "Es gelten die üblichen Einstellungen. Bei der ersten Änderung wird die Datei beiseitegelegt; nichts darin geht verloren.",

  general: "Allgemein",
  startAtLogin: "Beim Anmelden am Computer starten",
  startAtLoginWords: "Bridgekeeper startet dann ohne Fenster im Infobereich.",
  closeToTray: "Beim Schließen des Fensters im Infobereich bleiben",
  closeToTrayWords: "Die Server werden weiter beobachtet. Sonst beendet das Schließen das Programm.",
  language: "Sprache",
  theme: "Farben",
  asSystem: "Wie das System",
  light: "Hell",
  dark: "Dunkel",

  notifications: "Mitteilungen",
  notificationsWords: "Sie kommen nur, wenn etwas zu tun ist.",
  notices: {
    wiped: "Einträge der Konfiguration sind verloren gegangen",
    "sign-in": "Ein Server braucht eine Anmeldung",
    failing: "Ein Server, der funktioniert hat, tut es nicht mehr",
    restart: "Claude muss neu gestartet werden",
  },
  quietHours: "Ruhezeit",
  quietHoursWords: "Was an ihrem Ende noch gilt, wird dann mitgeteilt.",
  from: "Von",
  to: "Bis",

  safety: "Sicherheit",
  guardian: "Die Konfiguration von Claude bewachen",
  guardianWords:
    "Jede Fassung wird aufgehoben, damit verlorene Einträge auffallen und sich zurückholen lassen.",
  kept: "Was zum Zurücknehmen nötig ist, bleibt 30 Tage",
  keptWords:
    "Höchstens 1.000 Änderungen. Die neueste Änderung und ausgeschaltete Server bleiben immer erhalten.",

  managed: (who: string | null) => (who ? `Vorgaben von ${who}` : "Vorgaben der Organisation"),
  managedWords: "Nur wer diesen Rechner betreut, ändert sie.",
  updatesOff: "Updates sind aus",
  allowedServers: "Server, die hinzugefügt werden dürfen",
  noServerAllowed: "Keine",
  reportAddress: "Berichte gehen an",
  policyPlace: "Es steht in",
  policyForbids: "Bis es lesbar ist, ist verboten, was es verbieten könnte.",
  policyIgnored: "Das Übrige gilt ohne diese Vorgabe.",

  advanced: "Erweitert",
  reportWords: "Eine Datei ohne Geheimnisse für alle, die helfen sollen. Sie ist vorher zu sehen.",
  firewallWords: "Regeln für Node, und warum Anmeldungen keine brauchen",
  look: "Ansehen",
  folder: "Der Ordner von Bridgekeeper",
  folderWords: "Einstellungen, Änderungen und ihre Kopien liegen in",
  openFolder: "Öffnen",
};
