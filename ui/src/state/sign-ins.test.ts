import { expect, it } from "vitest";
import { fake } from "../ipc/fake";
import { hostOf, isKept, maySignIn, nameOf, SignIns } from "./sign-ins.svelte";

const LINEAR = "https://mcp.linear.app/mcp";

async function asked(scenario: string): Promise<SignIns> {
  const signIns = new SignIns(fake(scenario));
  await signIns.ask();
  return signIns;
}

it("tells what came of a sign-in, and asks for the list again", async () => {
  const signIns = await asked("failing");
  expect(signIns.find(LINEAR, "")?.state).toBe("ended");
  const done = signIns.signIn(LINEAR, "", (kept) => (kept === null ? "not needed" : "signed in"));
  expect(signIns.making(LINEAR, "")).toMatchObject({ phase: "asking" });
  await done;
  expect(signIns.making(LINEAR, "")).toBeUndefined();
  expect(signIns.outcome(LINEAR, "")).toMatchObject({ tone: "ok", words: "signed in" });
  expect(signIns.find(LINEAR, "")?.state).toBe("signed-in");
});

it("says that a sign-in was broken off", async () => {
  const signIns = await asked("failing");
  const done = signIns.signIn(LINEAR, "work", () => "signed in");
  await signIns.cancel(LINEAR, "work");
  await done;
  expect(signIns.outcome(LINEAR, "work")).toMatchObject({ tone: "bad", words: "the sign-in was broken off" });
  expect(signIns.outcome(LINEAR, "")).toBeUndefined();
});

it("keeps what it knows where the host does not answer", async () => {
  const signIns = await asked("stale");
  expect(signIns.failure?.code).toBe("io");
  expect(signIns.secrets).not.toBeNull();
});

it("names a sign-in by its entries, else by its host", async () => {
  const signIns = await asked("failing");
  const names = signIns.view?.sign_ins.map(nameOf);
  expect(names).toContain("linear");
  expect(names).toContain("fastmcp.example.com");
  expect(hostOf("no address")).toBe("no address");
});

it("offers a sign-in and its end only where there is one", async () => {
  const signIns = await asked("failing");
  const coda = signIns.find("https://coda.io/apis/mcp", "");
  expect(coda !== undefined && (maySignIn(coda) || isKept(coda))).toBe(false);
  const linear = signIns.find(LINEAR, "");
  expect(linear !== undefined && maySignIn(linear) && isKept(linear)).toBe(true);
});
