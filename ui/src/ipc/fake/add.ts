// Servers that are read from what was pasted: an address, a line for npx, or anything else as JSON with several.
import type { AddBackend, ChangesBackend, OfferedView, ServerBackend } from "../backend";
import { refuse, type World } from "./world";

const local = (number: number, name: string, more: Partial<OfferedView>): OfferedView => ({
  number,
  name,
  taken: false,
  url: null,
  payload: "",
  risks: [{ kind: "runs-code", part: "npx -y @acme/notes" }],
  has_secrets: false,
  notes: [],
  ...more,
});

export function add(world: World, changes: ChangesBackend, server: ServerBackend): AddBackend {
  return {
    readOffer: (pasted) => {
      const text = pasted.trim();
      const taken = (name: string) => world.scenario.snapshot.servers.some((one) => one.name === name);
      if (/^https?:\/\/\S+$/.test(text)) {
        const name = new URL(text).hostname.split(".").at(-2) ?? "server";
        const risks: OfferedView["risks"] = text.startsWith("http:")
          ? [{ kind: "plain-http", part: text }]
          : [];
        return Promise.resolve([
          local(0, name, {
            taken: taken(name),
            url: text,
            payload: JSON.stringify({ url: text }, null, 2),
            risks,
          }),
        ]);
      }
      if (text.startsWith("npx")) {
        const payload = JSON.stringify({ command: "npx", args: text.split(" ").slice(1) }, null, 2);
        const risks: OfferedView["risks"] = [
          { kind: "unpinned", part: "@acme/notes" },
          { kind: "runs-code", part: text },
        ];
        return Promise.resolve([local(0, "notes", { payload, risks })]);
      }
      if (!text.startsWith("{")) {
        return refuse(
          "not-possible",
          "this is no address, no command line, and no entry of a client that is known",
          "Paste an address, a line that begins with npx or claude mcp add, or the JSON of a client.",
        );
      }
      return Promise.resolve([
        local(0, "github", {
          payload: JSON.stringify(
            {
              command: "docker",
              args: ["run", "-i", "-v", "/var/run/docker.sock:/var/run/docker.sock", "ghcr.io/acme/github"],
              env: { GITHUB_TOKEN: "••••" },
            },
            null,
            2,
          ),
          risks: [
            { kind: "docker-socket", part: "/var/run/docker.sock:/var/run/docker.sock" },
            { kind: "secret-in-file", part: "GITHUB_TOKEN" },
            { kind: "runs-code", part: "docker run -i ghcr.io/acme/github" },
          ],
          has_secrets: true,
          notes: ["`${input:token}` must be filled in by hand."],
        }),
        local(1, "coda", { taken: taken("coda"), url: "https://coda.example.com/mcp", risks: [] }),
      ]);
    },
    probeOffer: (_number, heard) => server.probeServer("coda", heard),
    previewAdd: async (_number, name) => {
      const preview = await changes.previewFix(null, "", "add-server");
      return { ...preview, fix_title: `${name}: Add the server` };
    },
  };
}
