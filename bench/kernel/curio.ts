import { Queue, run, type RunOptions, sleep, spawn, type Task, timeoutAfter } from "../../mod.ts";
import { batches, type Contestant, serve } from "./contestant.ts";

// deno-lint-ignore require-await -- a task is an async function
async function answer(): Promise<number> {
  return 42;
}

async function echo(incoming: Queue<number>, outgoing: Queue<number>, n: number): Promise<void> {
  for (let i = 0; i < n; i++) await outgoing.put(await incoming.get());
}

/** Our own, run with `options`. */
export const curioWith = (name: string, options: RunOptions): Contestant => ({
  name,

  spawnJoin: (n) =>
    run(options, async () => {
      const start = performance.now();
      for (let i = 0; i < n; i++) await spawn(answer).join();
      return performance.now() - start;
    }),

  yieldTurn: (n) =>
    run(options, async () => {
      const start = performance.now();
      for (let i = 0; i < n; i++) await sleep(0);
      return performance.now() - start;
    }),

  pingPong: (n) =>
    run(options, async () => {
      const ping = new Queue<number>();
      const pong = new Queue<number>();
      const start = performance.now();
      const task = spawn(echo, ping, pong, n);
      for (let i = 0; i < n; i++) {
        await ping.put(i);
        await pong.get();
      }
      await task.join();
      return performance.now() - start;
    }),

  timeout: (n) =>
    run(options, async () => {
      const start = performance.now();
      for (let i = 0; i < n; i++) await timeoutAfter(1, answer);
      return performance.now() - start;
    }),

  cancel: (n) =>
    run(options, async () => {
      let elapsed = 0;
      for (const size of batches(n)) {
        const tasks: Task[] = [];
        for (let i = 0; i < size; i++) tasks.push(spawn(sleep, 1000));
        await sleep(0);
        const start = performance.now();
        for (const task of tasks) await task.cancel();
        elapsed += performance.now() - start;
      }
      return elapsed;
    }),
});

if (import.meta.main) await serve(curioWith("@curio/core", {}));
