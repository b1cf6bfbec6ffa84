// What each frame of a scripted scroll takes: how long it is on the screen, and how much of that is the page's own work.
//
// How long a frame lasts depends on what else the machine does. How long the processor works for the page's thread does
// not: Chromium's trace counts it for each task, so a test can judge it on a busy machine.
import type { Page } from "playwright-core";

/** What a person would call not smooth, in milliseconds. */
export const TOO_LONG = 50;

export interface Scroll {
  /** The element that scrolls. */
  box: string;
  /** Pixels of one turn of the wheel; negative is up. */
  by: number;
  /** Turns, one for each frame of 60 in a second. */
  turns: number;
}

export interface Frames {
  /** From each frame to the next, in milliseconds. */
  lasted: number[];
  /** How far it went, in pixels: from where it was furthest the other way, for a log grows meanwhile. */
  moved: number;
  /** The page's own script, style, layout and paint for each frame, in milliseconds of processor time. */
  worked: number[];
  /** What the browser itself calls a long frame, with what the page did in it. */
  long: string[];
  /** What the frame with the most work did, the most first. */
  most: string;
}

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  tdur?: number;
}

interface Watch {
  lasted: number[];
  places: number[];
  long: string[];
  goesOn: boolean;
}

/** Turns the wheel over an element, one turn a frame, and tells what each frame took. */
export async function scroll(page: Page, { box, by, turns }: Scroll): Promise<Frames> {
  const browser = page.context().browser();
  const area = await page.locator(box).boundingBox();
  if (browser === null || area === null) throw new Error(`there is no ${box}`);
  await page.mouse.move(area.x + area.width / 2, area.y + area.height / 2);
  await browser.startTracing(page, {
    categories: ["devtools.timeline", "disabled-by-default-devtools.timeline", "v8"],
  });
  await page.evaluate(watch, box);
  for (let turn = 0; turn < turns; turn += 1) {
    await Promise.all([page.mouse.wheel(0, by), page.waitForTimeout(1000 / 60)]);
  }
  const seen = await page.evaluate(() => {
    const { watched } = globalThis as unknown as { watched: Watch };
    watched.goesOn = false;
    return { lasted: watched.lasted, long: watched.long, places: watched.places };
  });
  const { places, ...kept } = seen;
  const moved = (places.at(-1) ?? 0) - (by < 0 ? Math.max(...places) : Math.min(...places));
  const trace = await browser.stopTracing();
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  return { ...kept, moved, ...work(traceEvents) };
}

/** Runs in the page. */
function watch(box: string): void {
  const watched: Watch = { lasted: [], places: [], long: [], goesOn: true };
  Object.assign(globalThis, { watched });
  let before: number | null = null;
  const frame = (now: number) => {
    if (before !== null) watched.lasted.push(now - before);
    before = now;
    watched.places.push(document.querySelector(box)?.scrollTop ?? 0);
    if (watched.goesOn) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  interface LongFrame extends PerformanceEntry {
    renderStart: number;
    styleAndLayoutStart: number;
    scripts: { invoker: string; duration: number }[];
  }
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as LongFrame[]) {
      const { duration, startTime, styleAndLayoutStart, scripts } = entry;
      const end = startTime + duration;
      const layout = styleAndLayoutStart > 0 ? end - styleAndLayoutStart : 0;
      const script = scripts.map((one) => `${one.invoker} ${Math.round(one.duration)}`).join(", ");
      watched.long.push(
        `${Math.round(duration)} ms: style and layout ${Math.round(layout)}, scripts ${script || "none"}`,
      );
    }
  }).observe({ type: "long-animation-frame" });
}

/** The processor time of the tasks of the page's thread, frame by frame. */
function work(events: readonly TraceEvent[]): Pick<Frames, "worked" | "most"> {
  const threads = new Map<string, number>();
  const thread = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;
  for (const event of events) {
    if (event.name === "FireAnimationFrame")
      threads.set(thread(event), (threads.get(thread(event)) ?? 0) + 1);
  }
  const [own] = [...threads].sort((a, b) => b[1] - a[1])[0] ?? [""];
  const done = events
    .filter((event) => event.ph === "X" && thread(event) === own)
    .sort((a, b) => a.ts - b.ts);
  const fired = done.filter(({ name }) => name === "FireAnimationFrame").map(({ ts }) => ts);

  const frames: { work: number; from: number; to: number }[] = [];
  let next = 0;
  let frame = { work: 0, from: 0, to: 0 };
  for (const { name, ts, dur = 0, tdur = 0 } of done) {
    if (name !== "RunTask") continue;
    if (frame.from === 0) frame.from = ts;
    frame.work += tdur / 1000;
    frame.to = ts + dur;
    // The task that draws ends the frame
    const { to } = frame;
    const drawn = fired.findIndex((at) => at > to);
    const upTo = drawn < 0 ? fired.length : drawn;
    if (upTo === next) continue;
    next = upTo;
    frames.push(frame);
    frame = { work: 0, from: 0, to: 0 };
  }

  const longest = frames.reduce((most, one) => (one.work > most.work ? one : most), frame);
  const parts = new Map<string, number>();
  for (const { name, ts, tdur = 0 } of done) {
    if (name === "RunTask" || ts < longest.from || ts >= longest.to) continue;
    parts.set(name, (parts.get(name) ?? 0) + tdur / 1000);
  }
  const most = [...parts].sort((a, b) => b[1] - a[1]).slice(0, 6);
  return {
    worked: frames.map((one) => one.work),
    most: most.map(([name, time]) => `${name} ${time.toFixed(1)}`).join(", "),
  };
}

/** The figure below which that share of them lies. */
export function quantile(figures: readonly number[], share: number): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** For a person: the worst, the hundredth and how many are too long. */
export function told(what: string, { lasted, worked, long, most }: Frames): string {
  const line = (figures: readonly number[]) => {
    const over = figures.filter((one) => one > TOO_LONG).length;
    return `worst ${Math.max(...figures).toFixed(1)} ms, p99 ${quantile(figures, 0.99).toFixed(1)} ms, ${over} of ${figures.length} over ${TOO_LONG} ms`;
  };
  return [
    `${what}: frames ${line(lasted)}`,
    `  own work ${line(worked)}; in the worst ${most}`,
    ...long.map((one) => `  long: ${one}`),
  ].join("\n");
}
