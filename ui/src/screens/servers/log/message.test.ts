import { expect, it } from "vitest";
import { around, writtenOut } from "./message";

it("writes the message of a line out", () => {
  expect(writtenOut('Message from client: {"id":1} { metadata: undefined }')).toBe('{\n  "id": 1\n}');
  expect(writtenOut("Server started and connected successfully")).toBeNull();
  expect(writtenOut("{ id: 1 }")).toBeNull();
});

it("parts a line at what was searched for, whatever its case", () => {
  expect(around("An Error and an error", "error")).toEqual(["An ", "Error", " and an ", "error", ""]);
  expect(around("nothing", "")).toEqual(["nothing"]);
  expect(around("İ error", "error")).toEqual(["İ error"]);
});
