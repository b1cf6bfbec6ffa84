// Servers that are read from what was pasted: an address, a line for npx, or anything else as JSON with several.
import type { AddBackend, ChangesBackend, Extension, OfferedView, ServerBackend } from "../backend";
import { refuse, type World } from "./world";

const EXTENSION: Extension = {
  name: "Notes",
  version: "1.2.0",
  author: "Acme",
  description: "Reads and writes the notes of a folder.",
  payload: JSON.stringify(
    {
      server: {
        entry_point: "server/index.js",
        mcp_config: {
          args: ["${__dirname}/server/index.js", "${user_config.folder}"],
          command: "node",
          env: { NODE_OPTIONS: "--require ${__dirname}/early.js", NOTES_KEY: "${user_config.key}" },
        },
        type: "node",
      },
      user_config: {
        folder: { required: true, title: "Folder", type: "directory" },
        key: { default: "••••", sensitive: true, title: "Key", type: "string" },
      },
    },
    null,
    2,
  ),
  settings: [
    { title: "Folder", description: "Where your notes are.", required: true, secret: false },
    { title: "Key", description: null, required: false, secret: true },
  ],
  risks: [
    { kind: "loads-code", part: "NODE_OPTIONS=--require ${__dirname}/early.js" },
    { kind: "leaves-folder", part: "../../.bashrc" },
    { kind: "runs-code", part: "node ${__dirname}/server/index.js ${user_config.folder}" },
  ],
  files: 214,
  notes: ["It holds two files of one name, and programs differ in which one they read."],
};

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
    openOffer: () => {
      const { trouble, snapshot } = world.scenario;
      if (trouble === "file-changes-meanwhile") {
        return refuse("not-possible", "This bundle is no extension: it has no manifest.json.");
      }
      return Promise.resolve(
        snapshot.overall === "connected"
          ? { text: '{ "mcpServers": { "github": { "command": "docker" } } }' }
          : { extension: EXTENSION },
      );
    },
    probeOffer: (_number, heard) => server.probeServer("coda", heard),
    previewAdd: async (_number, name) => {
      const preview = await changes.previewFix(null, "", "add-server");
      return { ...preview, fix_title: `${name}: Add the server` };
    },
  };
}
