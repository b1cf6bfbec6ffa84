// A server's log: read from its end, searched whole, filtered, followed, and never in the way of the person.
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, expect, it } from "vitest";
import { closeBrowser, open, type Opened, RESULTS } from "./browser";

let opened: Opened;
let page: Page;

const named = (role: Parameters<Page["getByRole"]>[0], name: string | RegExp) =>
  page.getByRole(role, { name, ...(typeof name === "string" ? { exact: true } : {}) });
const list = () => named("listbox", "Lines of the log");
const shown = () => list().getByRole("option");

async function at(scenario: Parameters<typeof open>[0], address: string) {
  opened = await open(scenario, address);
  ({ page } = opened);
}

afterAll(closeBrowser);
afterEach(async () => {
  expect(opened.complaints).toEqual([]);
  await page.context().close();
});

it("opens at the newest line and is read upwards to its start", async () => {
  await at("failing", "#/servers/linear/log");
  await shown().last().waitFor();
  await list().focus();
  await page.keyboard.press("End");
  await expect.poll(() => shown().last().getAttribute("aria-selected")).toBe("true");
  await named("region", "The whole line").waitFor();
  await page.keyboard.press("Home");
  await expect.poll(() => shown().first().getAttribute("aria-selected")).toBe("true");
  await page.screenshot({ path: join(RESULTS, "log-chosen.png") });
});

it("finds a text in 100 MB, and steps through what it found", async () => {
  await at("failing", "#/servers/coda/log");
  await shown().first().waitFor();
  await page.keyboard.press("Control+f");
  await page.keyboard.type("request 74");
  await page.getByText(/^\d[\d,]* lines$/).waitFor({ timeout: 30_000 });
  await page.keyboard.press("Enter");
  await page
    .getByText(/^\d[\d,]* of \d/)
    .first()
    .waitFor();
  const chosen = list().locator("[aria-selected=true]");
  await chosen.waitFor();
  expect(await chosen.textContent()).toContain("request 74");
  expect(await chosen.locator("mark").textContent()).toBe("request 74");
  await page.keyboard.press("Shift+Enter");
  await chosen.waitFor();
  await page.screenshot({ path: join(RESULTS, "log-search.png") });
  await named("button", "To the newest").click();
  await shown().last().waitFor();
}, 60_000);

it("shows errors alone, or messages that went one way", async () => {
  await at("failing", "#/servers/linear/log");
  await shown().first().waitFor();
  await named("combobox", "Least level").selectOption("Errors");
  await expect.poll(async () => new Set(await levels()).size).toBe(1);
  expect(await levels()).toContain("error");
  await named("combobox", "Least level").selectOption("All levels");
  await named("combobox", "Direction of messages").selectOption("To the server");
  await expect
    .poll(async () => (await shown().allTextContents()).every((one) => one.includes("→")))
    .toBe(true);
});

const levels = () =>
  shown().evaluateAll((rows) => rows.map((row) => (row.classList.contains("error") ? "error" : "other")));

it("leads from a cause to the line that proves it", async () => {
  await at("failing", "#/servers/coda/log/proof/windows-path-space");
  await list().locator("[aria-selected=true]").waitFor();
  await page.locator(".detail").getByText("Claude splits the header at its space").waitFor();
  await page.screenshot({ path: join(RESULTS, "log-proof.png") });
});

it("shows a new line at once, holds still on request, and says what came meanwhile", async () => {
  await at("writing", "#/servers/linear/log");
  await shown().first().waitFor();
  const last = () => shown().last().getAttribute("id");
  const before = await last();
  await expect.poll(last, { timeout: 5000 }).not.toBe(before);
  await named("button", "Hold").click();
  const held = await last();
  await named("button", /new lines?$/).waitFor();
  expect(await last()).toBe(held);
  await named("button", /new lines?$/).click();
  await expect.poll(last, { timeout: 5000 }).not.toBe(held);
});
