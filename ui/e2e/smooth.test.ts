// A thousand servers: what is out of sight costs nothing, so scrolling and filtering stay smooth.
import { afterAll, expect, it } from "vitest";
import { closeBrowser, open } from "./browser";

afterAll(closeBrowser);

it("draws only the rows that are seen, through a whole scroll", async () => {
  const { page, complaints } = await open("thousand");
  const rows = page.locator(".list [data-row]");
  expect(await rows.count()).toBe(1003);
  const scrolled = await page.evaluate(async () => {
    const list = document.querySelector(".list");
    if (list === null) throw new Error("there is no list");
    const frame = () => new Promise<number>((next) => requestAnimationFrame(next));
    const frames: number[] = [];
    let most = 0;
    let last = await frame();
    for (let step = 0; step < 60; step += 1) {
      list.scrollTop += list.scrollHeight / 60;
      const now = await frame();
      frames.push(now - last);
      last = now;
      if (step % 10 === 0) {
        const drawn = [...list.querySelectorAll("[data-row]")].filter((row) =>
          row.checkVisibility({ contentVisibilityAuto: true }),
        );
        most = Math.max(most, drawn.length);
        last = await frame();
      }
    }
    return { most, frames, atEnd: list.scrollTop + list.clientHeight >= list.scrollHeight - 100 };
  });
  // How long a frame takes is told, not judged: it depends on what else the machine does.
  const slowest = Math.max(...scrolled.frames).toFixed(0);
  const over = scrolled.frames.filter((time) => time > 50).length;
  console.log(`scrolling 1,003 servers: slowest frame ${slowest} ms, ${over} of 60 over 50 ms`);
  expect(scrolled.most).toBeGreaterThan(0);
  expect(scrolled.most).toBeLessThan(100);
  expect(scrolled.atEnd).toBe(true);
  expect(complaints).toEqual([]);
  await page.context().close();
});
