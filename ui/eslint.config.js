import svelte from "eslint-plugin-svelte";
import tseslint from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

const walls = (message, ...group) => ["error", { patterns: [{ group, message }] }];

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
  // Imports go one way: screens -> state -> ipc, screens -> components -> design.
  {
    files: ["src/**"],
    ignores: ["src/ipc/tauri.ts"],
    rules: {
      "no-restricted-imports": walls(
        "only src/ipc/tauri.ts may know Tauri",
        "@tauri-apps/*",
        "**/ipc/bindings",
        "!./bindings",
      ),
    },
  },
  {
    files: ["src/components/**"],
    rules: {
      "no-restricted-imports": walls(
        "components are given what they show",
        "**/state/*",
        "**/screens/**",
        "@tauri-apps/*",
      ),
    },
  },
  {
    files: ["src/state/**"],
    rules: {
      "no-restricted-imports": walls(
        "the state knows no screen",
        "**/screens/**",
        "**/components/**",
        "@tauri-apps/*",
      ),
    },
  },
  { files: ["**/*.js", "scripts/**"], extends: [tseslint.configs.disableTypeChecked] },
);
