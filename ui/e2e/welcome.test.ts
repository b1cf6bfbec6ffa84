// The first run: it tells what it found, each offer leads to its place, and it is found again under Settings.
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, expect, it } from "vitest";
import type { ScenarioName } from "../src/ipc/fake/scenarios";
import { closeBrowser, open, type Opened, RESULTS } from "./browser";

let opened: Opened;
let page: Page;

const at = async (scenario: ScenarioName, address = "#/welcome", options = {}) => {
  opened = await open(scenario, address, options);
  ({ page } = opened);
};
const link = (name: string) => page.getByRole("link", { name });
const place = () => page.evaluate(() => window.location.hash);

afterAll(closeBrowser);
afterEach(async () => {
  expect(opened.complaints).toEqual([]);
  await page.context().close();
});

it("names the worst server and leads to what is wrong with it", async () => {
  await at("failing");
  await page.getByRole("heading", { name: "2 things need you" }).waitFor();
  await page.getByText("coda: ").waitFor();
  await page.getByText("Claude's log names this file").waitFor();
  await link("Servers: See what is wrong").click();
  await page.getByRole("heading", { level: 1, name: "coda" }).waitFor();
  expect(await place()).toBe("#/servers/coda");
});

it("leads to what can be taken over, brought together and chosen", async () => {
  for (const [offer, leads] of [
    ["Sign-ins: Import…", "#/sign-ins"],
    ["Other config files: Bring together…", "#/config"],
    ["Start at login: Choose…", "#/settings/general"],
  ] as const) {
    await at("failing");
    await link(offer).click();
    expect(await place()).toBe(leads);
    await page.getByRole("heading", { level: 1 }).waitFor();
    if (offer !== "Start at login: Choose…") await page.context().close();
  }
});

it("goes by keyboard alone, and Escape is a way out", async () => {
  await at("failing");
  const primary = page.getByRole("link", { name: "See what is wrong", exact: true });
  await primary.waitFor();
  for (let step = 0; step < 30; step += 1) {
    await page.keyboard.press("Tab");
    if (await primary.evaluate((element) => element === document.activeElement)) break;
  }
  await page.keyboard.press("Enter");
  expect(await place()).toBe("#/servers/coda");
  await page.evaluate(() => {
    window.location.hash = "#/welcome";
  });
  await page.getByRole("heading", { name: "2 things need you" }).waitFor();
  await page.keyboard.press("Escape");
  expect(await place()).toBe("#/servers");
});

it("is reached again from Settings, and leads out by Later", async () => {
  await at("failing", "#/settings");
  await link("Show").first().click();
  await page.getByRole("heading", { name: "2 things need you" }).waitFor();
  await page.getByRole("button", { name: "Later" }).click();
  expect(await place()).toBe("#/servers");
});

it("says where Claude was looked for, what still is read, and what the keyring says", async () => {
  await at("claude-missing");
  await page.getByRole("heading", { name: "Claude Desktop was not found" }).waitFor();
  expect(await page.getByText("AnthropicClaude").count()).toBe(1);
  await page.context().close();
  await at("loading");
  await page.getByRole("heading", { name: "Bridgekeeper looks at what is there" }).waitFor();
  await page.getByText("Asking the keyring…").waitFor();
  await page.context().close();
  await at("partial");
  await page.getByText("There is none in this session.").waitFor();
  await page.context().close();
  await at("healthy");
  await page.getByRole("heading", { name: "Everything works" }).waitFor();
});

it("speaks German, and holds in a narrow window and with large text", async () => {
  await at("failing", "&language=de#/welcome", { viewport: { width: 400, height: 760 } });
  await page.getByRole("heading", { name: "An 2 Stellen ist etwas zu tun" }).waitFor();
  await page.getByText("Er ist offen.").waitFor();
  await page.screenshot({ path: join(RESULTS, "welcome-german.narrow.png"), fullPage: true });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  await page.context().close();
  await at("failing", "&language=de#/welcome");
  await page.getByText("Er ist offen.").waitFor();
  await page.screenshot({ path: join(RESULTS, "welcome-german.png") });
});
