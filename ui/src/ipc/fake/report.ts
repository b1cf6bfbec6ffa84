// A report of the invented servers.
import type { ReportBackend, ReportView } from "../backend";
import { refuse, type World } from "./world";

const FILE = "~\\Downloads\\bridgekeeper-report-2026-11-21-104330.md";

const LOG = `### mcp-server-coda.log

The last 3 lines of 48 kB.

\`\`\`text
2026-11-21T09:14:02.113Z [coda] [info] Initializing server...
'C:\\Program' is not recognized as an internal or external command,
2026-11-21T09:14:02.561Z [coda] [error] Server disconnected.
\`\`\``;

export function report(world: World): ReportBackend {
  const { trouble, snapshot } = world.scenario;
  let count = 0;
  const gathered = (): ReportView => {
    const { servers, claude } = snapshot;
    const [first] = servers.flatMap(({ findings }) => findings);
    const environment = `- Claude Desktop: ${claude.version ?? "not found"}\n- System: Windows 11\n- Bridgekeeper: 0.1.0`;
    const rows = servers.map(({ name, state }) => `| ${name} | ${state} |`).join("\n");
    const part = (title: string, text: string) => ({ title, text });
    const parts = [
      part("Environment", environment),
      part("Running processes", "- Claude.exe\n- node.exe"),
      part("Servers", `| server | state |\n| --- | --- |\n${rows}`),
      part(
        "Findings",
        first === undefined ? "None." : `- **${first.severity}** \`${first.id}\` ${first.message}`,
      ),
      part("Config files", '```text\n"env": { "AUTH_HEADER": "••••" }\n```'),
      part("Logs", LOG),
    ];
    return {
      token: `report-${count}`,
      introduction: "Read this before you send it.",
      parts,
      bytes: 45_210,
      file: FILE,
      tracker:
        first === undefined
          ? { name: "nobody", address: null, why: "Nothing that was found is anybody's fault." }
          : {
              name: "mcp-remote",
              address: "https://github.com/punkpeye/mcp-remote/issues",
              why: "The bridge that the entry starts breaks off by itself.",
            },
      title: first === undefined ? "A server does not work" : `${first.server ?? "Claude"}: ${first.message}`,
      body: `What happens:\n\n(Say here what does not work.)\n\nEnvironment:\n\n${environment}`,
    };
  };
  return {
    prepareReport: () => {
      if (trouble === "host-unreachable") {
        return refuse("io", "The processes of this computer could not be listed.");
      }
      if (world.scenario.keyring === "waits") return new Promise(() => undefined);
      count += 1;
      return Promise.resolve(gathered());
    },
    saveReport: (token, place) => {
      if (token !== `report-${count}`)
        return refuse("stale-preview", "This report is no longer the one shown.");
      if (trouble === "file-is-read-only") {
        return refuse(
          "io",
          "could not write the report: the folder is write-protected",
          "Save it elsewhere.",
        );
      }
      return Promise.resolve(place === "usual" ? FILE.replace("~", "C:\\Users\\kim") : "D:\\for-support.md");
    },
    showReport: () => Promise.resolve(),
    openTracker: () => Promise.resolve(),
  };
}
