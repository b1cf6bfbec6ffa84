import { commands } from "../bindings";

/** The config file. */
export interface ConfigBackend {
  openConfig(): Promise<void>;
}

export const config: ConfigBackend = {
  openConfig: async () => {
    await commands.openConfig();
  },
};
