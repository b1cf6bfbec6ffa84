// Every state of the window: it loads without a complaint, axe finds nothing, and its picture can be looked at in
// test-results. Light it speaks English, dark German.
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, describe, expect, it } from "vitest";
import { scenarios, type ScenarioName } from "../src/ipc/fake/scenarios";
import { closeBrowser, open, RESULTS, violations } from "./browser";
import { own, words } from "./words";

/** `smooth.test.ts` asks whether a thousand rows move as well when they change all the time. */
const NAMES = (Object.keys(scenarios) as ScenarioName[]).filter(
  (name) => name !== "restless" && !name.startsWith("update-"),
);

const UPDATES = (Object.keys(scenarios) as ScenarioName[]).filter((name) => name.startsWith("update-"));

/** States that have an address of their own. */
const STATES: { name: string; scenario: ScenarioName; address: string }[] = [
  ...NAMES.map((scenario) => ({ name: scenario, scenario, address: "" })),
  { name: "failing-asking", scenario: "failing", address: "#/servers/coda/fix/spaces-to-env" },
  { name: "failing-alternative", scenario: "failing", address: "#/servers/coda/fix/use-the-bridge" },
  { name: "failing-other-finding", scenario: "failing", address: "#/servers/coda/fix/callback-port" },
  { name: "failing-reset", scenario: "failing", address: "#/servers/linear/fix/reset-auth" },
  { name: "failing-sign-in", scenario: "failing", address: "#/servers/linear" },
  { name: "failing-not-in-use", scenario: "failing", address: "#/servers/notion" },
  { name: "healthy-server", scenario: "healthy", address: "#/servers/filesystem" },
  { name: "healthy-extension", scenario: "healthy", address: "#/servers/Figma" },
  { name: "starting-server", scenario: "starting", address: "#/servers/coda" },
  { name: "server-gone", scenario: "healthy", address: "#/servers/nobody" },
  { name: "partial-setup", scenario: "partial", address: "#/setup" },
  { name: "history", scenario: "failing", address: "#/history" },
  { name: "history-asking", scenario: "failing", address: "#/history/20261120-1" },
  { name: "config-server", scenario: "failing", address: "#/config/coda" },
  { name: "config-mistake", scenario: "config-broken", address: "#/config/filesystem" },
  { name: "config-none", scenario: "config-absent", address: "#/config" },
  { name: "config-denied", scenario: "config-unreadable", address: "#/config" },
  { name: "config-locked", scenario: "config-read-only", address: "#/config/linear" },
  { name: "config-nobody", scenario: "healthy", address: "#/config/nobody" },
  { name: "settings", scenario: "healthy", address: "#/settings" },
  { name: "settings-trouble", scenario: "settings-broken", address: "#/settings/safety" },
  { name: "welcome", scenario: "failing", address: "#/welcome" },
  { name: "welcome-well", scenario: "healthy", address: "#/welcome" },
  { name: "welcome-many", scenario: "many", address: "#/welcome" },
  { name: "welcome-setup", scenario: "setup", address: "#/welcome" },
  { name: "welcome-partial", scenario: "partial", address: "#/welcome" },
  { name: "welcome-looking", scenario: "loading", address: "#/welcome" },
  { name: "welcome-empty", scenario: "empty", address: "#/welcome" },
  { name: "welcome-missing", scenario: "claude-missing", address: "#/welcome" },
  { name: "welcome-stale", scenario: "stale", address: "#/welcome" },
  { name: "restart", scenario: "failing", address: "#/restart" },
  { name: "failing-switching", scenario: "failing", address: "#/servers/coda/switch" },
  { name: "sign-ins", scenario: "failing", address: "#/sign-ins" },
  { name: "sign-ins-empty", scenario: "empty", address: "#/sign-ins" },
  { name: "sign-ins-locked", scenario: "keyring-locked", address: "#/sign-ins" },
  { name: "sign-ins-missing", scenario: "partial", address: "#/sign-ins" },
  { name: "sign-ins-reading", scenario: "loading", address: "#/sign-ins" },
  { name: "sign-ins-failed", scenario: "stale", address: "#/sign-ins" },
  { name: "sign-in", scenario: "failing", address: "#/sign-ins/https%3A%2F%2Fmcp.linear.app%2Fmcp" },
  {
    name: "sign-in-good",
    scenario: "failing",
    address: "#/sign-ins/https%3A%2F%2Ffastmcp.example.com%2Fmcp",
  },
  { name: "sign-in-pending", scenario: "failing", address: "#/sign-ins/https%3A%2F%2Fmcp.sentry.dev%2Fmcp" },
  {
    name: "sign-in-locked",
    scenario: "keyring-locked",
    address: "#/sign-ins/https%3A%2F%2Fmcp.linear.app%2Fmcp",
  },
  { name: "sign-in-gone", scenario: "failing", address: "#/sign-ins/https%3A%2F%2Fnobody.example%2F" },
  { name: "reset", scenario: "failing", address: "#/reset" },
  { name: "reset-nothing", scenario: "empty", address: "#/reset" },
  { name: "report", scenario: "failing", address: "#/report" },
  { name: "report-gathering", scenario: "loading", address: "#/report" },
  { name: "report-failed", scenario: "stale", address: "#/report" },
  { name: "firewall", scenario: "failing", address: "#/firewall" },
  { name: "firewall-elsewhere", scenario: "offline", address: "#/firewall" },
  { name: "firewall-unread", scenario: "partial", address: "#/firewall" },
  { name: "firewall-failed", scenario: "stale", address: "#/firewall" },
  { name: "firewall-finding", scenario: "firewall-rule", address: "#/setup" },
  { name: "leave", scenario: "failing", address: "#/leave" },
  { name: "leave-nothing", scenario: "empty", address: "#/leave" },
  { name: "leave-failed", scenario: "stale", address: "#/leave" },
  { name: "undo-asking", scenario: "healthy", address: "#/history/20261120-1" },
  ...UPDATES.map((scenario) => ({ name: scenario, scenario, address: "#/settings/updates" })),
  { name: "history-empty", scenario: "empty", address: "#/history" },
];

/** Those whose layout depends on the width, or that show every kind of mark. */
const TELLING = STATES.filter(({ name }) =>
  [
    "failing",
    "failing-asking",
    "many",
    "setup",
    "claude-missing",
    "history-asking",
    "report",
    "firewall",
    "leave",
    "config-server",
    "empty",
    "reset",
    "settings",
    "sign-ins",
    "sign-in",
    "welcome",
    "welcome-missing",
    "update-ready",
  ].includes(name),
);

const LOOKS = [
  { look: "light", options: { colorScheme: "light" }, states: STATES },
  { look: "dark", language: "de", options: { colorScheme: "dark" }, states: STATES },
  {
    look: "narrow",
    language: "de",
    options: { colorScheme: "light", viewport: { width: 400, height: 760 } },
    states: TELLING,
  },
  {
    look: "middle",
    options: { colorScheme: "dark", viewport: { width: 820, height: 640 } },
    states: TELLING,
  },
  { look: "contrast", options: { colorScheme: "light", contrast: "more" }, states: TELLING },
  { look: "forced", options: { colorScheme: "dark", forcedColors: "active" }, states: TELLING },
] satisfies {
  look: string;
  language?: "de";
  options: BrowserContextOptions;
  states: typeof STATES;
}[];

/** What the window says of its own in English, by state. */
const inEnglish = new Map<string, string[]>();

afterAll(closeBrowser);

describe.each<(typeof LOOKS)[number] & { language?: "de" }>(LOOKS)(
  "$look",
  ({ look, language, options, states }) => {
    it.each(states)("$name", async ({ name, scenario, address }) => {
      const spoken = language === undefined ? "" : `&language=${language}`;
      const { page, complaints } = await open(scenario, `${spoken}${address}`, options);
      await settled(page);
      await page.screenshot({ path: join(RESULTS, `${name}.${look}.png`) });
      // With forced colours the system chooses them, and axe cannot see what it chose.
      expect(await violations(page, look === "forced" ? ["color-contrast"] : [])).toEqual([]);
      expect(complaints).toEqual([]);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      const said = own(await words(page));
      if (look === "light") inEnglish.set(name, said);
      else if (language !== undefined)
        expect(said.filter((one) => inEnglish.get(name)?.includes(one))).toEqual([]);
      await page.context().close();
    });
  },
);

describe("text at 200 %", () => {
  it.each(TELLING)("$name needs no sideways scrolling", async ({ name, scenario, address }) => {
    const { page } = await open(scenario, `&language=de${address}`, {
      viewport: { width: 540, height: 400 },
      deviceScaleFactor: 2,
    });
    await settled(page);
    await page.screenshot({ path: join(RESULTS, `${name}.text-200.png`) });
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await page.context().close();
  });
});

/** How far something reaches beyond the window, or beyond the place that scrolls up and down only. */
const overflow = (page: Page) =>
  page.evaluate(() =>
    Math.max(
      ...[document.documentElement, ...document.querySelectorAll("main, .beside, .list")].map(
        (box) => box.scrollWidth - box.clientWidth,
      ),
    ),
  );

/** The page has asked for all it wants to show. */
async function settled(page: Page): Promise<void> {
  await page.waitForSelector("nav .claude");
  await page.waitForFunction(() => document.querySelector(".waiting") === null);
}
