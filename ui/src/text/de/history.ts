import type { history as english } from "../en/history";

export const history: typeof english = {
  empty: "Noch ist nichts geändert worden",
  emptyWhy: "Jede Änderung von Bridgekeeper steht hier und lässt sich hier zurücknehmen.",
  undone: "Zurückgenommen",
  all: "Ganze Einrichtung",
  undo: (title) => `Zurücknehmen: ${title}`,
  hint: (keys) => `${keys} nimmt die letzte Änderung zurück`,
};
