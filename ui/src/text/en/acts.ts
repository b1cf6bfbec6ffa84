// Sentences of switching a server and of restarting Claude.
export const acts = {
  switchOff: "Switch off",
  switchOn: "Switch on",
  switching: {
    off: {
      title: (server: string) => `Switch ${server} off`,
      why: "Its entry leaves the file and is kept, every byte of it, until you switch it on again.",
    },
    on: {
      title: (server: string) => `Switch ${server} on`,
      why: "Its entry goes back to where it stood.",
    },
  },
  switched: { off: "Switched off.", on: "Switched on." },
  restart: "Restart Claude",
  start: "Start Claude",
  around: "Quit Claude, change, start",
  aroundUndo: "Quit Claude, put back, start",
  closing: {
    offered: "Claude writes its whole config from memory while it runs, and may write over the change.",
    needed: "The bridges of a Claude that runs would write over what comes back, so it is closed for it.",
  },
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
