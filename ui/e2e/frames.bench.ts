// For `cargo xtask bench desktop`: how smooth the window scrolls through a thousand servers and through 100 MB of log.
// Of some rounds the best counts, because whatever else the machine does makes frames longer and never shorter.
import { writeFile } from "node:fs/promises";
import { loadavg } from "node:os";
import { afterAll, expect, it } from "vitest";
import { closeBrowser, openInTime } from "./browser";
import { type Frames, quantile, scroll, told, TOO_LONG } from "./frames";
import { SCROLLS } from "./scrolls";

const ROUNDS = Number(process.env.ROUNDS ?? 1);
const worst = ({ lasted }: Frames) => Math.max(...lasted);
const measured: Record<string, unknown> = {};

afterAll(async () => {
  await closeBrowser();
  const { FIGURES } = process.env;
  if (FIGURES !== undefined) await writeFile(FIGURES, JSON.stringify(measured));
});

it.each(SCROLLS)(
  "$name",
  async ({ name, scenario, address, ready, ...way }) => {
    let best: Frames | undefined;
    for (let round = 0; round < ROUNDS; round += 1) {
      const { page, complaints } = await openInTime(scenario, address);
      await page.locator(ready).first().waitFor();
      const frames = await scroll(page, way);
      expect(complaints).toEqual([]);
      await page.context().close();
      const load = loadavg()[0]?.toFixed(1);
      process.stdout.write(`${told(`${name} (load ${load})`, frames)}\n`);
      if (best === undefined || worst(frames) < worst(best)) best = frames;
    }
    if (best === undefined) throw new Error("there was no round");
    measured[name] = {
      worst_ms: worst(best),
      p99_ms: quantile(best.lasted, 0.99),
      over: best.lasted.filter((one) => one > TOO_LONG).length,
      frames: best.lasted.length,
      work_ms: Math.max(...best.worked),
    };
  },
  120_000,
);
