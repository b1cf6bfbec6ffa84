// A thousand servers and 100 MB of log: what is out of sight is not there, and what is done for a frame is little.
//
// `npm run frames` measures how long frames last. Here the machine may be busy with anything, so what is judged is how
// much there is on the page, and the processor time of the page's own thread.
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { closeBrowser, open, type Opened, openInTime } from "./browser";
import { scroll, type Scroll, told, TOO_LONG } from "./frames";
import { SCROLLS } from "./scrolls";

let opened: Opened;

afterAll(closeBrowser);
afterEach(async () => {
  expect(opened.complaints).toEqual([]);
  await opened.page.context().close();
});

/** Pixels from the edge at which a scroll begins. */
const left = ({ box, by }: Pick<Scroll, "box" | "by">) =>
  opened.page
    .locator(box)
    .evaluate(
      (area, up) => (up ? area.scrollHeight - area.clientHeight - area.scrollTop : area.scrollTop),
      by < 0,
    );

describe("through a whole scroll", () => {
  it.each(SCROLLS)(
    "no frame of $name holds much work, or many rows",
    async ({ name, scenario, address, ready, ...way }) => {
      opened = await openInTime(scenario, address);
      const { page } = opened;
      await page.locator(ready).first().waitFor();
      // A log is at its end a moment after its first lines are there
      await expect.poll(() => left(way)).toBeLessThan(2);
      const frames = await scroll(page, { ...way, turns: 100 });
      console.log(told(name, frames));
      expect(frames.moved * Math.sign(way.by)).toBeGreaterThan(1000);
      expect(frames.worked.length).toBeGreaterThan(10);
      expect(Math.max(...frames.worked)).toBeLessThan(TOO_LONG);
      expect(await page.locator(ready).count()).toBeLessThan(100);
    },
    60_000,
  );
});

describe("the config with 1,003 servers", () => {
  const rows = () => opened.page.locator(".rail [data-index]");
  const focused = () =>
    opened.page.evaluate(() => {
      const has = document.activeElement;
      return has?.getAttribute("aria-label") ?? has?.textContent.trim() ?? "";
    });
  const press = (key: string) => opened.page.keyboard.press(key);

  it("is gone through with the keyboard alone, from names and from switches", async () => {
    opened = await open("thousand", "#/config");
    await rows().first().locator("a").focus();
    await press("End");
    await press("ArrowUp");
    await expect.poll(focused).toMatch(/^filesystem/);
    await press("Enter");
    await opened.page.getByRole("heading", { name: "filesystem" }).waitFor();
    await press("Tab");
    expect(await focused()).toBe("filesystem is on");
    await press("Home");
    await expect.poll(focused).toBe("server 01 is on");
    await press("Tab");
    await expect.poll(focused).toBe("Add a server");
    expect(await rows().count()).toBeLessThan(100);
  });

  it("shows the row of the form that an address names", async () => {
    opened = await open("thousand", "#/config/server%20800");
    const row = opened.page.locator(".rail a[aria-current]");
    await expect.poll(() => row.textContent()).toMatch(/server 800/);
    await expect.poll(async () => (await row.boundingBox())?.y ?? 0).toBeGreaterThan(0);
    expect(await row.locator("xpath=..").getAttribute("aria-setsize")).toBe("1004");
  });
});

describe("the list of 1,003 servers", () => {
  const rows = () => opened.page.locator(".list [data-row]");
  const focused = () => opened.page.evaluate(() => document.activeElement?.textContent.trim() ?? "");
  const press = async (...keys: string[]) => {
    for (const key of keys) await opened.page.keyboard.press(key);
  };

  it("is gone through with the keyboard alone, to its end and back", async () => {
    opened = await open("thousand");
    await rows().first().focus();
    await press("End");
    await expect.poll(focused).toMatch(/^server 1000/);
    await opened.page.locator(".list").getByText("server 994").waitFor();
    await press("ArrowUp", "ArrowUp", "Enter");
    expect(opened.page.url()).toMatch(/#\/servers\/server%20995$/);
    await press("Escape");
    await expect.poll(focused).toMatch(/^server 995/);
    await press("Home");
    await expect.poll(focused).toMatch(/^coda/);
  });

  it("keeps the focus where the list is scrolled away from it", async () => {
    opened = await open("thousand");
    await rows().nth(1).focus();
    const was = await focused();
    await opened.page.locator(".list").evaluate((list) => {
      list.scrollTop = list.scrollHeight / 2;
    });
    await opened.page.locator(".list ul.working li:nth-child(10)[aria-posinset^='4']").waitFor();
    expect(await focused()).toBe(was);
    await press("ArrowDown", "ArrowUp");
    await expect.poll(focused).toBe(was);
  });

  it("says of each row where it stands", async () => {
    opened = await open("thousand");
    const last = opened.page.locator(".list ul.working li").first();
    expect(await last.getAttribute("aria-posinset")).toBe("1");
    expect(await last.getAttribute("aria-setsize")).toBe("600");
  });

  it("filters to a few, and back to all", async () => {
    opened = await open("thousand");
    await press("/");
    await opened.page.keyboard.type("server 99");
    await expect.poll(() => rows().count()).toBe(11);
    await press("ArrowDown");
    await expect.poll(focused).toMatch(/^server 99/);
    await press("/", "Escape");
    await expect.poll(() => rows().count()).toBeGreaterThan(20);
  });
});
