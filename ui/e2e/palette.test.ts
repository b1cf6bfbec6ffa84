// The palette: every place and act by a few letters, by key alone.
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, expect, it } from "vitest";
import { closeBrowser, open, type Opened, RESULTS, violations } from "./browser";

let opened: Opened;
let page: Page;

const press = async (...keys: string[]) => {
  for (const key of keys) await page.keyboard.press(key);
};
const box = () => page.getByRole("combobox");
const focused = () => page.evaluate(() => document.activeElement?.textContent.trim() ?? "");

afterAll(closeBrowser);
afterEach(async () => {
  expect(opened.complaints).toEqual([]);
  await page.context().close();
});

it("goes to a server by a few letters", async () => {
  opened = await open("failing");
  ({ page } = opened);
  await press("Control+k");
  await box().waitFor();
  await page.screenshot({ path: join(RESULTS, "palette.png") });
  expect(await violations(page, [])).toEqual([]);
  await page.keyboard.type("gli");
  const chosen = page.getByRole("option", { selected: true });
  expect(await chosen.textContent()).toContain("Go to linear");
  expect(await box().getAttribute("aria-activedescendant")).toBe(await chosen.getAttribute("id"));
  await press("Enter");
  expect(page.url()).toMatch(/#\/servers\/linear$/);
  expect(await focused()).toBe("linear");
});

it("asks about a fix as its button does, and moves with the arrows", async () => {
  opened = await open("failing", "#/history");
  ({ page } = opened);
  await press("Control+k", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowDown", "Enter");
  await page.getByRole("button", { name: "Change 3 lines" }).waitFor();
  expect(page.url()).toMatch(/#\/servers\/coda\/fix\/spaces-to-env$/);
});

it("says that nothing is called so, and closes with Escape without a step back", async () => {
  opened = await open("failing", "#/servers/coda");
  ({ page } = opened);
  await press("Control+k");
  await page.keyboard.type("zzz");
  await page.getByText("Nothing here is called “zzz”.").waitFor();
  await press("Escape");
  await box().waitFor({ state: "detached" });
  expect(page.url()).toMatch(/#\/servers\/coda$/);
});

it("lists the keys on ?", async () => {
  opened = await open("healthy");
  ({ page } = opened);
  await press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await page.screenshot({ path: join(RESULTS, "shortcuts.png") });
  expect(await violations(page, [])).toEqual([]);
  await press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
});

it("restarts Claude and switches a server, asking first", async () => {
  opened = await open("failing");
  ({ page } = opened);
  await press("Control+k");
  await page.keyboard.type("switch filesystem off");
  await press("Enter");
  await page.getByRole("group", { name: "Switch filesystem off" }).waitFor();
  expect(page.url()).toMatch(/#\/servers\/filesystem\/switch$/);
  await press("Escape");
  expect(page.url()).toMatch(/#\/servers\/filesystem$/);
  await press("Control+k");
  await page.keyboard.type("restart");
  await press("Enter");
  await page.getByRole("heading", { name: "Restart Claude" }).waitFor();
  await page
    .getByRole("group", { name: "Restart Claude" })
    .getByRole("button", { name: "Restart Claude" })
    .click();
  await page.getByText("5 of 5 servers are up.").waitFor();
});
