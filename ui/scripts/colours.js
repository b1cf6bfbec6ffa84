// Colours have names. A hex, rgb() or named colour outside design/tokens.css would escape dark and high contrast.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const SOURCES = new URL("../src", import.meta.url).pathname;
const LITERAL = /#[0-9a-f]{3,8}\b(?![^{]*[;,]?\s*\{)|\b(?:rgb|hsl|oklch|lab)a?\(/gi;

const strays = readdirSync(SOURCES, { recursive: true })
  .filter((file) => /\.(css|svelte)$/.test(file) && !file.endsWith("design/tokens.css"))
  .flatMap((file) => {
    const text = readFileSync(join(SOURCES, file), "utf8");
    const styles = file.endsWith(".css") ? text : (/<style[^>]*>([\s\S]*)<\/style>/.exec(text)?.[1] ?? "");
    return [...styles.matchAll(LITERAL)].map(([colour]) => `${file}: ${colour}`);
  });

if (strays.length > 0) {
  console.error(`colours outside design/tokens.css:\n  ${strays.join("\n  ")}`);
  process.exit(1);
}
