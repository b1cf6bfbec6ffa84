import type { Setting, Settings, SettingsBackend, SettingsView } from "../backend";
import { refuse, type World } from "./world";

const MANAGED: SettingsView["policy"] = {
  organisation: "Contoso IT",
  places: ["HKLM\\SOFTWARE\\Policies\\Bridgekeeper"],
  updates_off: true,
  allowed_servers: ["https://*.contoso.example", "npx -y @contoso/* *"],
  report_address: "mcp-help@contoso.example",
  problems: [
    {
      place: "HKLM\\SOFTWARE\\Policies\\Bridgekeeper",
      key: "Update",
      why: "this version knows no such key",
      effect: "ignored",
    },
  ],
};

export function settings(world: World): SettingsBackend {
  const language = new URLSearchParams(window.location.search).get("language");
  let view: SettingsView = {
    settings: {
      language: language === "de" || language === "en" ? language : "system",
      theme: "system",
      close_to_tray: true,
      muted: [],
      quiet_hours: null,
      updates: world.scenario.trouble !== "computer-is-managed",
      guardian: true,
      shown: ["tray-hint", "first-run"],
      window: null,
    },
    start_at_login: false,
    folder: "C:\\Users\\kim\\.bridgekeeper",
    broken:
      world.scenario.trouble === "settings-are-broken"
        ? "C:\\Users\\kim\\.bridgekeeper\\settings.json could not be read: expected `,` at line 3 column 5"
        : null,
    policy: world.scenario.trouble === "computer-is-managed" ? MANAGED : null,
  };
  const answer = () => Promise.resolve(view);
  return {
    settings: answer,
    changeSetting: (setting) => {
      if (world.scenario.trouble === "file-is-read-only") {
        return refuse(
          "io",
          "could not write settings.json: it is write-protected",
          "The setting is as it was.",
        );
      }
      view = { ...view, settings: changed(view.settings, setting) };
      return answer();
    },
    setStartAtLogin: (start) => {
      view = { ...view, start_at_login: start };
      return answer();
    },
    openFolder: () => Promise.resolve(),
  };
}

function changed(settings: Settings, setting: Setting): Settings {
  switch (setting.setting) {
    case "shown":
      return { ...settings, shown: [...settings.shown, setting.value] };
    case "close-to-tray":
      return { ...settings, close_to_tray: setting.value };
    case "quiet-hours":
      return { ...settings, quiet_hours: setting.value ?? null };
    default:
      return { ...settings, [setting.setting]: setting.value };
  }
}
