import { assert, assertEquals } from "@std/assert";
import { assertQuiet } from "../../kernel/testing/mod.ts";
import { isCancelled, run, sleep, spawn, TaskGroup } from "../../mod.ts";
import { unhandledRejections } from "../helpers/unhandled.ts";
import { type Elsewhere, everywhere } from "./elsewhere.ts";

const CALLERS = 10;
const CALLS = 1_000;

for (const elsewhere of everywhere) {
  Deno.test(`${elsewhere.name} loses none of 10 000 calls, in order for each caller`, async () => {
    await run(async () => {
      const group = new TaskGroup<number[]>();
      await group.run((g) => {
        for (let i = 0; i < CALLERS; i++) g.spawn(manyCalls, elsewhere, i);
      });
      assertEquals(
        group.results,
        Array.from(
          { length: CALLERS },
          (_, i) => Array.from({ length: CALLS }, (_, n) => i * CALLS + n),
        ),
      );
    });
    assertQuiet();
  });
}

async function manyCalls({ call }: Elsewhere, i: number): Promise<number[]> {
  const results: number[] = [];
  for (let n = 0; n < CALLS; n++) {
    results.push(await call((i: number, n: number) => i * 1_000 + n, i, n));
  }
  return results;
}

/** Calls to cancel: fewer where each costs a thread, which takes longer to start than a process to kill. */
const CANCELLED = { "runInProcess() in a worker": 100 } as Record<string, number>;

for (const { call, name } of everywhere) {
  const count = CANCELLED[name] ?? 1_000;
  Deno.test(`${name} leaves nothing of ${count} calls cancelled at random moments`, async () => {
    const unhandled = await unhandledRejections(() =>
      run(async () => {
        for (let n = 0; n < count; n += 20) {
          const callers = Array.from({ length: 20 }, (_, i) => spawn(() => call(slowly, i)));
          for (const caller of callers) {
            if (Math.random() < 0.3) await sleep(Math.random() * 0.003);
            await caller.cancel();
            assert(caller.exception === undefined || isCancelled(caller.exception));
          }
        }
        assertEquals(await call((n: number) => n, 7), 7);
      })
    );
    assertQuiet();
    assertEquals(unhandled, []);
  });
}

async function slowly(n: number): Promise<number> {
  for (let turn = 0; turn < n % 4; turn++) await new Promise((resolve) => setTimeout(resolve));
  return n;
}
