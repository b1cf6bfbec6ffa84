// A change while Claude runs, which writes its whole config from memory: Claude is closed around it, and what it tells
// stays on the screen although the page beneath becomes another.
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, expect, it } from "vitest";
import { closeBrowser, open, type Opened, RESULTS, violations } from "./browser";
import { keysOf } from "./keys";

let opened: Opened;
let page: Page;

const named = (role: Parameters<Page["getByRole"]>[0], name: string | RegExp) =>
  page.getByRole(role, { name, ...(typeof name === "string" ? { exact: true } : {}) });
const picture = (name: string) => page.screenshot({ path: join(RESULTS, `around-${name}.png`) });
const { press, focused, tabTo } = keysOf(() => page);

async function at(...where: Parameters<typeof open>): Promise<void> {
  opened = await open(...where);
  ({ page } = opened);
}

/** Says yes to what the restart would end. */
const confirm = (act: string) => named("group", act).getByRole("button", { name: act }).click();

/** From the button that has the focus to the page below, with the keyboard alone. */
async function restartByKeys(): Promise<void> {
  await press("Enter");
  await page.getByText("Unsent text in Claude is lost.").waitFor();
  expect(await focused()).toBe("Quit Claude, change, start");
  await press("Enter");
  await page.getByText("5 of 5 servers are up.").waitFor();
  await expect.poll(focused).toBe("Close");
  await press("Enter");
}

afterAll(closeBrowser);
afterEach(async () => {
  expect(opened.complaints).toEqual([]);
  await page.context().close();
});

it("a fix is made while Claude is closed, and taken back the same way", async () => {
  await at("failing", "#/servers/coda");
  await named("button", "Fix").click();
  await page.getByText("may write over the change").waitFor();
  expect(await violations(page, [])).toEqual([]);
  await picture("fix");
  await named("button", "Quit Claude, change, start").click();
  await confirm("Quit Claude, change, start");
  await page.getByText("5 of 5 servers are up.").waitFor();
  await picture("fixed");
  expect(await violations(page, [])).toEqual([]);
  await named("button", "Close").click();
  await page.getByText("Fixed. Claude was started with it.").waitFor();
  expect(await named("button", "Restart Claude").count()).toBe(0);

  await named("button", "Undo").click();
  await named("button", "Quit Claude, put back, start").click();
  await confirm("Quit Claude, put back, start");
  await page.getByText("Claude has been restarted.").first().waitFor();
  await named("button", "Close").click();
  await named("button", "Fix").waitFor();
  expect(await page.getByText("Fixed.").count()).toBe(0);
  expect(await focused()).toBe("coda");
});

it("is done with the keyboard alone", async () => {
  await at("failing", "#/servers/coda");
  await named("button", "Fix").focus();
  await press("Enter");
  expect(await focused()).toBe("Change 3 lines");
  await press("Tab");
  expect(await focused()).toBe("Quit Claude, change, start");
  await restartByKeys();
  await page.getByText("Fixed. Claude was started with it.").waitFor();
});

it("goes on while another place is on the screen", async () => {
  await at("failing", "#/servers/coda");
  await named("button", "Fix").click();
  await named("button", "Quit Claude, change, start").click();
  await confirm("Quit Claude, change, start");
  await named("link", "History").click();
  await named("heading", "History").waitFor();
  await named("link", /^Servers/).click();
  await named("link", /^coda/).click();
  await page.getByText("5 of 5 servers are up.").waitFor();
});

it("a change of the history is taken back around Claude", async () => {
  await at("failing", "#/history/20261120-1");
  await named("button", "Quit Claude, put back, start").click();
  await confirm("Quit Claude, put back, start");
  await page.getByText("5 of 5 servers are up.").waitFor();
  await named("button", "Close").click();
  await page.getByText("Taken back").nth(1).waitFor();
});

/** The argument that is changed, and the question that follows it. */
async function review(): Promise<void> {
  await at("failing", "#/config/filesystem");
  await page.getByLabel("Argument 3", { exact: true }).focus();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("E:/Notes");
  await named("textbox", "Config as JSON").getByText("E:/Notes").waitFor();
  await page.keyboard.press("ControlOrMeta+s");
  await page.getByText("may write over the change").waitFor();
}

it("the editor saves while Claude is closed", async () => {
  await review();
  await named("button", /^Save \d+ line/).waitFor();
  expect(await violations(page, [])).toEqual([]);
  await picture("review");
  await named("button", "Quit Claude, change, start").click();
  await page.getByText("Unsent text in Claude is lost.").waitFor();
  await picture("review-asked");
  await named("button", "Cancel").click();
  await named("button", "Quit Claude, change, start").click();
  await confirm("Quit Claude, change, start");
  await page.getByText("5 of 5 servers are up.").waitFor();
  await picture("review-restarting");
  expect(await violations(page, [])).toEqual([]);
  await named("button", "Close").click();
  await page.getByRole("status").getByText("Saved.", { exact: true }).waitFor();
  await page.getByText("Claude has been restarted.").waitFor();
  expect(await named("button", "Restart Claude").count()).toBe(0);
  expect(await page.getByText("Unsaved changes").count()).toBe(0);
  await named("button", "Take back").waitFor();
});

it("the editor saves around Claude with the keyboard alone", async () => {
  await review();
  await tabTo("Quit Claude, change, start");
  await restartByKeys();
  await page.getByRole("status").getByText("Saved.", { exact: true }).waitFor();
});

it("a server is switched off while Claude is closed, and nothing asks for a restart", async () => {
  await at("failing", "#/config/filesystem");
  await named("switch", "filesystem is on").click();
  await named("button", "Quit Claude, change, start").click();
  await confirm("Quit Claude, change, start");
  await page.getByText(/servers are up\.$/).waitFor();
  await named("button", "Close").click();
  await page.getByText("Claude has been restarted.").waitFor();
  expect(await named("button", "Restart Claude").count()).toBe(0);
});

it("a reset comes back only while Claude is closed", async () => {
  await at("failing", "#/reset");
  await named("button", "Reset 7 things").click();
  await named("button", "Undo").click();
  await page.getByText("would write over what comes back").waitFor();
  expect(await named("button", /^Put \d+ things back$/).count()).toBe(0);
  await picture("reset");
  expect(await violations(page, [])).toEqual([]);
  await named("button", "Quit Claude, put back, start").click();
  await confirm("Quit Claude, put back, start");
  await page.getByText("5 of 5 servers are up.").waitFor();
  await named("button", "Close").click();
  await named("button", "Reset 7 things").waitFor();
});

it("says why Claude could not be closed, and asks anew", async () => {
  await at("stale", "#/history/20261120-1");
  await named("button", "Quit Claude, put back, start").click();
  await confirm("Quit Claude, put back, start");
  await page.getByText("The processes of this computer could not be listed.").waitFor();
  await named("button", "Close").click();
  await named("button", "Put 1 line back").waitFor();
});
