import { mergeConfig } from "vitest/config";
import e2e from "./vitest.e2e.config.ts";

// What `npm run e2e` opens, measured instead of tested.
export default mergeConfig(
  { ...e2e, test: { ...e2e.test, include: [] } },
  { test: { include: ["e2e/**/*.bench.ts"] } },
);
