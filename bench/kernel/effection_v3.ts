import {
  createQueue,
  type Operation,
  race,
  run,
  sleep,
  spawn,
  type Task,
  until,
} from "npm:effection@3.6.1";
import { batches, type Contestant, serve } from "./contestant.ts";

// deno-lint-ignore require-yield -- an operation is a generator
function* answer(): Operation<number> {
  return 42;
}

/**
 * Effection, the release before. It has no operation that just yields: its `sleep(0)` is a timer of
 * the host's, 1 ms and more. The cheapest that lets others run is to wait for a resolved promise.
 */
export const effection3: Contestant = {
  name: "effection 3.6.1",

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
        const tasks: Task<void>[] = [];
        for (let i = 0; i < size; i++) tasks.push(yield* spawn(() => sleep(1_000_000)));
        yield* sleep(0);
        const start = performance.now();
        for (const task of tasks) yield* task.halt();
        elapsed += performance.now() - start;
      }
      return elapsed;
    }),
};

if (import.meta.main) await serve(effection3);
