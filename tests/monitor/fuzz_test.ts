/** A hundred thousand lines of rubbish, and worse. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Program } from "../helpers/program.ts";
import { Client, portOf, programWith } from "./support.ts";

const INPUTS = 100_000;
const CLIENTS = 20;
/** Inputs on one connection. */
const BATCH = 500;

/** Numbers from 0 to below `limit` (xorshift32), the same every time. */
function generator(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

const WORDS = [
  "ps",
  "where",
  "w",
  "cancel",
  "signal",
  "parents",
  "tree",
  "scopes",
  "held",
  "help",
  "json",
  "complete",
  "json json",
  "SIGHUPP",
  "__proto__",
  "constructor",
  "toString",
  "-1",
  "0",
  "99999999",
  "1e3",
  "NaN",
  "999999999999999999999",
  "\u0000",
  "\x1b[2J",
  "ps ps",
  "HTTP",
  "\u{1f984}",
  "'",
  '"',
  "$(",
]; // deno-fmt-ignore

/** One input, with the line feed that ends it, or without. Nothing in it cancels, signals or leaves. */
function* inputs(random: (limit: number) => number, count: number): Generator<Uint8Array> {
  for (let n = 0; n < count; n++) {
    const shape = random(10);
    if (shape < 4) {
      const words = Array.from({ length: random(4) }, () => WORDS[random(WORDS.length)]);
      yield new TextEncoder().encode(`${words.join(" ")}${random(2) === 0 ? "\r" : ""}\n`);
    } else {
      // Bytes of any kind: half characters, telnet commands, controls.
      const bytes = Uint8Array.from({ length: random(40) }, () => random(256));
      // What would be a command that does something gets no chance to be one.
      yield Uint8Array.of(0x21, ...bytes, ...(shape < 8 ? [10] : []));
    }
  }
}

const PROGRAM = programWith(
  `
  let turns = 0;
  async function ticker() {
    for (;; turns++) await curio.sleep(0.001);
  }
  `,
  `async function main() {
    curio.spawn(ticker);
    await curio.spawn({ name: "kid" }, curio.sleep, 1000).wait();
    console.log("turns: " + turns);
  }`,
);

Deno.test("Monitor takes 100 000 random inputs without a crash, and the program goes on", async () => {
  // A small heap shows sooner whether it is garbage or growth.
  await using program = new Program(PROGRAM, { args: ["--v8-flags=--max-heap-size=40"] });
  const port = await portOf(program);
  await pesterAll(port, 1, INPUTS / 5);
  const before = memoryOf(program);
  const replies = await pesterAll(port, CLIENTS + 1, INPUTS * 4 / 5);
  const growth = memoryOf(program) - before;
  // One input in five does not end, and is part of the next one.
  assert(replies > INPUTS * 3 / 5, `it has replied ${replies} times`);
  assert(growth < 60e6, `the program has grown by ${growth} bytes`);

  const [client] = await Client.connect(port);
  await using _ = client;
  const { tasks } = JSON.parse(await client.ask("json ps"));
  const [main, ticker, kid] = tasks;
  assertEquals([tasks.length, main.state, kid.name], [3, "TASK_JOIN", "kid"]);
  assert(ticker.cycles > 100, "it has gone on meanwhile");
  await client.ask(`cancel ${kid.id}`).catch(() => {});
  const { code, lines, errors } = await program.end();
  assertEquals([code, errors], [0, ""]);
  assertMatch(lines.at(-1)!, /^turns: \d+$/);
});

/** {@linkcode pester} by many clients at once. */
async function pesterAll(port: number, seed: number, count: number): Promise<number> {
  const each = (_: unknown, n: number) => pester(port, seed + n, count / CLIENTS);
  const replies = await Promise.all(Array.from({ length: CLIENTS }, each));
  return replies.reduce((sum, some) => sum + some);
}

/** Sends inputs as fast as they are taken, on one connection after the other; how many replies came. */
async function pester(port: number, seed: number, count: number): Promise<number> {
  const random = generator(seed * 7919);
  let replies = 0;
  for (let left = count; left > 0; left -= BATCH) {
    const client = await Client.open(port);
    await using _ = client;
    const batch = inputs(random, Math.min(left, BATCH));
    const all = Uint8Array.from([...batch].flatMap((bytes) => [...bytes]));
    // It may hang up on a line that is too long, or that reads like a farewell.
    const [text] = await Promise.all([
      client.rest(),
      client.send(all).then(() => client.finish()).catch(() => {}),
    ]);
    replies += text.split("curio > ").length - 1;
  }
  return replies;
}

/** Bytes of memory that the program takes, where the system tells. */
function memoryOf(program: Program): number {
  if (Deno.build.os !== "linux") return 0;
  const status = Deno.readTextFileSync(`/proc/${program.pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
}
