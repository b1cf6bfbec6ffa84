// @vitest-environment node
// Rules of the house that no linter knows.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const SOURCES = import.meta.dirname;
const files = readdirSync(SOURCES, { recursive: true })
  .map(String)
  .filter((file) => /\.(ts|svelte|css)$/.test(file))
  .map((file) => ({ file: file.replaceAll("\\", "/"), source: readFileSync(join(SOURCES, file), "utf8") }));

it("keeps the root component a router", () => {
  expect(files.find(({ file }) => file === "App.svelte")?.source.split("\n").length).toBeLessThan(100);
});

it("keeps Tauri behind one wall", () => {
  const knowing = files.filter(({ source }) => /from "@tauri-apps\//.test(source)).map(({ file }) => file);
  expect(knowing.filter((file) => !file.startsWith("ipc/"))).toEqual([]);
});

it("writes no style into an element, which the Content-Security-Policy would refuse", () => {
  expect(files.filter(({ file, source }) => file.endsWith(".svelte") && / style="/.test(source))).toEqual([]);
});

it("says nothing to the person outside src/text", () => {
  const sentences = files
    .filter(({ file }) => file.endsWith(".svelte"))
    .flatMap(({ file, source }) => {
      const markup = source.replace(
        /<script[\s\S]*?<\/script>|<style[\s\S]*?<\/style>|<!--[\s\S]*?-->|\{[^{}]*\}/g,
        "",
      );
      return [...markup.matchAll(/>([^<>{}]*[A-Za-z]{3,}[^<>{}]*)</g)].map(
        ([, words]) => `${file}: ${words?.trim() ?? ""}`,
      );
    });
  expect(sentences).toEqual([]);
});
