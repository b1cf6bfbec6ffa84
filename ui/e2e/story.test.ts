// The story: see the server fail, press Fix, look at the difference, confirm, see it fixed, undo.
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { closeBrowser, open, type Opened, RESULTS } from "./browser";
import { keysOf } from "./keys";

let opened: Opened;
let page: Page;

const named = (role: Parameters<Page["getByRole"]>[0], name: string | RegExp) =>
  page.getByRole(role, { name, ...(typeof name === "string" ? { exact: true } : {}) });
const { press, focused, tabTo } = keysOf(() => page);
/** Waits until the difference of that name holds the words: another one may stand there a moment longer. */
const shows = (name: string, words: string) => named("list", name).filter({ hasText: words }).waitFor();
afterAll(closeBrowser);
afterEach(async () => {
  expect(opened.complaints).toEqual([]);
  await page.context().close();
});

it("the stored sign-ins are reset and come back", async () => {
  opened = await open("failing", "#/servers/linear");
  ({ page } = opened);
  await page.getByText("Set aside, undo any time").waitFor();
  await page.getByText("process 7120, whose Claude is gone").waitFor();
  await named("button", "Fix").click();
  await named("button", "Reset 7 things").click();
  await page.getByText("Fixed. Claude asks for a new sign-in when it starts the server.").waitFor();
  await page.getByText(/mcp-remote-0\.1\.29 stays: a link/).waitFor();
  await page.screenshot({ path: join(RESULTS, "story-reset.png") });
  await named("button", "Undo").click();
  await named("button", "Quit Claude, put back, start").click();
  await named("group", "Quit Claude, put back, start").getByRole("button").first().click();
  await named("button", "Close").click();
  await named("button", "Fix").waitFor();
});

describe("a failing server", () => {
  beforeEach(async () => {
    opened = await open("failing");
    ({ page } = opened);
  });

  it("is fixed and taken back with the mouse", async () => {
    await named("link", /^coda Failing: /).click();
    await named("heading", /Claude splits the header at its space/).waitFor();
    await shows("What will change", '"Authorization:${AUTH_HEADER}"');

    await named("button", "Fix").click();
    expect(page.url()).toMatch(/#\/servers\/coda\/fix\/spaces-to-env$/);
    await named("button", "Change 3 lines").click();

    await page.getByText("Fixed. Claude must be restarted to use it.").waitFor();
    await page.screenshot({ path: join(RESULTS, "story-fixed.png") });
    expect(page.url()).toMatch(/#\/servers\/coda$/);

    await named("button", "Undo").click();
    await shows("What undo will change", "AUTH_HEADER");
    await page.screenshot({ path: join(RESULTS, "story-undo.png") });
    await named("button", "Put 3 lines back").click();
    await named("button", "Fix").waitFor();
    expect(await page.getByText("Fixed.").count()).toBe(0);
  });

  it("is fixed and taken back with the keyboard alone", async () => {
    await tabTo(/^coda/);
    await press("ArrowDown", "ArrowDown");
    expect(await focused()).toMatch(/^chg-fastmcp/);
    await press("Home", "Enter");
    expect(await focused()).toBe("coda");

    await tabTo("Fix");
    await press("Enter");
    expect(await focused()).toBe("Change 3 lines");
    await press("Escape");
    expect(await focused()).toBe("Fix");
    await press("Enter", "Enter");

    await page.getByText("Fixed. Claude must be restarted to use it.").waitFor();
    await tabTo("Undo");
    await press("Enter");
    await named("button", "Put 3 lines back").waitFor();
    await press("Enter");
    await named("button", "Fix").waitFor();
    expect(await focused()).toBe("coda");

    await press("Escape");
    expect(await focused()).toMatch(/^coda/);
  });

  it("tells its state to those who listen", async () => {
    await named("button", "Fix").click();
    await press("Enter");
    await page.getByText("Fixed. Claude must").waitFor();
    await page
      .locator("[aria-live=polite]")
      .getByText("Fixed.", { exact: true })
      .waitFor({ state: "attached" });
  });

  it("offers another way, with its price before the click", async () => {
    await named("link", "Start it with the built-in bridge").click();
    await page.getByText("You sign in once more. It then needs no Node.").waitFor();
    await shows("What will change", "mcp-bridge.exe");
    await named("button", "Cancel").click();
    await named("button", "Fix").waitFor();
  });

  it("has its other findings folded below, and works nothing out before they are opened", async () => {
    expect(await page.getByText("Give it port 4201").count()).toBe(0);
    await page.getByText("Its callback port is not set.").click();
    await page.getByText("Give it port 4201").first().waitFor();
  });
});

it("shows the new difference when the file changed between look and click", async () => {
  opened = await open("changed");
  ({ page } = opened);
  await named("button", "Fix").click();
  await named("button", "Change 3 lines").click();
  await page.getByText(/The file was changed by somebody else in the meantime/).waitFor();
  expect(await page.getByText("Fixed.").count()).toBe(0);
  await named("button", "Change 3 lines").click();
  await page.getByText("Fixed. Claude must be restarted to use it.").waitFor();
});

it("says why a fix is not possible, and asks again on request", async () => {
  opened = await open("partial");
  ({ page } = opened);
  await page.getByText("claude_desktop_config.json is write-protected.").waitFor();
  expect(await named("button", "Fix").count()).toBe(0);
  await named("button", "Try again").waitFor();
});

it("finds one server among many with / and the arrows", async () => {
  opened = await open("many");
  ({ page } = opened);
  await press("/");
  await page.keyboard.type("server 1");
  expect(await page.locator(".list [data-row]").count()).toBe(10);
  await press("ArrowDown", "Enter");
  expect(page.url()).toMatch(/#\/servers\/server%2011$/);
  await press("Escape");
  expect(await focused()).toMatch(/^server 11/);
});

it("takes the last change back from the history with Ctrl+Z, after asking", async () => {
  opened = await open("failing", "#/history");
  ({ page } = opened);
  await named("link", "Undo: Give linear port 4202").waitFor();
  await press("Control+z");
  await named("button", "Put 1 line back").waitFor();
  await press("Escape");
  expect(await focused()).toBe("Undo: Give linear port 4202");
  await press("Control+z");
  await named("button", "Put 1 line back").waitFor();
  await press("Enter");
  await page.getByText("Taken back").nth(1).waitFor();
  expect(await named("link", /^Undo/).count()).toBe(0);
});

it("is one column with a way back where the window is narrow", async () => {
  opened = await open("failing", "", { viewport: { width: 480, height: 700 } });
  ({ page } = opened);
  expect(await page.locator(".page").isVisible()).toBe(false);
  await named("link", /^linear/).click();
  expect(await page.locator(".list").isVisible()).toBe(false);
  expect(await focused()).toBe("linear");
  await named("link", "‹ Servers").click();
  expect(await page.locator(".list").isVisible()).toBe(true);
  expect(await focused()).toMatch(/^linear/);
});
