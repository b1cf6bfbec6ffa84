import type { palette as english } from "../en/palette";

export const palette: typeof english = {
  palette: {
    label: "Zu einem Bereich gehen oder etwas tun",
    hint: "Server, Bereich oder Befehl eingeben",
    nothing: (typed) => `Hier heißt nichts „${typed}“.`,
    count: (count) => (count === 1 ? "1 steht zur Wahl" : `${count} stehen zur Wahl`),
    goTo: (server) => `${server} zeigen`,
    fix: (server) => `${server} in Ordnung bringen`,
    edit: (server) => `Eintrag von ${server} bearbeiten`,
    reset: (server) => `Anmeldedaten von ${server} zurücksetzen`,
    switchOff: (server) => `${server} ausschalten`,
    switchOn: (server) => `${server} einschalten`,
    openLog: (server) => `Protokoll von ${server} öffnen`,
    openFolder: "Ordner von Bridgekeeper öffnen",
  },
  shortcuts: {
    title: "Tasten",
    palette: "Zu einem Bereich gehen oder etwas tun",
    sheet: "Diese Liste",
    filter: "Die Server filtern",
    move: "In einer Liste gehen",
    open: "Das Gewählte öffnen",
    back: "Einen Schritt zurück",
    undo: "Im Verlauf: die letzte Änderung zurücknehmen",
    close: "Schließen",
  },
};
