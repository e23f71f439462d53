import { assert, assertEquals, assertRejects } from "@std/assert";
import { WebFeed } from "../../monitor/web_feed.ts";
import { WebHistory } from "../../monitor/web_history.ts";
import { FakeSource } from "./web_fake_source.ts";
import { Follower, Served } from "./web_support.ts";

Deno.test("events: the first frame tells everything, those after it what has changed", async () => {
  await using served = await Served.start();
  const { source } = served;
  source.set(2, { name: "kid", parentId: 1, state: "TIME_SLEEP", sleep: 5 });
  await using follower = await served.follow();
  const first = await follower.until(({ tasks }) => tasks.some(({ id }) => id === 2));
  assertEquals(first.program, "/home/someone/program.ts");
  source.set(2, { state: "READY", cycles: 3, sleep: null });
  source.set(3);
  const { tasks, gone } = await follower.until((frame) => frame.tasks.length > 0);
  assertEquals(tasks.map(({ id, state }) => [id, state]), [[2, "READY"], [3, "READ_WAIT"]]);
  assertEquals(gone, []);
  source.tasks.delete(2);
  const last = await follower.until((frame) => frame.gone.length > 0);
  assertEquals([last.tasks, last.gone], [[], [2]]);
});

Deno.test("events: go on while the kernel is silent, and say for how long it has been", async () => {
  await using served = await Served.start();
  await using follower = await served.follow();
  served.source.silentFor = 12;
  const frame = await follower.until(({ silentFor }) => silentFor === 12);
  assertEquals(frame.pulse.at(-1), -1);
  served.source.silentFor = 0;
  await follower.until(({ silentFor, pulse }) => silentFor === 0 && pulse.at(-1)! >= 0);
});

Deno.test("events: who comes late is told what happened before", async () => {
  await using served = await Served.start();
  await using early = await served.follow();
  await early.next();
  served.source.set(1, { state: "LOCK_ACQUIRE", cycles: 5 });
  await early.until(({ tasks }) => tasks.length > 0);
  await using late = await served.follow();
  const { first, pasts, pulse } = await late.next();
  assert(first);
  assert(pasts[1].length >= 6, "two states, one after the other");
  assert(pulse.length >= 2);
});

Deno.test("WebFeed keeps one frame for a page that is slow, then skips to the latest", async () => {
  const { source, history, look } = program();
  const feed = new WebFeed(history, () => {});
  for (let cycles = 2; cycles < 50; cycles++) {
    source.set(1, { cycles });
    look();
    feed.look();
  }
  await using follower = new Follower(feed.body);
  const first = await follower.next();
  assertEquals([first.tick, first.tasks[0].cycles], [1, 1]);
  feed.look();
  const latest = await follower.next();
  assertEquals([latest.tick, latest.tasks[0].cycles, latest.pulse.length], [49, 49, 48]);
});

Deno.test("WebFeed drops a page that has taken nothing for half a minute", async () => {
  const { history } = program();
  const ended: WebFeed[] = [];
  const feed = new WebFeed(history, (feed) => void ended.push(feed));
  for (let looks = 0; looks < 120; looks++) feed.look();
  assertEquals(ended, [feed]);
  await using follower = new Follower(feed.body);
  assertEquals([(await follower.next()).tick, await follower.message()], [1, null]);
});

Deno.test("events: eight pages at once, a ninth is refused until one is closed", async () => {
  await using served = await Served.start();
  const followers: Follower[] = [];
  for (let n = 0; n < 8; n++) followers.push(await served.follow());
  for (const follower of followers) await follower.next();
  await assertRejects(
    () => served.follow(),
    Error,
    "503 Cannot serve more than 8 pages: close one.",
  );
  await followers.pop()![Symbol.asyncDispose]();
  for (;;) {
    const follower = await served.follow().catch(() => null);
    if (follower !== null) {
      followers.push(follower);
      break;
    }
  }
  for (const follower of followers) await follower[Symbol.asyncDispose]();
});

Deno.test("events: end with a goodbye when the view is closed", async () => {
  const served = await Served.start();
  await using follower = await served.follow();
  await follower.next();
  const closing = served[Symbol.asyncDispose]();
  const messages: (string | null)[] = [];
  do messages.push(await follower.message()); while (messages.at(-1) !== null);
  assertEquals(messages.slice(-2), ["event: end\ndata: end", null]);
  await closing;
});

Deno.test("close() does not wait for a page that has stopped reading", async () => {
  const served = await Served.start();
  const name = "x".repeat(4000);
  for (let id = 2; id < 2000; id++) served.source.set(id, { name });
  await using follower = await served.follow();
  await follower.until(({ tasks }) => tasks.length > 1000);
  const path = `/events?token=${served.token}`;
  using conn = await Deno.connect({ hostname: "127.0.0.1", port: Number(served.url.port) });
  await conn.write(
    new TextEncoder().encode(`GET ${path} HTTP/1.1\r\nhost: ${served.url.host}\r\n\r\n`),
  );
  await conn.read(new Uint8Array(100));
  await served[Symbol.asyncDispose]();
});

/** A program that is looked at by hand. */
function program(): { source: FakeSource; history: WebHistory; look: () => void } {
  const source = new FakeSource();
  source.set(1);
  const history = new WebHistory(source.snapshot(), 0);
  return { source, history, look: () => history.look(source.snapshot(), history.tick * 250) };
}
