// What a person without a mouse does, on the page that is open.
import type { Page } from "playwright-core";

export function keysOf(page: () => Page) {
  const press = async (...keys: string[]) => {
    for (const key of keys) await page().keyboard.press(key);
  };

  /** What has the focus, by the name that it is called by. */
  const focused = () =>
    page().evaluate(() => {
      const has = document.activeElement;
      const isField = has instanceof HTMLInputElement || has instanceof HTMLTextAreaElement;
      const label = isField ? has.labels?.[0]?.textContent : undefined;
      const name = has?.getAttribute("aria-label") ?? label ?? has?.textContent ?? "";
      return name.trim().replace(/\s+/g, " ");
    });

  /** Presses until that has the focus; nobody should need more presses than this. */
  async function tabTo(name: string | RegExp, key = "Tab"): Promise<void> {
    const passed: string[] = [];
    for (let presses = 0; presses < 40; presses += 1) {
      await press(key);
      const now = await focused();
      if (typeof name === "string" ? now === name : name.test(now)) return;
      passed.push(now.slice(0, 40));
    }
    throw new Error(`${key} does not reach ${String(name)}, only: ${passed.join(" | ")}`);
  }

  return { press, focused, tabTo };
}
