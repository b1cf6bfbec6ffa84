import { readdirSync } from "node:fs";
import svelte from "eslint-plugin-svelte";
import tseslint from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

/** One folder per place. */
const SCREENS = readdirSync(new URL("src/screens", import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const HOST = ["@tauri-apps/*", "**/ipc/bindings", "**/ipc/tauri", "**/ipc/areas/*"];

/** For each file the last wall that names it holds. */
const wall = (files, group, message) => ({
  files: [files],
  rules: { "no-restricted-imports": ["error", { patterns: [{ group, message }] }] },
});

export default tseslint.config(
  { ignores: ["dist", "dist-fake", "test-results", "src/ipc/bindings.ts"] },
  tseslint.configs.strictTypeChecked,
  svelte.configs.recommended,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ["*.js"] }, extraFileExtensions: [".svelte"] },
    },
    rules: {
      // "3 lines" is a number in a sentence.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      eqeqeq: "error",
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: tseslint.parser, svelteConfig } },
    rules: { "svelte/no-navigation-without-resolve": "off" },
  },
  // Imports go one way: screens -> acts -> state -> ipc, and components know none of them.
  wall("src/**", ["@tauri-apps/*", "**/ipc/bindings"], "only src/ipc knows Tauri"),
  wall(
    "src/ipc/**",
    ["**/state/*", "**/components/*", "**/acts/*", "**/screens/**"],
    "the backend knows no window",
  ),
  wall(
    "src/components/**",
    [...HOST, "**/state/*", "**/acts/*", "**/screens/**"],
    "components are given all they show",
  ),
  wall(
    "src/state/**",
    [...HOST, "**/components/*", "**/acts/*", "**/screens/**"],
    "the state knows no picture",
  ),
  wall("src/acts/**", [...HOST, "**/screens/**"], "an act stands on any screen"),
  ...SCREENS.map((screen) =>
    wall(
      `src/screens/${screen}/**`,
      [...HOST, ...SCREENS.filter((other) => other !== screen).map((other) => `**/${other}/*`)],
      "a screen knows no other screen",
    ),
  ),
  { files: ["**/*.js", "scripts/**"], extends: [tseslint.configs.disableTypeChecked] },
);
