// Sentences of the window’s frame: places, Claude’s state, what the whole window says, days.
export const frame = {
  app: "Bridgekeeper",
  title: (what: string) => `${what} – Bridgekeeper`,
  places: {
    label: "Places",
    servers: "Servers",
    config: "Config",
    "sign-ins": "Sign-ins",
    history: "History",
    settings: "Settings",
    add: "Add a server",
    setup: "Set-up",
    reset: "Reset auth state",
    restart: "Restart Claude",
    welcome: "First look",
  },
  needYou: (count: number) => (count === 1 ? "1 needs you" : `${count} need you`),
  claude: {
    running: "Claude is running",
    closed: "Claude is closed",
    unknown: "Claude",
    unknownRunning: "Whether it runs could not be told",
    missing: "Claude was not found",
    openConfig: "Open config",
  },
  view: {
    first: "Looking for Claude and its servers…",
    loading: (what: string) => `Reading ${what}…`,
    emptyTitle: "Claude has no servers yet",
    emptyText: (file: string) =>
      `${file} has no entry under mcpServers. As soon as one stands there, it appears here.`,
    missingTitle: "Claude Desktop was not found",
    missingText: "Install Claude Desktop and start it once. This window notices by itself.",
    healthyTitle: "Everything works",
    healthy: (count: number) => (count === 1 ? "1 server is connected." : `${count} servers are connected.`),
    quietTitle: "Nothing needs you",
    quiet: "Choose a server to see what its log says.",
    startingTitle: "Claude is starting its servers",
    starting: (names: string) => `No answer yet from ${names}.`,
    partly: "Not everything could be checked.",
    staleTitle: "How the servers are now is not known",
    staleWords: (count: number) =>
      count === 1
        ? "1 server was connected when they could last be read."
        : `${count} servers were connected when they could last be read.`,
    stale: (ago: string) => `What you see was read ${ago}.`,
    failed: "Claude’s servers could not be read",
    noScreen: "This part of the window could not be loaded",
  },
  time: { today: "Today", yesterday: "Yesterday", at: (day: string, time: string) => `${day}, ${time}` },
};
