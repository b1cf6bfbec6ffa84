// One Chromium for all tests, a fresh page for each.
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { inject } from "vitest";
import type { ScenarioName } from "../src/ipc/fake/scenarios";

/** What the clock of every page shows. */
export const NOW = new Date(2026, 10, 21, 10, 43, 30);

/** Where the pictures go. Playwright makes the folder. */
export const RESULTS = join(import.meta.dirname, "../test-results");

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

let browser: Promise<Browser> | undefined;

function launched(): Promise<Browser> {
  browser ??= chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  return browser;
}

export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = undefined;
}

export interface Opened {
  page: Page;
  /** What the page complained of: errors, warnings, refusals by the Content-Security-Policy. */
  complaints: string[];
}

/** Opens the window on a scenario at an address such as `#/history`. */
export async function open(
  scenario: ScenarioName,
  address = "",
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await (
    await launched()
  ).newContext({ viewport: { width: 1080, height: 760 }, locale: "en-GB", ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  // As the host does with `freezePrototype`.
  await page.addInitScript(() => Object.freeze(Object.prototype));
  await page.clock.setFixedTime(NOW);
  await page.goto(`${inject("address")}/?scenario=${scenario}${address}`);
  await page.waitForSelector("main h1", { state: "attached" });
  return { page, complaints };
}
