import { inTask } from "../kernel/in_task.ts";
import { notAFunction } from "../kernel/not_a_function.ts";
import type { TaskFunction } from "../kernel/spawn.ts";
import { explainUnbound } from "../kernel/unbound_method.ts";

/** Something a task holds between `acquire` and `release`. */
export interface Holdable {
  acquire(): Promise<unknown>;
  release(): void;
}

/** Runs `fn(...args)` while holding `lock`: the `run` method of everything that can be held. */
// deno-lint-ignore no-explicit-any -- see TaskFunction
export function runHolding<A extends any[], R>(
  operation: string,
  lock: Holdable,
  fn: TaskFunction<A, R>,
  args: A,
): Promise<R> {
  return inTask(operation, async () => {
    if (typeof fn !== "function") throw notAFunction(fn, operation, true);
    await lock.acquire();
    try {
      return await fn(...args);
    } catch (error) {
      throw explainUnbound(fn, error);
    } finally {
      lock.release();
    }
  });
}
