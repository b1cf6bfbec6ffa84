import type { ConfigBackend } from "../backend";

export const config = (): ConfigBackend => ({ openConfig: () => Promise.resolve() });
