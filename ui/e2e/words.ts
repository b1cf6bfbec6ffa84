// What a page says, and whether it is the window that says it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";

const FAKE = join(import.meta.dirname, "../src/ipc/fake");

/** Everything that the invented host says: the engine speaks German by itself, which its own tests hold. */
const hosts = readdirSync(FAKE)
  .map((file) => readFileSync(join(FAKE, file), "utf8"))
  .join("\n")
  .replace(/\\\\/g, "\\")
  .replace(/[`"]\s*\+\s*["`]|`/g, "");

/** What the host puts together. */
const COMPOSED = ["The name coda.example.com could not be resolved"];

/** Whatever can be read or heard on the page. */
export const words = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const { parentElement: parent, textContent } = texts.currentNode;
      // A line of a file, a command, a path: nobody's sentence
      const isQuoted = Boolean(parent?.closest("code, pre, .mono, .cm-editor, option, [lang=en]"));
      if (parent?.checkVisibility() === true && !isQuoted) found.push(textContent?.trim() ?? "");
    }
    for (const element of document.querySelectorAll("[aria-label], [placeholder], [title]")) {
      for (const name of ["aria-label", "placeholder", "title"]) found.push(element.getAttribute(name) ?? "");
    }
    return found.map((text) => text.replace(/\s+/g, " "));
  });

/** Those that are no name and no number, and not the host's. */
export function own(texts: readonly string[]): string[] {
  const parts = texts.flatMap((text) => text.replaceAll("`", "").split(/ · |: |(?<=[.?]) |, /));
  const sentences = parts.map((part) => part.replace(/\.$/, ""));
  return sentences.filter((one) => isSentence(one) && !hosts.includes(one) && !COMPOSED.includes(one));
}

/** Two words that are nothing but small letters, and no part of a path or a flag. */
const isSentence = (part: string) => (part.match(/(?<![\w/.\\-])[a-z]{2,}(?![\w/\\@-])/g)?.length ?? 0) > 1;
