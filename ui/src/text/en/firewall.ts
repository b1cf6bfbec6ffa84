// Sentences of the firewall.
export const firewall = {
  why: "A sign-in needs no rule. The browser comes back to 127.0.0.1, and a connection from this computer to itself never meets the firewall.",
  looking: "Reading the firewall’s rules…",
  elsewhere: "Such rules are a matter of Windows. Nothing was looked at on this system.",
  unread: "The firewall’s rules could not be read.",
  unreadHint: "Whether there is a rule for Node is not known.",
  rules: "Rules for Node",
  none: "There is no rule for Node.",
  allows: "Lets other computers in",
  blocks: "Blocks other computers",
  own: "A rule of Bridgekeeper’s",
  ownWhy:
    "Some organisations want one. It lets other computers connect to the Node that Claude starts. Windows asks for an administrator.",
  ownThere:
    "It was added here, and sign-ins work without it. Other rules are not touched. Windows asks for an administrator.",
  add: "Add the rule…",
  remove: "Remove the rule…",
  asking: "Waiting for Windows…",
  done: { add: "The rule was added.", remove: "The rule is gone." },
  look: "Look at the rules",
};
