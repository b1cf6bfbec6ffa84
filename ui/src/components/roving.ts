// Arrow keys within a list that is one stop for Tab.

/** Moves the focus among the list's `[data-row]` elements. Attach to the list's `onkeydown`. */
export function rove(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-row]")];
  const at = rows.findIndex((row) => row === document.activeElement);
  const to = destination(event.key, at, rows.length);
  if (at < 0 || to === null || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  rows[to]?.focus();
}

function destination(key: string, at: number, count: number): number | null {
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
