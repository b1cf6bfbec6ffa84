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
    // Small files compress badly each by itself: one sheet of styles, one script of what places share, one of the places
    // that are small. The editor, the log and the tools stay apart, for whoever wants them.
    cssCodeSplit: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name: "shared",
              test: /[\\/]src[\\/](?:acts|components|state|text|ipc[\\/]backend)|[\\/]svelte[\\/]/,
            },
            {
              name: "places",
              test: /[\\/]src[\\/]screens[\\/](?:add|firewall|history|leave|report|reset|restart|settings|sign-ins|welcome)[\\/]/,
            },
          ],
        },
      },
    },
  },
  server: { port: 5199, strictPort: true, fs: { allow: [".."] } },
  clearScreen: false,
}));
