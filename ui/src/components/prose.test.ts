import { expect, it } from "vitest";
import { blocks, plain, timed, words } from "./prose";

it("reads paragraphs, steps and points", () => {
  const kinds = blocks("First.\n\n1. Quit\n2. Start\n\n- one\n* two\n\nLast").map((block) => block.kind);
  expect(kinds).toEqual(["paragraph", "steps", "points", "paragraph"]);
});

it("joins lines that were only wrapped", () => {
  expect(blocks("Claude starts\nnpx.\n\n- a point\n  that goes on\n- another")).toEqual([
    { kind: "paragraph", words: [{ text: "Claude starts npx.", code: false }] },
    {
      kind: "points",
      items: [[{ text: "a point that goes on", code: false }], [{ text: "another", code: false }]],
    },
  ]);
});

it("reads code, and leaves a lone backtick alone", () => {
  expect(words("move it into `env`.")).toEqual([
    { text: "move it into ", code: false },
    { text: "env", code: true },
    { text: ".", code: false },
  ]);
  expect(words("a ` b")).toEqual([{ text: "a ` b", code: false }]);
});

it("leaves the marks out of a sentence that is only heard", () => {
  expect(plain("Move spaces out of `args` into `env`")).toBe("Move spaces out of args into env");
  expect(plain("a lone ` stays")).toBe("a lone ` stays");
});

it("says moments as they are said where the sentence is read", () => {
  const said = timed("It was before (2026-11-21T09:43:30.123456789Z).", (at) => new Date(at).toISOString());
  expect(said).toBe("It was before (2026-11-21T09:43:30.123Z).");
  expect(timed("on 2026-11-21 09:43 UTC", () => "never")).toBe("on 2026-11-21 09:43 UTC");
});
