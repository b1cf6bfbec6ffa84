// Where the keyboard goes on while a place is still loading.
import { beforeEach, expect, it } from "vitest";
import { focusPage } from "./focus";

const observed = () => new Promise((resolve) => setTimeout(resolve));
const focused = () => document.activeElement?.textContent;

function show(page: string): void {
  const [main] = document.getElementsByTagName("main");
  if (main) main.innerHTML = page;
}

beforeEach(() => {
  document.body.innerHTML = "<button>Elsewhere</button><main></main>";
});

it("goes on from the heading that is there", () => {
  show("<h1 tabindex='-1'>Settings</h1>");
  focusPage();
  expect(focused()).toBe("Settings");
});

it("goes from what loads to what came", async () => {
  show("<div aria-busy='true'><h1 tabindex='-1'>Reading…</h1></div>");
  focusPage();
  expect(focused()).toBe("Reading…");
  show("<h1 tabindex='-1'>Sign-ins</h1>");
  await observed();
  expect(focused()).toBe("Sign-ins");
});

it("waits for a heading that is not there yet, and takes the focus once", async () => {
  focusPage();
  show("<h1 tabindex='-1'>Reset</h1>");
  await observed();
  expect(focused()).toBe("Reset");
  show("<h1 tabindex='-1'>Another</h1>");
  await observed();
  expect(focused()).not.toBe("Another");
});

it("leaves whoever has moved on where they are", async () => {
  show("<div aria-busy='true'><h1 tabindex='-1'>Reading…</h1></div>");
  focusPage();
  document.querySelector("button")?.focus();
  show("<h1 tabindex='-1'>Sign-ins</h1>");
  await observed();
  expect(focused()).toBe("Elsewhere");
});
