// Settings: each choice holds at once, by mouse and by keyboard, and what could not be changed is told.
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, expect, it } from "vitest";
import { closeBrowser, open, type Opened, RESULTS } from "./browser";

let opened: Opened;
let page: Page;

const choice = (name: string) => page.getByRole("switch", { name, exact: true });

afterAll(closeBrowser);
afterEach(async () => {
  expect(opened.complaints).toEqual([]);
  await page.context().close();
});

it("switches on and off, by key too, and keeps it while the window is open", async () => {
  opened = await open("healthy", "#/settings");
  ({ page } = opened);
  const guardian = choice("Guard Claude’s config");
  expect(await guardian.isChecked()).toBe(true);
  await guardian.focus();
  await page.keyboard.press("Space");
  await page.waitForFunction(() => document.querySelectorAll("[role=switch]:checked").length > 0);
  await page.getByRole("link", { name: "History" }).click();
  await page.getByRole("link", { name: "Settings" }).click();
  await guardian.waitFor();
  expect(await guardian.isChecked()).toBe(false);
});

it("asks for the hours once quiet hours are wanted", async () => {
  opened = await open("healthy", "#/settings/notifications");
  ({ page } = opened);
  expect(await page.getByLabel("From").count()).toBe(0);
  await choice("Quiet hours").click();
  await page.getByLabel("From").waitFor();
  expect(await page.getByLabel("From").inputValue()).toBe("22:00");
  await page.getByLabel("To", { exact: true }).fill("06:30");
  expect(await page.getByLabel("To", { exact: true }).inputValue()).toBe("06:30");
  await page.screenshot({ path: join(RESULTS, "settings-quiet.png") });
});

it("speaks German as soon as it is chosen", async () => {
  opened = await open("failing", "#/settings");
  ({ page } = opened);
  await page.getByRole("radio", { name: "Deutsch" }).check();
  await page.getByRole("heading", { name: "Einstellungen" }).waitFor();
  expect(await page.getByRole("radio", { name: "Deutsch" }).isChecked()).toBe(true);
  expect(await page.evaluate(() => document.documentElement.lang)).toBe("de");
  await page.screenshot({ path: join(RESULTS, "settings-german.png") });
  await page.getByRole("link", { name: /^Server/ }).click();
  await page.getByRole("heading", { name: "Zu tun" }).waitFor();
  await page.screenshot({ path: join(RESULTS, "servers-german.png") });
});

it("says why a setting was not changed, and shows it as it is", async () => {
  opened = await open("partial", "#/settings");
  ({ page } = opened);
  await choice("Guard Claude’s config").click();
  await page.getByText("could not write settings.json").first().waitFor();
  expect(await choice("Guard Claude’s config").isChecked()).toBe(true);
});

it("shows what an organisation has set, and nothing of it to change", async () => {
  opened = await open("managed", "#/settings/managed");
  ({ page } = opened);
  await page.getByRole("heading", { name: "Set by Contoso IT" }).waitFor();
  for (const told of ["Updates are off", "npx -y @contoso/* *", "mcp-help@contoso.example"]) {
    expect(await page.getByText(told).count()).toBe(1);
  }
  await page.getByText("this version knows no such key").waitFor();
  await page.screenshot({ path: join(RESULTS, "settings-managed.png") });
});
