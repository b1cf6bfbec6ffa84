/** Takes the focus as soon as it is there: the next press belongs to it. */
export const focusAtOnce = (element: HTMLElement): void => {
  element.focus();
};

/** Takes the focus only if the control that had it is gone. */
export const focusIfLost = (element: HTMLElement): void => {
  if (isLost()) element.focus();
};

/** Back to the row that led here. */
export function focusRow(address: string): void {
  document.querySelector<HTMLElement>(`[data-row="${CSS.escape(address)}"]`)?.focus();
}

/** Reading and Tab go on from the page's heading. */
export function focusPage(): void {
  document.querySelector<HTMLElement>("main h1[tabindex]")?.focus();
}

/** The same, only if the control that had the focus is gone. */
export function focusPageIfLost(): void {
  if (isLost()) focusPage();
}

const isLost = () => document.activeElement === null || document.activeElement === document.body;
