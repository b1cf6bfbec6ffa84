// The window must open at once: everything it loads, compressed, stays under the limit.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const LIMIT_KB = 250;
const DIST = new URL("../dist", import.meta.url).pathname;

const bytes = readdirSync(DIST, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .reduce((sum, entry) => sum + gzipSync(readFileSync(join(entry.parentPath, entry.name))).length, 0);

const kilobytes = (bytes / 1000).toFixed(1);
console.log(`bundle: ${kilobytes} kB gzip, limit ${LIMIT_KB} kB`);
if (bytes > LIMIT_KB * 1000) process.exit(1);
