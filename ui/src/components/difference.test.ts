import { describe, expect, it } from "vitest";
import type { DiffLine } from "../ipc/backend";
import { changedLines, shownLines } from "./difference";

const line = (kind: DiffLine["kind"], text = ""): DiffLine => ({ kind, old: 1, new: 1, text });

describe("the size of a difference", () => {
  it("counts a replaced line once", () => {
    expect(
      changedLines([line("same"), line("remove"), line("add"), line("remove"), line("add"), line("add")]),
    ).toBe(3);
  });

  it("counts each place by itself", () => {
    expect(changedLines([line("remove"), line("same"), line("add"), line("gap"), line("add")])).toBe(3);
  });

  it("is nothing where nothing changes", () => {
    expect(changedLines([line("same"), line("gap")])).toBe(0);
  });
});

describe("the changed part of a line", () => {
  const parts = (...lines: DiffLine[]) => shownLines(lines).map((shown) => shown.parts);

  it("is what differs from the line in its place", () => {
    expect(parts(line("remove", '"Authorization: Bearer x"'), line("add", '"Authorization:${A}"'))).toEqual([
      ['"Authorization:', " Bearer x", '"'],
      ['"Authorization:', "${A}", '"'],
    ]);
  });

  it("is found whether the lines alternate or come in runs", () => {
    const marked = parts(
      line("remove", "{ a }"),
      line("remove", "[ b ]"),
      line("add", "{ c }"),
      line("add", "[ d ]"),
    );
    expect(marked.map(([, changed]) => changed)).toEqual(["a", "b", "c", "d"]);
  });

  it("never overlaps itself where one line holds the other twice", () => {
    expect(parts(line("remove", "aa"), line("add", "aaa"))).toEqual([
      ["aa", "", ""],
      ["aa", "a", ""],
    ]);
  });

  it("is not marked in lines that have little in common, or no counterpart", () => {
    expect(parts(line("remove", "entirely different"), line("add", "words { }"))).toEqual([
      ["entirely different", "", ""],
      ["words { }", "", ""],
    ]);
    expect(parts(line("add", "alone"))).toEqual([["alone", "", ""]]);
  });
});
