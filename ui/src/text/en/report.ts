// Sentences of the report.
export const report = {
  what: "For whoever is to help: what stands here, what fails, and the ends of the logs. You see all of it first, and nothing is sent.",
  gathering: "Gathering what the report tells…",
  save: "Save it",
  file: "It becomes",
  size: (bytes: number) =>
    bytes < 1000
      ? `${bytes} B`
      : bytes < 1_000_000
        ? `${Math.round(bytes / 1000)} kB`
        : `${(bytes / 1_000_000).toFixed(1)} MB`,
  here: "Save",
  elsewhere: "Save elsewhere…",
  saved: "The report is saved.",
  readIt: "Read it before you send it.",
  show: "Show in its folder",
  anew: "Gather it anew",
  whom: "Where to report it",
  open: "Open the page",
  title: "Title to paste",
  body: "Text to paste; attach the file to it",
  inIt: "What is in it",
  redacted:
    "Tokens, keys, values of variables and headers, names of people and e-mail addresses are replaced by ••••, your home folder by ~. Names of servers, their addresses and texts of errors stay.",
  lines: (count: number) => (count === 1 ? "1 line" : `${count} lines`),
};
