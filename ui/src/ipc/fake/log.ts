// Logs that are computed line by line: any part of a file of 100 MB is there without the file.
import type { LineView, LogFilter, LogHits, LogMark, LogSlice, ServerBackend } from "../backend";
import { ago } from "./time";
import { refuse, type World } from "./world";

/** Bytes of each line. */
const LINE = 128;
const PAGE = 400;
/** Lines of `coda`'s log: 100 MB. */
const MANY = 820_000;
/** Lines per second that are written where the scenario says so. */
const FLOOD = 10_000;

type Logs = Pick<ServerBackend, "logFiles" | "logSlice" | "followLog" | "searchLog" | "logMarks">;

export function logs(world: World): Logs {
  /** Lines that were written since the window was opened. */
  let written = 0;
  const count = (server: string) => (server === "coda" ? MANY : server === "notion" ? 0 : 90) + written;
  const line = (server: string, index: number) => lineOf(server, index, count(server) - written);
  const fits = (one: LineView, filter: LogFilter) =>
    (filter.least === null || one.level === "error" || (one.level === "warn" && filter.least === "warn")) &&
    (filter.direction === null || one.direction === filter.direction) &&
    one.text.toLowerCase().includes(filter.text.toLowerCase());

  /** Wanted lines from an index on, in one direction. */
  const gather = (server: string, filter: LogFilter, from: number, way: 1 | -1, most: number) => {
    const lines: LineView[] = [];
    let index = from;
    for (; index >= 0 && index < count(server) && lines.length < most; index += way) {
      const one = line(server, index);
      if (fits(one, filter)) lines.push(one);
    }
    return { lines: way === 1 ? lines : lines.reverse(), reached: index };
  };

  const slice = (server: string, filter: LogFilter, turn: string, place: number | null): LogSlice => {
    const at = place === null ? count(server) : Math.ceil(place / LINE);
    const half = turn === "around" ? PAGE / 2 : PAGE;
    const before =
      turn === "after" ? { lines: [], reached: at - 1 } : gather(server, filter, at - 1, -1, half);
    const after = turn === "before" ? { lines: [], reached: at } : gather(server, filter, at, 1, half);
    return {
      lines: [...before.lines, ...after.lines],
      from: (before.reached + 1) * LINE,
      to: after.reached * LINE,
      more_before: before.reached >= 0,
      more_after: after.reached < count(server),
    };
  };

  return {
    logFiles: (server) =>
      Promise.resolve(
        server === "notion"
          ? []
          : [
              {
                file: `~\\AppData\\Roaming\\Claude\\logs\\mcp-server-${server}.log`,
                size: "100 MB",
                own: true,
              },
              { file: "~\\AppData\\Roaming\\Claude\\logs\\mcp.log", size: "2.1 MB", own: false },
            ],
      ),
    logSlice: ({ server }, filter, turn, place) =>
      world.scenario.trouble === "file-is-read-only"
        ? refuse("io", `The log of ${server} could not be read: another program keeps it locked.`)
        : Promise.resolve(slice(server, filter, turn, place)),
    followLog: ({ server }, filter, _place, heard) => {
      const floods = world.scenario.log === "floods";
      const each = floods ? FLOOD / 20 : 1;
      const timer = setInterval(
        () => {
          const from = count(server);
          written += each;
          const lines = Array.from({ length: each }, (_, index) => line(server, from + index));
          const wanted = lines.filter((one) => fits(one, filter));
          if (wanted.length > 0) heard({ lines: wanted, anew: false });
        },
        floods ? 50 : world.scenario.log === "writes" ? 400 : 1_000_000_000,
      );
      return Promise.resolve(() => {
        clearInterval(timer);
      });
    },
    searchLog: async ({ server }, filter, text, heard) => {
      const all = count(server);
      let found = 0;
      const wanted = { ...filter, text };
      for (let from = 0; from < all; from += 40_000) {
        const to = Math.min(all, from + 40_000);
        const places: number[] = [];
        for (let index = from; index < to; index += 1) {
          if (fits(line(server, index), wanted)) places.push(index * LINE);
        }
        found += places.length;
        const hits: LogHits = {
          new: places,
          count: found,
          searched: Math.round((to * 100) / all),
          done: to === all,
        };
        heard(hits);
        await new Promise((resolve) => setTimeout(resolve));
      }
    },
    logMarks: ({ server }) => Promise.resolve(marksOf(world, server, count(server) - written)),
  };
}

/** The proofs of the server's findings stand near the end of its log. */
function marksOf(world: World, server: string, count: number): LogMark[] {
  const found = world.scenario.snapshot.servers.find(({ name }) => name === server)?.findings ?? [];
  return found.slice(0, 3).map((finding, index) => {
    const line = count - 40 + index * 7;
    return {
      at: line * LINE,
      line: line + 1,
      finding: finding.id,
      message: finding.message,
      severity: finding.severity,
    };
  });
}

function lineOf(server: string, index: number, count: number): LineView {
  const shape = SHAPES[index % SHAPES.length];
  if (shape === undefined) throw new Error("there are shapes");
  const [level, direction, says] = shape;
  const time = new Date(new Date(ago(0)).getTime() - (count - index) * 40).toISOString();
  const said = says.replaceAll("#", String(index));
  const prefix = level === null ? "" : `${time} [${server}] [${level}] `;
  return {
    at: index * LINE,
    time: level === null ? null : time,
    level,
    direction,
    text: prefix + said,
    says: prefix.length,
    cut: false,
  };
}

const META = " { metadata: undefined }";
const SHAPES: readonly [LineView["level"], LineView["direction"], string][] = [
  [
    "info",
    "to-server",
    `Message from client: {"jsonrpc":"2.0","id":#,"method":"tools/call","params":{"name":"find"}}${META}`,
  ],
  ["info", "from-server", `Message from server: {"jsonrpc":"2.0","id":#,"result":{"content":[]}}${META}`],
  ["info", null, `Server started and connected successfully${META}`],
  [null, null, "[7120] Connecting to remote server, attempt #"],
  ["warn", null, `The answer took longer than a second${META}`],
  ["info", "to-server", `Message from client: {"jsonrpc":"2.0","id":#,"method":"tools/list"}${META}`],
  [null, null, "    at async connectToRemoteServer (file:///C:/Users/kim/proxy.js:1:#)"],
  ["error", null, `Server returned 401 to request #; Authorization: Bearer ••••${META}`],
  ["info", "from-server", `Message from server: {"jsonrpc":"2.0","method":"notifications/message"}${META}`],
];
