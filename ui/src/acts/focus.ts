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

let expected: MutationObserver | undefined;

/**
 * Reading and Tab go on from the page's heading. What only says that it loads gives way to what it loads, and its heading
 * to that one's; whoever has moved on by then stays where they are.
 */
export function focusPage(): void {
  expected?.disconnect();
  const heading = headingOfPage();
  heading?.focus();
  if (heading !== null && !isPassing(heading)) return;
  expected = new MutationObserver((_, observer) => {
    const hasMovedOn = !isLost() && document.activeElement !== heading;
    const came = headingOfPage();
    if (!hasMovedOn && (came === null || isPassing(came))) return;
    observer.disconnect();
    if (!hasMovedOn) came?.focus();
  });
  expected.observe(document.body, { childList: true, subtree: true });
}

const headingOfPage = () => document.querySelector<HTMLElement>("main h1[tabindex]");

const isPassing = (heading: HTMLElement) => heading.closest("[aria-busy=true]") !== null;

/** The same, only if the control that had the focus is gone. */
export function focusPageIfLost(): void {
  if (isLost()) focusPage();
}

const isLost = () => document.activeElement === null || document.activeElement === document.body;
