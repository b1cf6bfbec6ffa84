const isMac = navigator.userAgent.includes("Mac");

/** The key that commands are given with, as it is written before a letter. */
export const COMMAND_KEY = isMac ? "⌘" : "Ctrl+";

export const isCommand = (event: KeyboardEvent): boolean => (isMac ? event.metaKey : event.ctrlKey);

/** Whether what is pressed goes into a text. */
export function isTyping(event: KeyboardEvent): boolean {
  return (
    event.target instanceof HTMLElement &&
    (event.target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(event.target.tagName))
  );
}
