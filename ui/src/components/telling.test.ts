import { expect, it } from "vitest";
import { tellingPart } from "./telling";

const LINE = "'C:\\Program' is not recognized as an internal or external command,";

it.each([
  ["cmd.exe then looks for a program named C:\\Program.", "C:\\Program"],
  ["cmd.exe then looks for `C:\\Program` and not for a command", "C:\\Program"],
  ["The words “not recognized” mean that", "not recognized"],
])("finds what %s names", (explanation, telling) => {
  expect(tellingPart(LINE, explanation)[1]).toBe(telling);
});

it("marks nothing where the explanation names nothing of the line", () => {
  expect(tellingPart(LINE, "An internal or external command is missing.")).toEqual([LINE, "", ""]);
});

it("loses no character of the line", () => {
  expect(tellingPart("connect ENOTFOUND a.b", "The name a.b has no address").join("")).toBe(
    "connect ENOTFOUND a.b",
  );
});
