// One Chromium for all tests, a fresh page for each.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type axe from "axe-core";
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

/** Opens the window on a scenario at an address such as `#/history`. The clock stands still at `NOW`. */
export const open = (scenario: ScenarioName, address = "", options: BrowserContextOptions = {}) =>
  opened(scenario, address, options, (page) => page.clock.setFixedTime(NOW));

/** The same under the machine's own clock: a clock that stands still brings frames of its own making. */
export const openInTime = (scenario: ScenarioName, address = "") =>
  opened(scenario, address, {}, () => Promise.resolve());

async function opened(
  scenario: ScenarioName,
  address: string,
  options: BrowserContextOptions,
  setClock: (page: Page) => Promise<void>,
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
  await setClock(page);
  await page.goto(`${inject("address")}/?scenario=${scenario}${address}`);
  await page.waitForSelector("main h1", { state: "attached" });
  return { page, complaints };
}

let source: Promise<string> | undefined;

/** What axe finds on the page, without the rules named. */
export async function violations(page: Page, except: string[]): Promise<string[]> {
  source ??= readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  await page.evaluate(await source);
  const { violations: found } = await page.evaluate(
    (rules) =>
      (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        rules: Object.fromEntries(rules.map((rule) => [rule, { enabled: false }])),
      }),
    except,
  );
  return found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
}
