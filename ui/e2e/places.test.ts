// Places that one comes to now and then: the report, the firewall, the configs put back, a sign-in that begins at once.
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { closeBrowser, open, type Opened, RESULTS, violations } from "./browser";

let opened: Opened;
let page: Page;

const named = (role: Parameters<Page["getByRole"]>[0], name: string | RegExp) =>
  page.getByRole(role, { name, ...(typeof name === "string" ? { exact: true } : {}) });
const picture = (name: string) => page.screenshot({ path: join(RESULTS, `places-${name}.png`) });

async function at(...where: Parameters<typeof open>): Promise<void> {
  opened = await open(...where);
  ({ page } = opened);
}

afterAll(closeBrowser);
afterEach(async () => {
  expect(opened.complaints).toEqual([]);
  await page.context().close();
});

describe("the report", () => {
  it("is shown before there is a file, then saved and found", async () => {
    await at("failing");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("report");
    await page.keyboard.press("Enter");
    await named("heading", "What is in it").waitFor();
    expect(page.url()).toMatch(/#\/report$/);
    await page.getByText("Logs", { exact: true }).click();
    await page.getByText("is not recognized as an internal or external command").waitFor();
    await picture("report-part");
    expect(await violations(page, [])).toEqual([]);

    await named("button", "Save").focus();
    await page.keyboard.press("Enter");
    await page.getByText("The report is saved.").first().waitFor();
    await page.getByText("bridgekeeper-report-2026-11-21-104330.md").waitFor();
    await named("button", "Show in its folder").click();
    await picture("report-saved");
    expect(await violations(page, [])).toEqual([]);
    await named("button", "Gather it anew").click();
    await named("button", "Save").waitFor();
  });

  it("is saved where the person chooses", async () => {
    await at("failing", "#/report");
    await named("button", "Save elsewhere…").click();
    await page.getByText("for-support.md").waitFor();
  });

  it("says why it could not be saved, and still stands there", async () => {
    await at("partial", "#/report");
    await named("button", "Save").click();
    await page.getByText("the folder is write-protected").waitFor();
    await named("button", "Save elsewhere…").waitFor();
  });

  it("speaks German around its English text", async () => {
    await at("failing", "&language=de#/report");
    await named("button", "Woanders speichern…").waitFor();
    await picture("report-german");
  });
});

describe("the firewall", () => {
  it("is reached from its finding; its rule is added and taken away", async () => {
    await at("firewall-rule", "#/setup");
    await page.getByText("The firewall has inbound rules for Node").click();
    await named("link", "Look at the rules").click();
    await page.getByText("Blocks other computers").waitFor();
    await named("button", "Add the rule…").click();
    await page.getByText("The rule was added.").first().waitFor();
    await page.getByText("Bridgekeeper (MCP sign-in)").waitFor();
    await picture("firewall-added");
    expect(await violations(page, [])).toEqual([]);
    await named("button", "Remove the rule…").click();
    await page.getByText("Bridgekeeper (MCP sign-in)").waitFor({ state: "detached" });
    await picture("firewall-removed");
  });

  it("says that nothing was looked at where there are no such rules", async () => {
    await at("offline", "#/firewall");
    await page.getByText("Nothing was looked at on this system.").waitFor();
    expect(await named("button", /rule/).count()).toBe(0);
  });
});

describe("Claude's configs", () => {
  it("are put back after every change was listed", async () => {
    await at("failing", "#/settings");
    await page.getByText("Put Claude’s configs back").waitFor();
    await named("link", "Show").last().click();
    await page.getByText("Remove the comma after the last server").waitFor();
    await named("button", "Take 2 changes back").click();
    await page.getByText("Line 18 was changed by somebody else since.").waitFor();
    await picture("leave-done");
    expect(await violations(page, [])).toEqual([]);
    await named("link", "History").click();
    await named("heading", "History").waitFor();
    expect(await named("link", /^Undo/).count()).toBe(0);
  });

  it("are put back while Claude is closed", async () => {
    await at("failing", "#/leave");
    await named("button", "Quit Claude, put back, start").click();
    await named("group", "Quit Claude, put back, start").getByRole("button").first().click();
    await page.getByText("5 of 5 servers are up.").waitFor();
    await named("button", "Close").click();
    await named("heading", "Could not be taken back").waitFor();
  });

  it("leaves for the settings without having done anything", async () => {
    await at("failing", "#/leave");
    await named("button", "Cancel").click();
    await named("heading", "Settings").waitFor();
  });
});

describe("a sign-in from outside the window", () => {
  it("begins at once and is followed on its page", async () => {
    await at("needs-sign-in", "#/sign-ins/begin/linear");
    await named("heading", "linear").waitFor();
    await page.getByText("https://mcp.linear.app/authorize").waitFor();
    expect(page.url()).toMatch(/#\/sign-ins\/https%3A%2F%2Fmcp.linear.app%2Fmcp$/);
    await picture("sign-in-begun");
    expect(await violations(page, [])).toEqual([]);
  });

  it("tells that somebody has signed in", async () => {
    await at("failing", "#/sign-ins/begin/linear");
    await page.getByText("Signed in.").first().waitFor();
  });

  it("tells what hindered it", async () => {
    await at("needs-sign-in", "#/sign-ins/begin/linear");
    await page.getByText("https://mcp.linear.app/authorize").waitFor();
    await named("button", "Cancel").click();
    await page.getByText("the sign-in was broken off").waitFor();
  });

  it("begins again when it is asked for again", async () => {
    await at("needs-sign-in", "#/sign-ins/begin/linear");
    await page.getByText("https://mcp.linear.app/authorize").waitFor();
    await named("button", "Cancel").click();
    await page.getByText("the sign-in was broken off").waitFor();
    await page.evaluate(() => (window.location.hash = "#/sign-ins/begin/linear"));
    await page.getByText("https://mcp.linear.app/authorize").waitFor();
  });

  it("does not begin while the keyring is shut, and says so", async () => {
    await at("keyring-locked", "#/sign-ins/begin/linear");
    await page.getByText("The keyring gives nothing out").waitFor();
    expect(await page.getByText("https://mcp.linear.app/authorize").count()).toBe(0);
  });

  it("leads to the server where it signs in by itself", async () => {
    await at("failing", "#/sign-ins/begin/filesystem");
    await named("heading", "filesystem").waitFor();
    expect(page.url()).toMatch(/#\/servers\/filesystem$/);
  });
});
