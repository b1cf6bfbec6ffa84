// Sentences of what was found when the app first ran.
export const welcome = {
  needs: (count: number) => (count === 1 ? "1 thing needs you" : `${count} things need you`),
  looking: "Bridgekeeper looks at what is there",
  promise:
    "Bridgekeeper only looks here. Nothing was changed, and nothing will be before you have seen what changes.",
  groups: {
    needsYou: (count: number) => (count === 1 ? "1 needs you" : `${count} need you`),
    working: (count: number) => (count === 1 ? "1 works" : `${count} work`),
    notInUse: (count: number) => `${count} not in use`,
  },
  names: (names: string, more: number) => (more === 0 ? names : `${names} and ${more} more`),
  none: "Claude has no servers yet.",
  seeWrong: "See what is wrong",
  seeServers: "Show the servers",
  importable: (count: number) =>
    count === 1
      ? "1 sign-in of mcp-remote lies in plain files and can be taken over into the keyring."
      : `${count} sign-ins of mcp-remote lie in plain files and can be taken over into the keyring.`,
  notImportable: "mcp-remote keeps no sign-in that could be taken over.",
  import: "Import…",
  decoys: "Other config files",
  decoy: (count: number) =>
    count === 1
      ? "1 server of this file is unknown to Claude, which does not read the file:"
      : `${count} servers of this file are unknown to Claude, which does not read the file:`,
  noDecoys: "None holds servers that Claude does not know.",
  merge: "Bring together…",
  keyring: "Keyring",
  keyringOpens: "It opens. Sign-ins and secrets can be kept in it.",
  keyringUnknown: "Whether it opens could not be told.",
  unasked: "Asking…",
  notStarted: "Bridgekeeper does not start by itself yet.",
  chooseStart: "Choose…",
  later: "Later",
  again: "This page stands under Settings from now on.",
  settings: {
    name: "What was found at first",
    words: "Claude, its servers, and what can be taken over, looked at anew",
    show: "Show",
  },
};
