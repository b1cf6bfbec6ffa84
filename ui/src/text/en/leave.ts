// Sentences of putting Claude’s configs back.
export const leave = {
  what: "Every change that Bridgekeeper made in Claude’s configs and that still stands is taken back, the newest first. What you or Claude changed since stays. Do this before you remove Bridgekeeper.",
  heading: "What is taken back",
  confirm: (count: number) => (count === 1 ? "Take 1 change back" : `Take ${count} changes back`),
  nothing: "No change of Bridgekeeper’s stands in Claude’s configs.",
  done: "Claude’s configs are as they were before Bridgekeeper.",
  partly: "Claude’s configs are as they were before Bridgekeeper but for what stands below.",
  left: "Could not be taken back",
  stays: "What stays",
  staying: [
    "Entries that Claude had lost and that were put back for you.",
    "Sign-ins and secrets in the keyring. End them under Sign-ins.",
    "Bridgekeeper’s folder. An entry that could not be taken back still starts the bridge in it.",
  ],
  settings: {
    name: "Put Claude’s configs back",
    words: "As they were before Bridgekeeper. Shown first; for when you remove it.",
    show: "Show",
  },
};
