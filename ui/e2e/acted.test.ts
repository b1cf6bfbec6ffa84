// States that have no address, because somebody did something first: read by axe and photographed in every look.
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, describe, expect, it } from "vitest";
import type { ScenarioName } from "../src/ipc/fake/scenarios";
import { closeBrowser, open, RESULTS, violations } from "./browser";

interface Acted {
  name: string;
  scenario: ScenarioName;
  address: string;
  act: (page: Page) => Promise<void>;
}

const PASTED = "Address, command line or JSON";
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const says = (page: Page, words: string | RegExp) => page.getByText(words).first().waitFor();

const STATES: readonly Acted[] = [
  {
    name: "log",
    scenario: "failing",
    address: "#/servers/coda/log",
    act: (page) => page.getByRole("option").last().waitFor(),
  },
  {
    name: "log-chosen",
    scenario: "failing",
    address: "#/servers/coda/log/proof/windows-path-space",
    act: (page) => page.locator("[role=option][aria-selected=true]").waitFor(),
  },
  {
    name: "log-search",
    scenario: "failing",
    address: "#/servers/linear/log",
    act: async (page) => {
      await page.getByRole("option").last().waitFor();
      await page.keyboard.press("Control+f");
      await page.keyboard.type("401");
      await says(page, /^\d[\d,]* lines$/);
      await page.keyboard.press("Enter");
      await page.locator("[role=option] mark").first().waitFor();
    },
  },
  {
    name: "log-empty",
    scenario: "failing",
    address: "#/servers/notion/log",
    act: (page) => page.locator(".page .quiet").first().waitFor(),
  },
  {
    name: "log-refused",
    scenario: "partial",
    address: "#/servers/coda/log",
    act: (page) => says(page, /another program keeps it locked/),
  },
  {
    name: "tools",
    scenario: "failing",
    address: "#/servers/linear/tools",
    act: (page) => button(page, "Try it now").waitFor(),
  },
  {
    name: "trial-worked",
    scenario: "healthy",
    address: "#/servers/filesystem/tools",
    act: async (page) => {
      await button(page, "Try it now").click();
      await says(page, "filesystem 2.4.1 answered after 412 ms.");
    },
  },
  {
    name: "trial-failed",
    scenario: "failing",
    address: "#/servers/coda/tools",
    act: async (page) => {
      await button(page, "Try it now").click();
      await says(page, "exit code: 1");
    },
  },
  {
    name: "probe",
    scenario: "failing",
    address: "#/servers/linear/tools",
    act: async (page) => {
      await button(page, "Ask it now").click();
      await says(page, "Claude, custom connector");
    },
  },
  { name: "add", scenario: "healthy", address: "#/add", act: (page) => page.getByLabel(PASTED).waitFor() },
  {
    name: "add-address",
    scenario: "healthy",
    address: "#/add",
    act: async (page) => {
      await page.getByLabel(PASTED).fill("https://mcp.linear.app/mcp");
      await says(page, "Who can connect");
    },
  },
  {
    name: "add-risks",
    scenario: "failing",
    address: "#/add",
    act: async (page) => {
      await page.getByLabel(PASTED).fill('{"servers": {}}');
      await says(page, "2 servers found");
    },
  },
  {
    name: "add-nothing",
    scenario: "healthy",
    address: "#/add",
    act: async (page) => {
      await page.getByLabel(PASTED).fill("hello");
      await says(page, /this is no address/);
    },
  },
];

const LOOKS: readonly { look: string; options: BrowserContextOptions }[] = [
  { look: "light", options: { colorScheme: "light" } },
  { look: "dark", options: { colorScheme: "dark" } },
  { look: "contrast", options: { colorScheme: "light", contrast: "more" } },
  { look: "forced", options: { colorScheme: "dark", forcedColors: "active" } },
  { look: "narrow", options: { colorScheme: "light", viewport: { width: 400, height: 760 } } },
  { look: "text-200", options: { viewport: { width: 540, height: 400 }, deviceScaleFactor: 2 } },
];

afterAll(closeBrowser);

describe.each(LOOKS)("$look", ({ look, options }) => {
  it.each(STATES)("$name", async ({ name, scenario, address, act }) => {
    const { page, complaints } = await open(scenario, address, options);
    await act(page);
    await page.screenshot({ path: join(RESULTS, `${name}.${look}.png`) });
    // With forced colours the system chooses them, and axe cannot see what it chose.
    expect(await violations(page, look === "forced" ? ["color-contrast"] : [])).toEqual([]);
    const overflow = await page.evaluate(() => {
      const { scrollWidth, scrollHeight } = document.documentElement;
      return Math.max(scrollWidth - window.innerWidth, scrollHeight - window.innerHeight);
    });
    expect(overflow).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
