// The official TypeScript client in front of a bridge: node typescript_client.mjs FIXTURES SERVER BRIDGE URL FLAGS
// SERVER is everything or fastmcp. Ends with status 0 if the server can be used as if it stood behind a pipe.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const [fixtures, server, bridge, ...bridgeArguments] = process.argv.slice(2);
const require = createRequire(`${fixtures}/npm/package.json`);
const { Client } = require("@modelcontextprotocol/sdk/client/index.js");
const { StdioClientTransport } = require("@modelcontextprotocol/sdk/client/stdio.js");
const types = require("@modelcontextprotocol/sdk/types.js");

const asked = [];
const heard = new Map();
const waiting = [];
/** Resolves with the first notification of that method, come or to come. */
const notification = (method) =>
  new Promise((resolve) => {
    if (heard.has(method)) resolve(heard.get(method));
    else waiting.push({ method, resolve });
  });

const client = new Client(
  { name: "official-typescript", version: "1" },
  { capabilities: { sampling: {}, elicitation: {}, roots: { listChanged: true } } },
);
client.setRequestHandler(types.CreateMessageRequestSchema, async () => {
  asked.push("sampling");
  return { role: "assistant", model: "none", content: { type: "text", text: "said by the host" } };
});
client.setRequestHandler(types.ElicitRequestSchema, async (request) => {
  asked.push("elicitation");
  const names = Object.entries(request.params.requestedSchema?.properties ?? {});
  const value = (schema) => schema.default ?? { boolean: true, integer: 1, number: 1 }[schema.type] ?? "Ada";
  const content = Object.fromEntries(
    names.filter(([name]) => ["name", "value"].includes(name)).map(([name, schema]) => [name, value(schema)]),
  );
  return { action: "accept", content };
});
client.setRequestHandler(types.ListRootsRequestSchema, async () => {
  asked.push("roots");
  return { roots: [{ uri: "file:///srv/work", name: "work" }] };
});
client.fallbackNotificationHandler = async (message) => {
  heard.set(message.method, message.params);
  for (const waiter of waiting.filter((one) => one.method === message.method)) waiter.resolve(message.params);
};

const text = (result) => result.content.map((part) => part.text ?? "").join("\n");
const call = (name, args = {}, options) =>
  client.callTool({ name, arguments: args }, undefined, { timeout: 20_000, ...options });

await client.connect(new StdioClientTransport({ command: bridge, args: [...bridgeArguments, "--silent"], env: process.env }));
if (server === "fastmcp") {
  assert.equal(text(await call("add", { a: 20, b: 22 })), "42");
  assert.ok((await call("add", { a: "twenty", b: 22 })).isError);
  assert.equal(text(await call("count", { steps: 3 })), "counted to 3");
  assert.equal((await client.readResource({ uri: "fixture://greeting" })).contents[0].text, "grüße 🛥");
  assert.ok((await client.getPrompt({ name: "ask_for", arguments: { what: "tea" } })).messages.length === 1);
  assert.equal(text(await call("ask")), "hello Ada");
  await client.close();
  process.exit(0);
}
assert.ok(client.getServerVersion().name.includes("everything"));

const { tools } = await client.listTools();
assert.ok(tools.length > 5);
assert.equal(text(await call("echo", { message: "grüße 🛥" })), "Echo: grüße 🛥");
const failed = await call("echo", { message: 7 });
assert.ok(failed.isError);

const { resources } = await client.listResources();
const { contents } = await client.readResource({ uri: resources[0].uri });
assert.ok(contents.length > 0);
const { resourceTemplates } = await client.listResourceTemplates();
assert.ok(resourceTemplates.length > 0);
await client.subscribeResource({ uri: resources[0].uri });
await client.unsubscribeResource({ uri: resources[0].uri });

const { prompts } = await client.listPrompts();
assert.ok(prompts.length > 1);
const prompt = await client.getPrompt({ name: "simple-prompt" });
assert.ok(prompt.messages.length > 0);
const completion = await client.complete({
  ref: { type: "ref/prompt", name: "completable-prompt" },
  argument: { name: "department", value: "E" },
});
assert.deepEqual(completion.completion.values, ["Engineering"]);

const steps = [];
await call(
  "trigger-long-running-operation",
  { duration: 1, steps: 3 },
  { onprogress: (progress) => steps.push(progress.progress) },
);
// The client forgets the last one if the answer comes in the same breath.
assert.deepEqual(steps.slice(0, 2), [1, 2]);

assert.ok(text(await call("trigger-sampling-request", { prompt: "hello", maxTokens: 5 })).includes("said by the host"));
assert.ok(text(await call("get-roots-list")).includes("file:///srv/work"));
assert.ok(text(await call("trigger-elicitation-request")).includes("Ada"));
for (const kind of ["sampling", "roots", "elicitation"]) assert.ok(asked.includes(kind), kind);

await client.setLoggingLevel("debug");
await call("toggle-simulated-logging");
await notification("notifications/message");
await client.subscribeResource({ uri: resources[0].uri });
await call("toggle-subscriber-updates");
await notification("notifications/resources/updated");

const controller = new AbortController();
const cancelled = call(
  "trigger-long-running-operation",
  { duration: 60, steps: 60 },
  { signal: controller.signal, onprogress: () => controller.abort("enough") },
);
await assert.rejects(cancelled, /enough/);
assert.equal(text(await call("echo", { message: "after" })), "Echo: after");
await client.close();
console.log("every check holds");
process.exit(0);
