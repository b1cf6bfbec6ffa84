// Sentences of the history.
export const history = {
  empty: "Nothing has been changed yet",
  emptyWhy: "Every change Bridgekeeper makes stands here, with its undo.",
  undone: "Taken back",
  all: "Whole set-up",
  undo: (title: string) => `Undo: ${title}`,
  hint: (keys: string) => `${keys} takes back the last change`,
};
