import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// Mode `production` is the desktop app's window. Mode `fake` is the same window on invented servers, for a plain
// browser: `npm run dev` and the browser tests.
export default defineConfig(({ mode }) => ({
  base: "./",
  plugins: [svelte()],
  build: {
    outDir: mode === "fake" ? "dist-fake" : "dist",
    // WebView2 and WKWebView of the oldest systems that the app supports.
    target: ["chrome111", "safari16.4"],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  server: { port: 5199, strictPort: true, fs: { allow: [".."] } },
  clearScreen: false,
}));
