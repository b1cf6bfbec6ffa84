// Stories of the sign-ins: sign in, sign out, take one over, keep a secret; with the mouse and with the keyboard alone.
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, expect, it } from "vitest";
import { closeBrowser, open, type Opened, RESULTS } from "./browser";
import { keysOf } from "./keys";

let opened: Opened;
let page: Page;

const named = (role: Parameters<Page["getByRole"]>[0], name: string | RegExp) =>
  page.getByRole(role, { name, ...(typeof name === "string" ? { exact: true } : {}) });
const { press, focused, tabTo } = keysOf(() => page);
async function begin(address: string): Promise<void> {
  opened = await open("failing", address);
  ({ page } = opened);
}

afterAll(closeBrowser);
afterEach(async () => {
  expect(opened.complaints).toEqual([]);
  await page.context().close();
});

it("is left for a place whose screen takes a while to come", async () => {
  await begin("#/sign-ins");
  await named("link", /^linear/).waitFor();
  let come = () => {};
  const held = new Promise<void>((resolve) => (come = resolve));
  await page.route(/Settings.*\.js/, async (route) => {
    await held;
    await route.continue();
  });
  const wanted = page.waitForRequest(/Settings.*\.js/);
  await named("link", "Settings").click();
  await wanted;
  come();
  await page.getByText("Quiet hours").waitFor();
  expect(page.url()).toMatch(/#\/settings$/);
});

it("signs in again, breaks off, and signs out with the mouse", async () => {
  await begin("#/sign-ins");
  await named("link", /^linear/).click();
  expect(page.url()).toMatch(/#\/sign-ins\/https%3A%2F%2Fmcp\.linear\.app%2Fmcp$/);
  await page.getByText(/invalid_grant/).waitFor();

  await named("button", "Sign in").click();
  await page.getByText("The browser shows where to sign in.").waitFor();
  await page.screenshot({ path: join(RESULTS, "sign-ins-story-invited.png") });
  await named("button", "Cancel").click();
  await page.getByText("the sign-in was broken off").waitFor();

  await named("button", "Sign in").click();
  await page.getByText("Signed in. Every bridge of this server uses it.").waitFor();
  await named("button", "Sign out…").click();
  await page.getByText(/The tokens are taken back at .*This cannot be undone\./).waitFor();
  await page.screenshot({ path: join(RESULTS, "sign-ins-story-out.png") });
  await named("button", "Sign out").click();
  await page.getByText("Signed out. The keyring holds nothing of it.").waitFor();
  await page.getByText("Not signed in", { exact: true }).waitFor();
});

it("takes over what mcp-remote keeps, with the keyboard alone", async () => {
  await begin("#/sign-ins");
  await named("heading", "Sign-ins").waitFor();
  await tabTo(/^linear/);
  await press("ArrowDown");
  expect(await focused()).toMatch(/^notion/);
  await press("Enter");
  expect(await focused()).toBe("notion");
  await tabTo("Import…");
  await press("Enter");
  await page.getByText("Take this sign-in over?").waitFor();
  await press("Escape");
  expect(await page.getByText("Take this sign-in over?").count()).toBe(0);
  await named("button", "Import…").focus();
  await press("Enter");
  await page.locator("input[value=retire]:focus").waitFor();
  await press("ArrowDown");
  await page.screenshot({ path: join(RESULTS, "sign-ins-story-import.png") });
  await tabTo("Take over");
  await press("Enter");
  await page.getByText("Taken over into the keyring.", { exact: true }).waitFor();
  await page.getByText("Kept in step with").waitFor();
  await press("Escape");
  expect(await focused()).toMatch(/^notion/);
});

it("signs in to a second account", async () => {
  await begin("#/sign-ins/https%3A%2F%2Ffastmcp.example.com%2Fmcp");
  await page.getByLabel("Name of the account").fill("private");
  await press("Enter");
  await page.waitForURL(/#\/sign-ins\/https%3A%2F%2Ffastmcp\.example\.com%2Fmcp\/private$/);
  await page.getByText("Account private").first().waitFor();
});

it("keeps, shows and removes a secret", async () => {
  await begin("#/sign-ins");
  await named("button", "New secret…").click();
  await page.getByLabel("Name", { exact: false }).first().fill("notes.token");
  await press("Tab");
  await page.keyboard.type("k29f3aa81c");
  await press("Enter");
  await page.getByText("notes.token is in the keyring.").waitFor();
  expect(await page.getByText("k29f3aa81c").count()).toBe(0);
  await named("button", "Show the value of notes.token").click();
  await page.getByText("k29f3aa81c").waitFor();
  await named("button", "Hide the value of notes.token").click();
  expect(await page.getByText("k29f3aa81c").count()).toBe(0);

  await named("button", "Remove coda.authorization").focus();
  await press("Enter");
  await page.getByText(/This cannot be undone, and coda will not start without it/).waitFor();
  expect(await focused()).toBe("Remove");
  await page.screenshot({ path: join(RESULTS, "sign-ins-story-remove.png") });
  await press("Escape");
  await named("button", "Remove old-token").click();
  await named("button", "Remove").click();
  await page.getByText("old-token is no longer in the keyring.").waitFor();
});

it.each([
  ["", 400, 1],
  ["/https%3A%2F%2Fmcp.linear.app%2Fmcp", 400, 1],
  ["", 540, 2],
  ["/https%3A%2F%2Fmcp.sentry.dev%2Fmcp", 540, 2],
])("needs no sideways scrolling: %s at %d px, %d times as large", async (where, width, deviceScaleFactor) => {
  const options = {
    viewport: { width, height: 700 / deviceScaleFactor },
    deviceScaleFactor,
    locale: "de-DE",
  };
  opened = await open("failing", `#/sign-ins${where}`, options);
  ({ page } = opened);
  await page.locator("main h1").first().waitFor();
  await page.screenshot({ path: join(RESULTS, `sign-ins-${width}-${where === "" ? "list" : "page"}.png`) });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
});
