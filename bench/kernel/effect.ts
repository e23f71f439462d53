import { Effect, Fiber, Queue } from "npm:effect@4.1.0";
import { batches, type Contestant, serve } from "./contestant.ts";

const answer = Effect.succeed(42);

const echo = (incoming: Queue.Queue<number>, outgoing: Queue.Queue<number>, n: number) =>
  Effect.gen(function* () {
    for (let i = 0; i < n; i++) yield* Queue.offer(outgoing, yield* Queue.take(incoming));
  });

/** Effect, its current release. */
export const effect: Contestant = {
  name: "effect 4.1.0",

  spawnJoin: (n) =>
    Effect.runPromise(Effect.gen(function* () {
      const start = performance.now();
      for (let i = 0; i < n; i++) {
        const fiber = yield* Effect.forkChild(answer);
        yield* Fiber.join(fiber);
      }
      return performance.now() - start;
    })),

  yieldTurn: (n) =>
    Effect.runPromise(Effect.gen(function* () {
      const start = performance.now();
      for (let i = 0; i < n; i++) yield* Effect.yieldNow;
      return performance.now() - start;
    })),

  pingPong: (n) =>
    Effect.runPromise(Effect.gen(function* () {
      const ping = yield* Queue.unbounded<number>();
      const pong = yield* Queue.unbounded<number>();
      const start = performance.now();
      const fiber = yield* Effect.forkChild(echo(ping, pong, n));
      for (let i = 0; i < n; i++) {
        yield* Queue.offer(ping, i);
        yield* Queue.take(pong);
      }
      yield* Fiber.join(fiber);
      return performance.now() - start;
    })),

  timeout: (n) =>
    Effect.runPromise(Effect.gen(function* () {
      const start = performance.now();
      for (let i = 0; i < n; i++) yield* answer.pipe(Effect.timeout("1 second"));
      return performance.now() - start;
    })),

  cancel: (n) =>
    Effect.runPromise(Effect.gen(function* () {
      let elapsed = 0;
      for (const size of batches(n)) {
        const fibers: Fiber.Fiber<void>[] = [];
        for (let i = 0; i < size; i++) {
          fibers.push(yield* Effect.forkChild(Effect.sleep("1000 seconds")));
        }
        yield* Effect.yieldNow;
        const start = performance.now();
        for (const fiber of fibers) yield* Fiber.interrupt(fiber);
        elapsed += performance.now() - start;
      }
      return elapsed;
    })),
};

if (import.meta.main) await serve(effect);
