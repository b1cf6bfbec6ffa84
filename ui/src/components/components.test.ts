// What each component means to someone who hears it: roles, names and words, no markup.
import { render, screen, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import type { Health } from "../ipc/backend";
import { difference } from "../ipc/fake/differences";
import { text } from "../text";
import Calm from "./Calm.svelte";
import Difference from "./Difference.svelte";
import Evidence from "./Evidence.svelte";
import FilePath from "./FilePath.svelte";
import Notice from "./Notice.svelte";
import Prose from "./Prose.svelte";
import ProposedChange from "./ProposedChange.svelte";
import ServerRow from "./ServerRow.svelte";
import Signs from "./Signs.svelte";
import StatePill from "./StatePill.svelte";
import Timeline from "./Timeline.svelte";

const now = new Date(2026, 10, 21, 10, 43, 30);
const words = (element: Element) => element.textContent.replace(/\s+/g, " ").trim();

describe("a state", () => {
  it.each(Object.entries(text.states) as [Health, string][])("%s is said in words", (state, said) => {
    render(StatePill, { state, since: null, now });
    expect(screen.getByText(said)).toBeTruthy();
  });

  it("says since when", () => {
    const since = new Date(2026, 10, 20, 9, 5).toISOString();
    render(StatePill, { state: "failing", since, now });
    expect(screen.getByText(/^Failing since Yesterday, 0?9:05/)).toBeTruthy();
  });
});

describe("a server's row", () => {
  const row = {
    href: "#/servers/coda",
    name: "coda",
    summary: "Claude splits its header",
    tabindex: 0,
  } as const;

  it("is a link that says name, state and summary", () => {
    render(ServerRow, { ...row, state: "failing", current: false });
    const link = screen.getByRole("link", { name: "coda Failing: Claude splits its header" });
    expect(link.getAttribute("href")).toBe("#/servers/coda");
    expect(link.getAttribute("aria-current")).toBeNull();
  });

  it("says that it is the open one", () => {
    render(ServerRow, { ...row, state: "connected", current: true });
    expect(screen.getByRole("link").getAttribute("aria-current")).toBe("page");
  });
});

describe("a difference", () => {
  it("says of each line whether it goes or comes, besides its colour", () => {
    render(Difference, { lines: difference("spaces-to-env").lines, label: "What will change" });
    const items = within(screen.getByRole("list", { name: "What will change" })).getAllByRole("listitem");
    expect(items.map(words)).toEqual([
      '14 "--header",',
      '− 15 removed "Authorization: Bearer ••••"',
      '+ 15 added "Authorization:${AUTH_HEADER}"',
      "− 16 removed ]",
      "+ 16 added ],",
      '+ 17 added "env": { "AUTH_HEADER": "Bearer ••••" }',
    ]);
  });

  it("keeps the indentation", () => {
    render(Difference, { lines: [{ kind: "same", old: 1, new: 1, text: "\t  }" }], label: "x" });
    expect(screen.getByRole("listitem").querySelector(".text")?.textContent).toBe("\t  }");
  });

  it("says that lines are left out", () => {
    render(Difference, { lines: [{ kind: "gap", old: null, new: null, text: "" }], label: "x" });
    expect(words(screen.getByRole("listitem"))).toContain(text.change.gap);
  });
});

describe("evidence", () => {
  const line = {
    file: "C:\\logs\\mcp-server-coda.log",
    line: 212,
    text: "'C:\\Program' is not recognized",
    time: null,
  };

  it("shows the line, its place, and what in it tells", () => {
    render(Evidence, { evidence: [line], explanation: "a program named C:\\Program", now });
    expect(screen.getByText("C:\\Program").tagName).toBe("U");
    expect(screen.getByText("mcp-server-coda.log, line 212")).toBeTruthy();
  });

  it("names each file whose lines prove it", () => {
    const other = {
      file: "/home/kim/claude_desktop_config.json",
      line: 19,
      text: '"Authorization"',
      time: null,
    };
    render(Evidence, { evidence: [other, line, line], explanation: "", now });
    expect(screen.getAllByText(/, line \d+$/).map((each) => each.textContent)).toEqual([
      "claude_desktop_config.json, line 19",
      "mcp-server-coda.log, line 212",
    ]);
  });

  it("stands the same line twice", () => {
    render(Evidence, { evidence: [line, line], explanation: "", now });
    expect(screen.getAllByRole("listitem")).toHaveLength(2);
  });
});

describe("the signs of success", () => {
  it("are said in words, with the time of the line that tells them", () => {
    const time = new Date(2026, 10, 21, 10, 42, 5).toISOString();
    const evidence = { file: "/logs/mcp-server-coda.log", line: 4, text: "Message from server", time };
    render(Signs, {
      now,
      signs: [
        { kind: "signed-in", known: "yes", evidence },
        { kind: "tools-listed", known: "unknown", evidence: null },
        { kind: "no-sign-in-crash", known: "no", evidence },
      ],
    });
    const list = within(screen.getByRole("region", { name: text.signs.label }));
    const [first, second, third] = list.getAllByRole("listitem");
    expect(first && words(first)).toMatch(/Signed in and connected .*10:42:05/);
    expect(first?.title).toBe("mcp-server-coda.log, line 4");
    expect(second && words(second)).toContain("It has listed no tools yet");
    expect(third && words(third)).toContain("The sign-in crashed");
  });
});

describe("a timeline", () => {
  const moments = Array.from({ length: 9 }, (_, index) => ({
    label: `Step ${index}`,
    at: new Date(2026, 10, 21, 10, index).toISOString(),
    kind: index === 8 ? ("bad" as const) : ("normal" as const),
  }));

  it("shows the newest, the earlier ones on request, and says what failed", async () => {
    render(Timeline, { moments, now });
    expect(screen.getAllByRole("listitem").map((item) => words(item).slice(0, 6))).toEqual([
      "Step 3",
      "Step 4",
      "Step 5",
      "Step 6",
      "Step 7",
      "Step 8",
    ]);
    expect(words(screen.getAllByRole("listitem")[5] ?? document.body)).toContain("failed");
    screen.getByRole("button", { name: "Show 3 earlier" }).click();
    await vi.waitFor(() => {
      expect(screen.getAllByRole("listitem")).toHaveLength(9);
    });
  });

  it("needs no times", () => {
    render(Timeline, { moments: [{ label: "Started", at: null, kind: "normal" }], now });
    expect(words(screen.getByRole("listitem"))).toBe("Started");
  });
});

describe("a proposed change", () => {
  const props = {
    heading: "What will change",
    size: text.change.size,
    preview: null,
    failure: null,
    stale: false,
    onretry: () => undefined,
  };
  const preview = {
    ...difference("spaces-to-env"),
    token: "1",
    file: "C:\\Users\\kim\\claude_desktop_config.json",
    things: [],
    notes: ["A comment goes too."],
    claude_running: true,
    closing: "offered" as const,
  };

  it("says that it is being worked out", () => {
    render(ProposedChange, props);
    expect(screen.getByText(text.change.workingOut)).toBeTruthy();
  });

  it("shows file, size, lines and notes", () => {
    render(ProposedChange, { ...props, preview });
    expect(screen.getByText("in claude_desktop_config.json")).toBeTruthy();
    expect(screen.getByText("3 lines, undo any time")).toBeTruthy();
    expect(screen.getByText("A comment goes too.")).toBeTruthy();
  });

  it("lists what an act moves and ends, in the order in which it happens", () => {
    render(ProposedChange, { ...props, preview: { ...preview, ...difference("reset-auth") } });
    expect(screen.getAllByRole("heading", { level: 3 }).map(words)).toEqual([
      text.things.fate.restarts,
      text.things.fate.ends,
      text.things.fate.goes,
      text.things.fate.cannot,
    ]);
    const items = screen.getAllByRole("listitem").map(words);
    expect(items).toHaveLength(8);
    expect(items[3]).toMatch(/^tokens .*_tokens\.json 1\.9 kB 3 days shared with linear in Cursor$/);
  });

  it("warns that the file changed meanwhile", () => {
    render(ProposedChange, { ...props, preview, stale: true });
    expect(words(screen.getByRole("status"))).toBe(text.change.stale);
  });

  it("says what went wrong and what helps, and asks again", () => {
    const onretry = vi.fn();
    const failure = { code: "io", message: "The file is locked.", hint: "Close the editor." } as const;
    render(ProposedChange, { ...props, failure, onretry });
    expect(words(screen.getByRole("status"))).toContain("The file is locked. Close the editor.");
    screen.getByRole("button", { name: "Try again" }).click();
    expect(onretry).toHaveBeenCalledOnce();
  });
});

it("prose has steps that are steps, and code that is code", () => {
  render(Prose, { text: "Why.\n\n1. Quit `claude`\n2. Start `claude`" });
  expect(screen.getAllByRole("listitem").map(words)).toEqual(["Quit claude", "Start claude"]);
  expect(screen.getAllByText("claude").map((element) => element.tagName)).toEqual(["CODE", "CODE"]);
});

it("a path can be read and copied whole", () => {
  const { container } = render(FilePath, { path: "C:\\Users\\kim\\a.json" });
  expect(container.textContent.trim()).toBe("C:\\Users\\kim\\a.json");
});

it("a notice is heard when it appears", () => {
  render(Notice, { tone: "warn", words: "The drive is gone.", hint: null });
  expect(words(screen.getByRole("status"))).toBe("The drive is gone.");
});

it("a calm page has one heading and says when it waits", () => {
  const { container } = render(Calm, { state: "starting", title: "Reading the logs…", busy: true });
  expect(screen.getByRole("heading", { level: 1, name: "Reading the logs…" })).toBeTruthy();
  expect(container.querySelector("[aria-busy=true]")).not.toBeNull();
});
