// Each story from its start to its end with the keyboard alone: nothing here clicks, fills or gives the focus away.
import type { Page } from "playwright-core";
import { afterAll, afterEach, expect, it } from "vitest";
import { closeBrowser, open, type Opened } from "./browser";
import { keysOf } from "./keys";

let opened: Opened;
let page: Page;

async function begin(...how: Parameters<typeof open>): Promise<void> {
  opened = await open(...how);
  ({ page } = opened);
}

const { press, focused, tabTo } = keysOf(() => page);
const type = (text: string) => page.keyboard.type(text);
const says = (words: string | RegExp) => page.getByText(words).first().waitFor();

/** By the palette, which is there everywhere. */
async function goTo(words: string): Promise<void> {
  await press("Control+k");
  await page.getByRole("combobox").waitFor();
  await type(words);
  await press("Enter");
}

afterAll(closeBrowser);
afterEach(async () => {
  expect(opened.complaints).toEqual([]);
  await page.context().close();
});

it("first run: from what was found to what is wrong, mended and taken back", async () => {
  await begin("failing", "#/welcome");
  await says("2 things need you");
  await tabTo("See what is wrong");
  await press("Enter");
  await expect.poll(focused).toBe("coda");
  await tabTo("Fix");
  await press("Enter");
  await expect.poll(focused).toBe("Change 3 lines");
  await press("Enter");
  await says("Fixed. Claude must be restarted to use it.");
  await tabTo("Undo");
  await press("Enter");
  await says("What undo will change");
  await expect.poll(focused).toBe("Put 3 lines back");
  await press("Enter");
  await expect.poll(focused).toBe("coda");
});

it("editor: a value is changed, reviewed, saved and taken back", async () => {
  await begin("failing");
  await goTo("config");
  await page.waitForURL(/#\/config/);
  await tabTo(/^coda/);
  await press("ArrowDown", "ArrowDown");
  await expect.poll(focused).toMatch(/^filesystem/);
  await press("Enter");
  await page.waitForURL(/#\/config\/filesystem$/);
  await tabTo("Argument 3");
  await press("Control+a");
  await type("E:/Notes");
  await press("Control+s");
  await says(/^What will change in/);
  await tabTo(/^Save \d+ line/);
  await press("Enter");
  await page.getByRole("status").getByText("Saved.", { exact: true }).waitFor();
  await tabTo("Take back");
  await press("Enter");
  await expect.poll(focused).toMatch(/^Put \d+ lines? back/);
  await press("Enter");
  await page.getByRole("textbox", { name: "Config as JSON" }).getByText("Documents").waitFor();
});

it("reset: the stored sign-ins are set aside and come back", async () => {
  await begin("failing", "#/servers/linear");
  await says("Set aside, undo any time");
  await tabTo("Fix");
  await press("Enter");
  await expect.poll(focused).toBe("Reset 7 things");
  await press("Enter");
  await says("Fixed. Claude asks for a new sign-in when it starts the server.");
  await tabTo("Undo");
  await press("Enter");
  await expect.poll(focused).toBe("Quit Claude, put back, start");
  await press("Enter");
  await page.getByRole("group", { name: "Quit Claude, put back, start" }).waitFor();
  await expect.poll(focused).toBe("Quit Claude, put back, start");
  await press("Enter");
  await expect.poll(focused, { timeout: 10_000 }).toBe("Close");
  await press("Enter");
  await tabTo("Fix");
});

it("add: a server is added by its address, and signed in to", async () => {
  await begin("failing");
  await tabTo("Add server");
  await press("Enter");
  await says("Address, command line or JSON");
  await tabTo("Address, command line or JSON");
  await type("https://mcp.sentry.dev/mcp");
  await says("Who can connect");
  await tabTo("Show what will change");
  await press("Enter");
  await expect.poll(focused).toMatch(/^Change \d+ lines$/);
  await press("Enter");
  await says(/ was added\.$/);
  await goTo("sign-ins");
  await page.waitForURL(/#\/sign-ins$/);
  await tabTo(/^linear/);
  await press("Enter");
  await expect.poll(focused).toBe("linear");
  await tabTo("Sign in");
  await press("Enter");
  await says("Signed in. Every bridge of this server uses it.");
});

it("log: opened, read up and down, searched, held and let go again", async () => {
  await begin("writing", "#/servers/linear");
  await tabTo("Log");
  await press("Enter");
  await page.waitForURL(/#\/servers\/linear\/log$/);
  await page.getByRole("listbox").getByRole("option").first().waitFor();
  await press("Control+f");
  await expect.poll(focused).toMatch(/^Search/);
  await type("401");
  await says(/^\d[\d,]* lines$/);
  await press("Enter");
  await page.locator("[role=option][aria-selected=true] mark").waitFor();
  await tabTo("Lines of the log");
  const chosen = page.locator("[role=option][aria-selected=true]");
  const was = await chosen.getAttribute("id");
  await press("ArrowUp");
  await expect.poll(() => chosen.getAttribute("id")).not.toBe(was);
  await tabTo("Hold", "Shift+Tab");
  await press("Space");
  await says(/new lines?$/);
  await press("Space");
  await page.getByRole("button", { name: "Hold", pressed: false }).waitFor();
});

it("report: a part is read, it is saved, and gathered anew", async () => {
  await begin("failing");
  await goTo("report");
  await says("What is in it");
  await expect.poll(focused).toBe("Report for support");
  await tabTo(/^Logs/);
  await press("Enter");
  await says("is not recognized as an internal or external command");
  await tabTo("Logs");
  await press("End");
  await tabTo("Save");
  await press("Enter");
  await says("bridgekeeper-report-2026-11-21-104330.md");
  // What came of it is read first; the next press of Tab goes on from there
  await tabTo("Show in its folder");
  await tabTo("Gather it anew");
  await press("Enter");
  await page.getByRole("button", { name: "Save", exact: true }).waitFor();
  await tabTo("Save elsewhere…");
  await press("Enter");
  await says("for-support.md");
  await tabTo(/^Text to paste/);
});

it("firewall: the rule is added and taken away, and the focus stays with it", async () => {
  await begin("firewall-rule");
  await goTo("firewall");
  await says("Blocks other computers");
  await expect.poll(focused).toBe("Firewall");
  await tabTo("Add the rule…");
  await press("Enter");
  await says("Bridgekeeper (MCP sign-in)");
  await expect.poll(focused).toBe("Remove the rule…");
  await press("Enter");
  await page.getByText("Bridgekeeper (MCP sign-in)").waitFor({ state: "detached" });
  await expect.poll(focused).toBe("Add the rule…");
});

it("leaving: every change goes back, and the history tells of it", async () => {
  await begin("failing");
  await goTo("Put Claude’s configs back");
  await says("Remove the comma after the last server");
  await tabTo("Take 2 changes back");
  await press("Enter");
  await says("Line 18 was changed by somebody else since.");
  await tabTo("History");
  await press("Enter");
  await page.getByRole("heading", { name: "History" }).waitFor();
});
