// Sentences of the palette and of the sheet of keys.
export const palette = {
  palette: {
    label: "Go to a place or do something",
    hint: "Type a server, a place or an act",
    nothing: (typed: string) => `Nothing here is called “${typed}”.`,
    count: (count: number) => (count === 1 ? "1 is offered" : `${count} are offered`),
    goTo: (server: string) => `Go to ${server}`,
    fix: (server: string) => `Fix ${server}`,
    edit: (server: string) => `Edit the entry of ${server}`,
    reset: (server: string) => `Reset the auth state of ${server}`,
    switchOff: (server: string) => `Switch ${server} off`,
    switchOn: (server: string) => `Switch ${server} on`,
    openLog: (server: string) => `Open the log of ${server}`,
    openFolder: "Open Bridgekeeper’s folder",
  },
  shortcuts: {
    title: "Keys",
    palette: "Go to a place or do something",
    sheet: "This list",
    filter: "Filter the servers",
    move: "Move in a list",
    open: "Open what is chosen",
    back: "One step back",
    undo: "In the history: take back the last change",
    close: "Close",
  },
};
