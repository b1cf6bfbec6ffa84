// Arrow keys within a list that is one stop for Tab.

/** Moves the focus among the list's `[data-row]` elements. Attach to the list's `onkeydown`. */
export function rove(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-row]")];
  const at = rows.findIndex((row) => row === document.activeElement);
  rows[destination(event, at, rows.length) ?? -1]?.focus();
}

/** Which row a key leads to from the one that has the focus; the key is taken then. */
export function destination(event: KeyboardEvent, at: number, count: number): number | null {
  const to = stepped(event.key, at, count);
  if (at < 0 || to === null || event.altKey || event.ctrlKey || event.metaKey) return null;
  event.preventDefault();
  return to;
}

function stepped(key: string, at: number, count: number): number | null {
  switch (key) {
    case "ArrowDown":
      return Math.min(at + 1, count - 1);
    case "ArrowUp":
      return Math.max(at - 1, 0);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}
