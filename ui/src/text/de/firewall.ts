import type { firewall as english } from "../en/firewall";

export const firewall: typeof english = {
  why: "Eine Anmeldung braucht keine Regel. Der Browser kommt zu 127.0.0.1 zurück, und eine Verbindung dieses Computers mit sich selbst geht nie durch die Firewall.",
  looking: "Die Regeln der Firewall werden gelesen…",
  elsewhere: "Solche Regeln gibt es nur unter Windows. Auf diesem System wurde nichts nachgesehen.",
  unread: "Die Regeln der Firewall waren nicht zu lesen.",
  unreadHint: "Ob es eine Regel für Node gibt, ist nicht bekannt.",
  rules: "Regeln für Node",
  none: "Für Node gibt es keine Regel.",
  allows: "Lässt andere Computer herein",
  blocks: "Sperrt andere Computer aus",
  own: "Eine Regel von Bridgekeeper",
  ownWhy:
    "Manche Organisationen verlangen sie. Sie lässt andere Computer zu dem Node, das Claude startet. Windows fragt nach einem Administrator.",
  ownThere:
    "Sie wurde hier angelegt, und Anmeldungen gehen ohne sie. Andere Regeln bleiben, wie sie sind. Windows fragt nach einem Administrator.",
  add: "Regel anlegen…",
  remove: "Regel entfernen…",
  asking: "Windows wird gefragt…",
  done: { add: "Die Regel ist angelegt.", remove: "Die Regel ist entfernt." },
  look: "Regeln ansehen",
};
