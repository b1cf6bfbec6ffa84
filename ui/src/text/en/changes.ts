// Sentences of a change: what it will do, the question, the deed, the way back.
const lines = (count: number) => (count === 1 ? "1 line" : `${count} lines`);

export const changes = {
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
    inUse: "Claude was started with it.",
    mayNeedRestart: "If Claude is running, restart it to use it.",
    works: (server: string) => `${server} is connected.`,
  },
  things: {
    fate: {
      restarts: "Stopped first, and started again at the end",
      ends: "Ended; this cannot be taken back",
      goes: "Set aside, undo any time",
      returns: "Comes back",
      undone: "Newest first",
      cannot: "Should go, and cannot",
      stays: "Stays",
    },
    ask: "Nothing happens until you confirm.",
    confirm: (count: number) => (count === 1 ? "Reset 1 thing" : `Reset ${count} things`),
    confirmUndo: (count: number) => (count === 1 ? "Put 1 thing back" : `Put ${count} things back`),
    working: "Working…",
    done: "Claude asks for a new sign-in when it starts the server.",
  },
  reset: {
    what: (server: string | null) =>
      `Everything that is kept for signing in to ${server ?? "your servers"} is set aside: tokens, registrations, locks, and the cached bridge. Claude is closed for it and started again.`,
    heading: "What will be reset",
    none: "Nothing is kept that could be reset.",
    noneWhy: "Tokens, registrations and locks of sign-ins would stand here.",
  },
};
