// An update, from the line that tells of it to the press that installs it, by keyboard alone.
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, expect, it } from "vitest";
import { closeBrowser, open, type Opened, RESULTS } from "./browser";

let opened: Opened;
let page: Page;

const button = (name: string) => page.getByRole("button", { name, exact: true });

afterAll(closeBrowser);
afterEach(async () => {
  expect(opened.complaints).toEqual([]);
  await page.context().close();
});

it("is told quietly, downloaded and installed by key", async () => {
  opened = await open("update-found", "");
  ({ page } = opened);
  const told = page.getByRole("link", { name: "Version 0.2.0 is there" });
  await told.focus();
  await page.keyboard.press("Enter");
  await page.getByText("Two bridges of one server").waitFor();
  await button("Download").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("progressbar", { name: "Download" }).waitFor();
  await button("Install and restart").waitFor();
  // The focus waits beside it, so that a second press by mistake installs nothing
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Install and restart");
  await page.keyboard.press("Enter");
  await page.getByText("Being installed…").first().waitFor();
});

it("waits for a sign-in, and can be left for later", async () => {
  opened = await open("update-waiting", "#/settings/updates");
  ({ page } = opened);
  await page.getByText("as soon as the sign-in is over").first().waitFor();
  await button("Not now").click();
  await button("Install and restart").waitFor();
});

it("is told in German", async () => {
  opened = await open("update-ready", "#/settings/updates", { locale: "de-DE" });
  ({ page } = opened);
  await button("Installieren und neu starten").waitFor();
  await page.screenshot({ path: join(RESULTS, "update-ready.german.png") });
});

it("lists what is new as the changelog does, without its line ends", async () => {
  opened = await open("update-found", "#/settings/updates");
  ({ page } = opened);
  const news = page.getByRole("region", { name: "What is new" }).getByRole("listitem");
  await news.first().waitFor();
  expect(await news.allInnerTexts()).toEqual([
    "Two bridges of one server are told apart in the window.",
    "A sign-in that waits is found again after a restart, also where the browser was closed before the server had answered.",
    "German: clearer words for locked keyrings.",
  ]);
});

it("offers no switch where somebody else decides", async () => {
  opened = await open("update-policy", "#/settings/updates");
  ({ page } = opened);
  await page.getByText("Updates are switched off for this computer.").first().waitFor();
  expect(await page.getByRole("switch", { name: "Look for updates" }).count()).toBe(0);
  expect(await button("Look now").count()).toBe(0);
});

it("shows the whole notes at 200 % in a narrow window", async () => {
  opened = await open("update-ready", "#/settings/updates", {
    viewport: { width: 400, height: 500 },
    deviceScaleFactor: 2,
  });
  ({ page } = opened);
  await button("Install and restart").waitFor();
  await page.screenshot({ path: join(RESULTS, "update-ready.text-200.png") });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
});
