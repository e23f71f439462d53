import { isCancelled, type Task } from "../../mod.ts";
import type { SpawnVictim } from "../../kernel/testing/mod.ts";

/** Something several tasks do with a primitive, and what must hold afterwards however it went. */
export interface Scenario {
  /** The symbol and what is done with it. */
  readonly name: string;
  /**
   * Spawns one of its tasks with `spawnVictim`, lets all of them end, and asserts what must hold
   * whether the victim was cancelled or not.
   */
  readonly play: (spawnVictim: SpawnVictim) => Promise<void>;
}

/** Waits for every task, and throws what one of them failed with, unless it was its own cancellation. */
export async function endAll(tasks: Iterable<Task>): Promise<void> {
  for (const task of tasks) await task.wait();
  for (const { cancelled, exception } of tasks) {
    if (exception !== undefined && !(cancelled && isCancelled(exception))) throw exception;
  }
}

/** A number that tasks move up and down, and how far up it ever was. */
export class Gauge {
  value = 0;
  most = 0;

  enter(): void {
    this.most = Math.max(this.most, ++this.value);
  }

  leave(): void {
    this.value--;
  }
}
