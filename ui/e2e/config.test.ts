// The config edited as form and as text, by mouse and by keyboard, in every state that the file can be in.
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { closeBrowser, NOW, open, type Opened, RESULTS } from "./browser";

let opened: Opened;
let page: Page;

const named = (role: Parameters<Page["getByRole"]>[0], name: string | RegExp) =>
  page.getByRole(role, { name, ...(typeof name === "string" ? { exact: true } : {}) });
const json = () => named("textbox", "Config as JSON");
const picture = (name: string) => page.screenshot({ path: join(RESULTS, `config-${name}.png`) });

async function at(scenario: Parameters<typeof open>[0], address = "#/config/filesystem", options = {}) {
  opened = await open(scenario, address, options);
  ({ page } = opened);
}

async function changeArgument(to: string) {
  const field = page.getByLabel("Argument 3", { exact: true });
  await field.fill(to);
  await json().getByText(to).waitFor();
}

afterAll(closeBrowser);
afterEach(async () => {
  expect(opened.complaints).toEqual([]);
  await page.context().close();
});

describe("a change in the form", () => {
  it("stands in the JSON, is reviewed, saved and taken back", async () => {
    await at("failing");
    await changeArgument("D:/Work");
    await page.getByText("Unsaved changes").waitFor();
    await picture("edited");
    await named("button", "Review and save").click();
    await named("heading", /^What will change in/).waitFor();
    await named("button", /^Save \d+ line/).waitFor();
    await picture("review");
    await named("button", /^Save \d+ line/).click();
    await page.getByRole("status").getByText("Saved.", { exact: true }).waitFor();
    expect(await page.getByText("Unsaved changes").count()).toBe(0);
    await named("button", "Take back").click();
    await named("button", /^Put \d+ lines? back/).click();
    await json().getByText("Documents").waitFor();
  });

  it("is saved, and Claude is restarted to use it", async () => {
    await at("failing");
    await changeArgument("D:/Work");
    await named("button", "Review and save").click();
    await named("button", /^Save \d+ line/).click();
    await page.getByText("restart Claude to use it").waitFor();
    await named("button", "Restart Claude").click();
    await page.getByText("Unsent text in Claude is lost.").waitFor();
    await picture("restart");
    await named("button", "Restart Claude").click();
    await page.getByText("Its servers come up…").first().waitFor();
    await picture("restarting");
    await named("button", "Close").click();
    await page.getByRole("status").getByText("Claude has been restarted.").waitFor();
    expect(await page.getByText("restart Claude to use it").count()).toBe(0);
    expect(await named("button", "Restart Claude").count()).toBe(0);
    await named("button", "Take back").waitFor();
    await picture("restarted");
  });

  it("goes all the way with the keyboard alone", async () => {
    await at("failing");
    await page.getByLabel("Argument 3", { exact: true }).focus();
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("E:/Notes");
    await json().getByText("E:/Notes").waitFor();
    await page.keyboard.press("ControlOrMeta+z");
    await json().getByText("E:/Notes").waitFor({ state: "detached" });
    await page.keyboard.press("ControlOrMeta+y");
    await json().getByText("E:/Notes").waitFor();
    await page.keyboard.press("ControlOrMeta+s");
    const save = named("button", /^Save \d+ line/);
    await save.waitFor();
    await save.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("status").getByText("Saved.", { exact: true }).waitFor();
  });

  it("adds, moves and removes what an entry has", async () => {
    await at("failing");
    await named("button", "Add an argument").click();
    await page.keyboard.type("--verbose");
    await json().getByText("--verbose").waitFor();
    await named("button", "Move argument 4 up").click();
    await page.waitForFunction(
      () => document.querySelector<HTMLInputElement>("ol li:nth-child(3) input")?.value === "--verbose",
    );
    await named("button", "Remove argument 3").click();
    await json().getByText("--verbose").waitFor({ state: "detached" });
    await named("button", "Add a variable").click();
    await json().getByText('"NAME"').waitFor();
    await named("button", "Remove NAME").click();
    await json().getByText('"NAME"').waitFor({ state: "detached" });
  });

  it("sets headers, the port and flags of a bridge", async () => {
    await at("failing", "#/config/coda");
    await page.getByLabel("Callback port").fill("4444");
    await page.keyboard.press("Enter");
    await json().getByText('"4444"').waitFor();
    await page.getByLabel("Choose an option").selectOption("--keep-alive");
    await page.getByText("Pings the server").waitFor();
    await named("button", "Add").click();
    await json().getByText('"--keep-alive"').waitFor();
    await picture("bridge");
    await page.getByLabel("--transport", { exact: true }).selectOption("sse-only");
    await json().getByText('"sse-only"').waitFor();
    await named("button", "Remove --keep-alive").click();
    await json().getByText('"--keep-alive"').waitFor({ state: "detached" });
  });
});

describe("a secret", () => {
  it("is covered, is shown when it is asked for, and moves to the keyring", async () => {
    await at("failing");
    await named("button", "Show the secret: Value of NOTES_API_KEY").waitFor();
    expect(await page.content()).not.toContain("k29f3aa81cd0");
    await named("button", "Show the secret: Value of NOTES_API_KEY").click();
    await page.waitForFunction(() =>
      [...document.querySelectorAll("input")].some((one) => one.value === "k29f3aa81cd0"),
    );
    await named("button", "Hide the secret: Value of NOTES_API_KEY").click();
    await named("button", "Move to keyring").click();
    await json().getByText("${secret:filesystem.NOTES_API_KEY}").waitFor();
    await picture("keyring");
  });
});

describe("a problem", () => {
  it("is underlined, is gone to with F8, and is mended where it stands", async () => {
    await at("config-broken");
    await page.getByText("Claude cannot read this text.").first().waitFor();
    await page.getByText("This entry has a mistake in its text").waitFor();
    await picture("broken");
    expect(await page.getByLabel("Command", { exact: true }).getAttribute("readonly")).not.toBeNull();
    await page.keyboard.press("F8");
    await page.waitForFunction(() => document.activeElement?.hasAttribute("data-editor") === true);
    await named("button", "Repair the JSON syntax").first().click();
    await page.getByText("Claude cannot read this text.").waitFor({ state: "detached" });
    await page.waitForFunction(
      () => document.querySelector<HTMLInputElement>("ol input")?.readOnly === false,
    );
  });

  it("offers its repair in the text's own tooltip", async () => {
    await at("config-broken");
    await page.locator(".cm-lintRange-error").first().hover();
    // How long the pointer rests is measured with the clock
    await page.clock.setFixedTime(new Date(NOW.getTime() + 2000));
    const tooltip = page.locator(".cm-tooltip-lint");
    await tooltip.getByRole("button", { name: "Repair the JSON syntax" }).waitFor();
    await picture("tooltip");
    await tooltip.getByRole("button", { name: "Repair the JSON syntax" }).click();
    await page.getByText("Claude cannot read this text.").waitFor({ state: "detached" });
  });
});

describe("a file that somebody else changes", () => {
  it("is brought together with what was edited", async () => {
    await at("config-changes");
    await changeArgument("D:/Work");
    await named("button", "Bring both together").waitFor();
    await picture("changed");
    await named("button", "Bring both together").click();
    await json().getByText("Alt+C").waitFor();
    await json().getByText("D:/Work").waitFor();
    await page.getByText("Both changes are in the text now.").waitFor();
    await named("button", "Review and save").click();
    await named("button", /^Save \d+ line/).click();
    await page.getByRole("status").getByText("Saved.", { exact: true }).waitFor();
  });

  it("shows both sides where both changed the same", async () => {
    await at("config-conflict", "#/config/coda");
    await page.getByLabel("Callback port").fill("6666");
    await page.keyboard.press("Enter");
    await named("button", "Bring both together").click();
    await page.getByText("One place was changed on both sides.").waitFor();
    await picture("conflict");
    expect(await named("button", "Review and save").isDisabled()).toBe(true);
    await named("button", "Take the disk’s").click();
    await json().getByText('"5555"').waitFor();
    await page.getByText("One place was changed on both sides.").waitFor({ state: "detached" });
    // Nothing is left that the disk has not
    await page.getByText("Unsaved changes").waitFor({ state: "detached" });
  });
});

describe("other states", () => {
  it("makes a config file where there is none", async () => {
    await at("config-absent", "#/config");
    await named("button", "Make a config file").waitFor();
    await picture("absent");
    await named("button", "Make a config file").click();
    await json().getByText('"mcpServers"').waitFor();
    await named("button", "Review and save").click();
    await named("button", /^Save \d+ line/).click();
    await page.getByRole("status").getByText("Saved.", { exact: true }).waitFor();
  });

  it("says why a file cannot be saved", async () => {
    await at("config-read-only");
    await page.getByText("The config file is marked read-only.").waitFor();
    await changeArgument("D:/Work");
    await named("button", "Review and save").click();
    await named("button", /^Save \d+ line/).click();
    await page.getByText("so nothing was written").waitFor();
    await picture("read-only");
    await named("button", "Back to editing").click();
    await page.waitForFunction(() => document.activeElement?.tagName === "H1");
    await page.getByText("Unsaved changes").waitFor();
  });

  it("does not leave with changes that are not saved", async () => {
    await at("failing");
    await changeArgument("D:/Work");
    await named("link", "History").click();
    await named("heading", "There are unsaved changes").waitFor();
    await picture("leaving");
    expect(page.url()).toMatch(/#\/config\/filesystem$/);
    await named("button", "Keep them for later").click();
    await page.waitForURL(/#\/history$/);
    await named("link", "Config").click();
    await page.getByText("These are the changes that you had not saved the last time.").waitFor();
    await json().getByText("D:/Work").waitFor();
  });

  it("switches a server off and on again", async () => {
    await at("failing");
    await named("switch", "linear is on").click();
    await named("heading", "Switch linear off").waitFor();
    await named("button", /^Change \d+ lines?$/).waitFor();
    await picture("switching");
    await named("button", /^Change \d+ lines?$/).click();
    await page.waitForFunction(
      () => document.querySelector("[role=switch][aria-checked=false][aria-label='linear is on']") !== null,
    );
    await json().getByText("mcp.linear.app").waitFor({ state: "detached" });
  });

  it("holds in a narrow window, a part at a time", async () => {
    await at("failing", "#/config/coda", { viewport: { width: 400, height: 720 } });
    await named("tab", "Form").waitFor();
    await picture("narrow-form");
    await named("tab", "Form").press("ArrowRight");
    await json().waitFor();
    await picture("narrow-json");
    await named("tab", "Servers").click();
    await named("link", /^linear/).click();
    await page.getByLabel("Callback port").waitFor();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  });
});
