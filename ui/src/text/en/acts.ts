// Sentences of switching a server and of restarting Claude.
export const acts = {
  switchOff: "Switch off",
  switchOn: "Switch on",
  switchOffWhy: "Its entry leaves the config and is kept here, every byte of it.",
  switched: { off: "Switched off.", on: "Switched on." },
  restart: "Restart Claude",
  start: "Start Claude",
  around: "Quit Claude, change, start",
  aroundWhy: "Claude cannot write over the change then.",
  plan: (claudes: number, servers: number) =>
    `${claudes === 1 ? "1 process" : `${claudes} processes`} of Claude and ${
      servers === 1 ? "1 server" : `${servers} servers`
    } end. Unsent text in Claude is lost.`,
  planStart: "Claude is not running. It will be started.",
  looking: "Looking at what runs…",
  steps: {
    quitting: "Waiting for Claude to quit…",
    ending: "Ending what did not go…",
    writing: "Making the change…",
    starting: "Starting Claude…",
    "coming-up": "Its servers come up…",
    done: "Claude has been restarted.",
  },
  up: (up: number, all: number) => `${up} of ${all} servers are up.`,
  silent: "Its log says nothing yet",
  still: (names: string) => `Still running: ${names}.`,
  close: "Close",
  changed: "The change was made.",
};
