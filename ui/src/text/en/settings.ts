// Sentences of the settings.
export const settings = {
  broken: "The usual settings hold. The file is set aside at the first change, and nothing in it is lost.",

  general: "General",
  startAtLogin: "Start at login",
  startAtLoginWords: "Bridgekeeper starts in the tray, without a window.",
  closeToTray: "Stay in the tray when the window is closed",
  closeToTrayWords: "Servers are watched on. Otherwise closing the window quits.",
  language: "Language",
  theme: "Colours",
  asSystem: "As the system",
  light: "Light",
  dark: "Dark",

  notifications: "Notifications",
  notificationsWords: "They come only where something needs you.",
  notices: {
    wiped: "Entries of the config are lost",
    "sign-in": "A server needs a sign-in",
    failing: "A server that worked has stopped working",
    restart: "Claude must be restarted",
  },
  quietHours: "Quiet hours",
  quietHoursWords: "What is still so at their end is told then.",
  from: "From",
  to: "To",

  safety: "Safety",
  guardian: "Guard Claude’s config",
  guardianWords:
    "Every version of it is kept, so that entries that get lost are noticed and can be put back.",
  kept: "What undo needs is kept for 30 days",
  keptWords: "At most 1,000 changes. The newest change and servers that are switched off are always kept.",

  managed: (who: string | null) => (who ? `Set by ${who}` : "Set by your organisation"),
  managedWords: "Only whoever looks after this computer changes it.",
  updatesOff: "Updates are off",
  allowedServers: "Servers that may be added",
  noServerAllowed: "None",
  reportAddress: "Reports go to",
  policyPlace: "It stands in",
  policyForbids: "Until this can be read, what it may forbid is forbidden.",
  policyIgnored: "The rest holds without it.",

  advanced: "Advanced",
  reportWords: "One file without secrets for whoever is to help. You see it first.",
  firewallWords: "Rules for Node, and why sign-ins need none",
  look: "Look",
  folder: "Bridgekeeper’s folder",
  folderWords: "Settings, changes and their copies stand in",
  openFolder: "Open",
};
