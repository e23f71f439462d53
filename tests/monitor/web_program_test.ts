import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Child } from "../helpers/child.ts";
import { BrowserPage, hasBrowser } from "./browser.ts";
import { Follower } from "./web_support.ts";

const LIBRARY = new URL("../../mod.ts", import.meta.url).href;
const CONFIG = new URL("../../deno.json", import.meta.url).pathname;

const SOURCE = `import { run, sleep, spawn } from ${JSON.stringify(LIBRARY)};

async function kid() {
  await sleep(1000);
}

async function stubborn() {
  try {
    await sleep(1000);
  } finally {
    for (;;);
  }
}

await run({ withMonitor: { port: 0, web: true } }, async function main() {
  const task = spawn(kid);
  spawn(stubborn);
  await task.wait();
  await sleep(1000);
});
`;

/** A program that may use the network and nothing else, and has a web view. */
class Monitored extends Child {
  constructor() {
    const url = `data:application/typescript,${encodeURIComponent(SOURCE)}`;
    const args = ["run", "--allow-net", "--no-prompt", "--no-check", "--config", CONFIG, url];
    super(Deno.execPath(), { args, env: { NO_COLOR: "1" } });
  }

  /** The address of its web view, from what it logs. */
  async url(): Promise<URL> {
    const pattern = /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+(?=\s)/;
    await this.shows(pattern);
    return new URL(pattern.exec(this.text)![0]);
  }
}

Deno.test("run({ withMonitor: { web: true } }) serves a view that outlives the kernel's breath", async () => {
  await using program = new Monitored();
  const page = await program.url();
  const at = (path: string): URL => new URL(`${path}${page.search}`, page);
  const post = { method: "POST", headers: { origin: page.origin } };
  await using follower = new Follower((await fetch(at("/events"))).body!);
  const ids = new Map<string, number>();
  await follower.until(({ tasks }) => {
    for (const { id, name, state } of tasks) if (state === "TIME_SLEEP") ids.set(name, id);
    return ids.has("kid") && ids.has("stubborn");
  });

  const cancelled = await fetch(`${at("/cancel")}&id=${ids.get("kid")}`, post);
  assertStringIncludes((await cancelled.json()).text, `Cancelling task ${ids.get("kid")}`);
  await follower.until(({ gone }) => gone.includes(ids.get("kid")!));

  await (await fetch(`${at("/cancel")}&id=${ids.get("stubborn")}`, post)).body?.cancel();
  const { pulse } = await follower.until(({ silentFor }) => silentFor > 1.5);
  assertEquals(pulse.at(-1), -1);
  const { stack } = await (await fetch(`${at("/where")}&id=1`)).json();
  assert(stack.text.length > 0);
  assertStringIncludes(await (await fetch(page)).text(), "<title>Curio monitor</title>");
});

Deno.test({
  name: "run({ withMonitor: { web: true } }) shows a browser its tasks, and whom it hangs on",
  ignore: !hasBrowser,
  fn: async () => {
    await using program = new Monitored();
    await using browser = await BrowserPage.open(await program.url());
    const { page, complaints } = browser;
    await page.locator("#rows").getByText("stubborn").click();
    await page.locator("#stack").getByText("stubborn").first().waitFor();
    await page.getByRole("button", { name: "Cancel task…" }).click();
    await page.getByRole("button", { name: "Cancel task", exact: true }).click();
    await page.getByText(/^The kernel has not breathed for \d+ seconds?\.$/).waitFor();
    await page.getByRole("button", { name: /^Task \d+ “stubborn” keeps the processor$/ }).waitFor();
    assertEquals(complaints, []);
  },
});
