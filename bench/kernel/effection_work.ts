import type * as v4 from "npm:effection@4.1.1";
import { batches, type Contestant } from "./contestant.ts";

/** What a release of Effection must have for {@linkcode effectionContestant}. */
export type Effection = Pick<
  typeof v4,
  "createQueue" | "race" | "run" | "sleep" | "spawn" | "until"
>;

// deno-lint-ignore require-yield -- an operation is a generator
function* answer(): v4.Operation<number> {
  return 42;
}

/**
 * A release of Effection. It has no operation that just yields: its `sleep(0)` is a timer of the host's,
 * 1 ms and more. The cheapest that lets others run is to wait for a resolved promise.
 */
export function effectionContestant(
  name: string,
  { createQueue, race, run, sleep, spawn, until }: Effection,
): Contestant {
  return {
    name,

    spawnJoin: (n) =>
      run(function* () {
        const start = performance.now();
        for (let i = 0; i < n; i++) yield* yield* spawn(answer);
        return performance.now() - start;
      }),

    yieldTurn: (n) =>
      run(function* () {
        const start = performance.now();
        for (let i = 0; i < n; i++) yield* until(Promise.resolve());
        return performance.now() - start;
      }),

    pingPong: (n) =>
      run(function* () {
        const ping = createQueue<number, never>();
        const pong = createQueue<number, never>();
        const start = performance.now();
        const task = yield* spawn(function* () {
          for (let i = 0; i < n; i++) pong.add((yield* ping.next()).value);
        });
        for (let i = 0; i < n; i++) {
          ping.add(i);
          yield* pong.next();
        }
        yield* task;
        return performance.now() - start;
      }),

    timeout: (n) =>
      run(function* () {
        const start = performance.now();
        for (let i = 0; i < n; i++) yield* race([answer(), sleep(1000)]);
        return performance.now() - start;
      }),

    cancel: (n) =>
      run(function* () {
        let elapsed = 0;
        for (const size of batches(n)) {
          const tasks: v4.Task<void>[] = [];
          for (let i = 0; i < size; i++) tasks.push(yield* spawn(() => sleep(1_000_000)));
          yield* sleep(0);
          const start = performance.now();
          for (const task of tasks) yield* task.halt();
          elapsed += performance.now() - start;
        }
        return elapsed;
      }),
  };
}
