// A server's page beyond its overview, and a server that is added: by mouse, by keyboard, without a complaint of axe.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type axe from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { closeBrowser, open, type Opened, RESULTS } from "./browser";

let opened: Opened;
let page: Page;
let source = "";

const named = (role: Parameters<Page["getByRole"]>[0], name: string | RegExp) =>
  page.getByRole(role, { name, ...(typeof name === "string" ? { exact: true } : {}) });

async function at(...[scenario, address, options]: Parameters<typeof open>) {
  opened = await open(scenario, address, options);
  ({ page } = opened);
}

/** Tab until that control has the focus; nobody should need more presses than this. */
async function tabTo(words: string | RegExp): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press("Tab");
    const now = await page.evaluate(() => document.activeElement?.textContent.trim() ?? "");
    if (typeof words === "string" ? now === words : words.test(now)) return;
  }
  throw new Error(`Tab does not reach ${String(words)}`);
}

async function picture(name: string): Promise<void> {
  await page.screenshot({ path: join(RESULTS, `${name}.png`), fullPage: true });
}

async function violations(): Promise<string[]> {
  await page.evaluate(source);
  const { violations: found } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }),
  );
  return found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
}

beforeAll(async () => {
  source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
});
afterAll(closeBrowser);
afterEach(async () => {
  expect(opened.complaints).toEqual([]);
  await page.context().close();
});

describe("a server that is tried", () => {
  it("lists its tools", async () => {
    await at("healthy", "#/servers/filesystem/tools");
    await named("button", "Try it now").click();
    await page.getByText("filesystem 2.4.1 answered after 412 ms.").first().waitFor();
    await page.getByText("list_documents").waitFor();
    await page.getByText("May remove things").waitFor();
    expect(await violations()).toEqual([]);
    await picture("trial-worked");
  });

  it("shows the cause with its fix where it fails", async () => {
    await at("failing", "#/servers/coda/tools");
    await named("button", "Try it now").click();
    await named("heading", /Claude splits the header at its space/).waitFor();
    await page.getByText("exit code: 1").waitFor();
    await named("button", "Fix").waitFor();
    expect(await violations()).toEqual([]);
    await picture("trial-failed");
  });

  it("is ended when the person has enough, by keyboard alone", async () => {
    await at("writing", "#/servers/linear/tools");
    await tabTo("Try it now");
    await page.keyboard.press("Enter");
    await named("button", "Cancel").waitFor();
    await tabTo("Cancel").catch(() => named("button", "Cancel").focus());
    await page.keyboard.press("Enter");
    await page.getByText("Cancelled. What was started has ended.").first().waitFor();
  });
});

it("asks a server from outside and says who can connect", async () => {
  await at("failing", "#/servers/linear/tools");
  await named("button", "Ask it now").click();
  await page.getByText("Claude, custom connector").waitFor();
  await page.getByText(/It connects from Anthropic's cloud/).waitFor();
  expect(await violations()).toEqual([]);
  await picture("probe");
});

it("does not offer to ask a server that runs on this computer", async () => {
  await at("healthy", "#/servers/filesystem/tools");
  await named("button", "Try it now").waitFor();
  expect(await named("button", "Ask it now").count()).toBe(0);
});

it("ends a bridge that nobody uses any more", async () => {
  await at("failing", "#/servers/linear/tools");
  await page.getByText("The program that started it is gone.").waitFor();
  await named("button", "End it").click();
  await page.getByText("Process 7120").waitFor({ state: "detached" });
  expect(await page.getByText("Process 8124").count()).toBe(1);
});

it("switches a server off and on", async () => {
  await at("healthy", "#/servers/filesystem");
  await named("button", "Switch off").click();
  await named("button", /^Change \d+ lines?$/).click();
  await named("button", "Switch on").waitFor();
  expect(await violations()).toEqual([]);
  await named("button", "Switch on").click();
  await named("button", /^Change \d+ lines?$/).click();
  await named("button", "Switch off").waitFor();
});

it("quits Claude, makes the change and starts Claude again", async () => {
  await at("healthy", "#/servers/filesystem");
  await named("button", "Switch off").click();
  await named("button", "Quit Claude, change, start").click();
  await named("group", "Quit Claude, change, start").getByRole("button").first().click();
  await page.getByText("Claude has been restarted.").first().waitFor();
  await page.getByText("The change was made.").waitFor();
  await page.getByText("3 of 3 servers are up.").waitFor();
  expect(await violations()).toEqual([]);
  await picture("restart-around");
  await named("button", "Close").click();
  await named("button", "Switch on").waitFor();
});

it("restarts Claude after a fix", async () => {
  await at("failing", "#/servers/coda");
  await named("button", "Fix").click();
  await named("button", "Change 3 lines").click();
  await named("button", "Restart Claude").first().click();
  await named("group", "Restart Claude").getByRole("button", { name: "Restart Claude" }).click();
  await page.getByText("5 of 5 servers are up.").waitFor();
});

describe("a server that is added", () => {
  it("by its address, which is asked at once", async () => {
    await at("healthy", "#/add");
    await page.getByLabel("Address, command line or JSON").fill("https://mcp.linear.app/mcp");
    await page.getByText("Who can connect").first().waitFor();
    expect(await page.getByLabel("Name", { exact: true }).inputValue()).toBe("linear");
    expect(await violations()).toEqual([]);
    await picture("add-address");
    await named("button", "Show what will change").click();
    await named("button", "Change 4 lines").click();
    await page.getByText("linear was added.").first().waitFor();
    await named("link", "Open linear").waitFor();
  });

  it("by a pasted entry, its risks marked, a secret kept in the keyring", async () => {
    await at("failing", "#/add");
    await page.getByLabel("Address, command line or JSON").fill('{"servers": {}}');
    await page.getByText("2 servers found").waitFor();
    await page.getByText(/whoever has it has this computer/).waitFor();
    await named("checkbox", /Keep its secrets/).waitFor();
    expect(await violations()).toEqual([]);
    await picture("add-risks");
    await named("radio", "coda").check();
    await page.getByText("An entry has this name already.").waitFor();
    expect(await named("button", "Show what will change").isDisabled()).toBe(true);
    await page.getByLabel("Name", { exact: true }).fill("coda-2");
    await named("button", "Show what will change").click();
    await named("button", "Change 4 lines").waitFor();
  });

  it("with the keyboard alone", async () => {
    await at("healthy");
    await tabTo("Add server");
    await page.keyboard.press("Enter");
    await page.getByLabel("Address, command line or JSON").waitFor();
    await tabTo("").catch(() => undefined);
    await page.getByLabel("Address, command line or JSON").focus();
    await page.keyboard.type("npx -y @acme/notes");
    await page.getByText("Fetched anew at each start").waitFor();
    await tabTo("Show what will change");
    await page.keyboard.press("Enter");
    await named("button", "Change 4 lines").waitFor();
    await page.keyboard.press("Enter");
    await page.getByText("notes was added.").first().waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(/#\/servers\/notes$/);
  });

  it("from a file that holds an entry", async () => {
    await at("healthy", "#/add");
    await named("button", "Open a file").click();
    await page.getByText("2 servers found").waitFor();
  });

  it("shows of an extension what it would start and ask for, and leaves it to Claude", async () => {
    await at("failing", "#/add");
    await tabTo("Open a file");
    await page.keyboard.press("Enter");
    await named("heading", "Notes").waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("Notes");
    await page.getByText("Claude installs it, not Bridgekeeper").waitFor();
    await page.getByText("This variable makes programs load foreign code").waitFor();
    await page.getByText("Where your notes are.").waitFor();
    expect(await named("button", "Show what will change").count()).toBe(0);
    expect(await violations()).toEqual([]);
    await picture("add-extension");
    await page.getByLabel("Address, command line or JSON").fill("npx -y @acme/notes");
    await named("heading", "Notes").waitFor({ state: "detached" });
    await named("button", "Show what will change").waitFor();
  });

  it("says what a file is not", async () => {
    await at("changed", "#/add", { viewport: { width: 400, height: 700 } });
    await named("button", "Open a file").click();
    await page.getByText("it has no manifest.json").waitFor();
  });

  it("says what it does not understand, and holds in a narrow window", async () => {
    await at("healthy", "#/add", { viewport: { width: 400, height: 700 } });
    await page.getByLabel("Address, command line or JSON").fill("hello");
    await page.getByText(/this is no address/).waitFor();
    expect(await violations()).toEqual([]);
    await page.getByLabel("Address, command line or JSON").fill('{"servers": {}}');
    await page.getByText("2 servers found").waitFor();
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
    ).toBeLessThanOrEqual(0);
    await picture("add-narrow");
  });
});
