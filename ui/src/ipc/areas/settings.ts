import { commands, type Setting, type SettingsView } from "../bindings";

/** What the person has chosen for Bridgekeeper itself. Each change answers with all of it. */
export interface SettingsBackend {
  settings(): Promise<SettingsView>;
  changeSetting(setting: Setting): Promise<SettingsView>;
  setStartAtLogin(start: boolean): Promise<SettingsView>;
  openFolder(): Promise<void>;
}

export const settings: SettingsBackend = {
  settings: commands.settings,
  changeSetting: commands.changeSetting,
  setStartAtLogin: commands.setStartAtLogin,
  openFolder: async () => {
    await commands.openFolder();
  },
};
