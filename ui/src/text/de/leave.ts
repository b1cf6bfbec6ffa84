import type { leave as english } from "../en/leave";

export const leave: typeof english = {
  what: "Jede Änderung, die Bridgekeeper an den Konfigurationen von Claude gemacht hat und die noch besteht, wird rückgängig gemacht, die neueste zuerst. Was seither von Hand oder von Claude geändert wurde, bleibt. Das gehört vor das Entfernen von Bridgekeeper.",
  heading: "Was rückgängig gemacht wird",
  confirm: (count) => (count === 1 ? "1 Änderung zurücknehmen" : `${count} Änderungen zurücknehmen`),
  nothing: "In den Konfigurationen von Claude steht keine Änderung von Bridgekeeper.",
  done: "Die Konfigurationen von Claude sind wie vor Bridgekeeper.",
  partly: "Die Konfigurationen von Claude sind wie vor Bridgekeeper bis auf das, was unten steht.",
  left: "Nicht zurückzunehmen",
  stays: "Was bleibt",
  staying: [
    "Einträge, die Claude verloren hatte und die zurückgeholt wurden.",
    "Anmeldungen und Geheimnisse im Schlüsselbund. Sie enden unter Anmeldungen.",
    "Der Ordner von Bridgekeeper. Ein Eintrag, der nicht zurückzunehmen war, startet die Brücke darin weiter.",
  ],
  settings: {
    name: "Claudes Konfiguration zurücksetzen",
    words: "Wie vor Bridgekeeper. Erst wird es gezeigt; gedacht für das Entfernen.",
    show: "Zeigen",
  },
};
