// Every sentence the window says in English. What the engine found (causes, fixes, notes) comes from the engine.

const lines = (count: number) => (count === 1 ? "1 line" : `${count} lines`);

export const text = {
  app: "Bridgekeeper",
  title: (what: string) => `${what} – Bridgekeeper`,

  places: { label: "Places", servers: "Servers", history: "History" },
  needYou: (count: number) => (count === 1 ? "1 needs you" : `${count} need you`),

  claude: {
    running: "Claude is running",
    closed: "Claude is closed",
    unknown: "Claude",
    unknownRunning: "Whether it runs could not be told",
    missing: "Claude was not found",
    setup: "Set-up",
    openConfig: "Open config",
  },

  states: {
    connected: "Connected",
    starting: "Starting",
    "needs-sign-in": "Needs sign-in",
    failing: "Failing",
    stopped: "Stopped",
    "never-seen": "Never seen",
    off: "Off",
  },
  stateSince: (state: string, since: string) => `${state} since ${since}`,
  sources: { config: "", extension: "Extension", connector: "Connector" },
  announced: (server: string, state: string) => `${server}: ${state}`,

  groups: { needsYou: "Needs you", working: "Working", notInUse: "Not in use" },
  list: {
    filter: "Filter servers",
    filterHint: "Filter",
    nothing: (filter: string) => `No server's name or state holds “${filter}”.`,
    waiting: (what: string) => `Reading ${what}…`,
    notChecked: (count: number) =>
      count === 1 ? "1 thing could not be checked" : `${count} things could not be checked`,
    setup: "Claude’s set-up",
  },

  server: {
    command: "Command",
    openLog: "Open log",
    timeline: "What happened",
    earlier: (count: number) => `Show ${count} earlier`,
    bad: "failed",
    good: "worked",
    noCause: "No cause that Bridgekeeper knows stands in its log.",
    noCauseWhy: "Its log ends without an error that is understood. The last lines may say more to you.",
    alsoFound: "Also found",
    gone: (name: string) => `${name} is no longer in the config file.`,
    readOnly: {
      extension:
        "Claude installs and starts extensions by itself. Change it in Claude under Settings > Extensions.",
      connector: "Anthropic’s cloud runs connectors. Change it in Claude under Settings > Connectors.",
    },
    back: "Servers",
  },

  signs: {
    label: "Signs that it works",
    "signed-in": {
      yes: "Signed in and connected",
      no: "Not signed in",
      unknown: "Not known whether it is connected",
    },
    "tools-listed": {
      yes: "Its tools can be used",
      no: "Its tools cannot be used",
      unknown: "It has listed no tools yet",
    },
    "no-sign-in-crash": {
      yes: "No crash of the sign-in in the log",
      no: "The sign-in crashed",
      unknown: "Not known whether the sign-in crashed",
    },
  },

  finding: {
    severity: { error: "Problem", warning: "Warning", info: "Note" },
    proof: "What proves it",
    line: (file: string, line: number) => `${file}, line ${line}`,
    whatToDo: "What to do",
    byHand: "Do it by hand",
    alternatives: "Or",
  },

  change: {
    workingOut: "Working out what will change…",
    heading: "What will change",
    undoHeading: "What undo will change",
    in: (file: string) => `in ${file}`,
    size: (count: number) => `${lines(count)}, undo any time`,
    undoSize: (count: number) => lines(count),
    nothing: "Nothing in the file has to change.",
    removed: "removed",
    added: "added",
    gap: "Lines in between stay as they are",
    fix: "Fix",
    confirm: (count: number) => `Change ${lines(count)}`,
    confirmUndo: (count: number) => `Put ${lines(count)} back`,
    ask: "Nothing is written until you confirm.",
    writing: "Writing…",
    cancel: "Cancel",
    undo: "Undo",
    refresh: "Try again",
    stale:
      "The file was changed by somebody else in the meantime. This is the difference now; please look again.",
    fixed: "Fixed.",
    undone: "Taken back.",
    mustRestart: "Claude must be restarted to use it.",
    atNextStart: "Claude uses it at its next start.",
    mayNeedRestart: "If Claude is running, restart it to use it.",
    works: (server: string) => `${server} is connected.`,
  },

  things: {
    fate: {
      restarts: "Stopped first, and started again at the end",
      ends: "Ended; this cannot be taken back",
      goes: "Set aside, undo any time",
      returns: "Comes back",
      cannot: "Should go, and cannot",
      stays: "Stays",
    },
    ask: "Nothing happens until you confirm.",
    confirm: (count: number) => (count === 1 ? "Reset 1 thing" : `Reset ${count} things`),
    confirmUndo: (count: number) => (count === 1 ? "Put 1 thing back" : `Put ${count} things back`),
    working: "Working…",
    done: "Claude asks for a new sign-in when it starts the server.",
  },

  history: {
    empty: "Nothing has been changed yet",
    emptyWhy: "Every change Bridgekeeper makes stands here, with its undo.",
    undone: "Taken back",
    all: "Whole set-up",
    undo: (title: string) => `Undo: ${title}`,
    hint: (keys: string) => `${keys} takes back the last change`,
  },

  setup: {
    claude: "Claude",
    configFile: "Config file",
    whyLive: "Why this file",
    notChecked: "Could not be checked",
    fine: "No problem was found in the set-up.",
    lookedIn: "Looked in",
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
  },

  time: { today: "Today", yesterday: "Yesterday", at: (day: string, time: string) => `${day}, ${time}` },
};

export type Text = typeof text;
