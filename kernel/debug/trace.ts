/** What the activations that write a log have in common. */
import { type Kernel, loggerOfKernel } from "../kernel.ts";
import type { Task } from "../task.ts";
import type { Activation, Logger } from "../types.ts";

/** What an activation of `@curio/core/debug` watches, and where it writes. */
export interface TraceOptions {
  /** Names of the tasks to watch; all unless given. */
  filter?: Iterable<string>;
  /** At which level to write; each activation says which it takes unless told. */
  level?: "debug" | "info" | "warn";
  /** Where to write: the kernel's `log` unless given. */
  log?: Logger;
}

/** Writes about the tasks it is told to watch. */
export class Tracer {
  readonly #names: Set<string> | null;
  readonly #level: "debug" | "info" | "warn";
  #log: Logger | null;

  constructor(options: TraceOptions, level: "debug" | "info" | "warn") {
    this.#names = options.filter === undefined ? null : new Set(options.filter);
    this.#level = options.level ?? level;
    this.#log = options.log ?? null;
  }

  /** The hook that learns where the kernel writes. */
  readonly activate = (kernel: Kernel): void => {
    this.#log ??= loggerOfKernel(kernel);
  };

  /** Whether `task` is one to watch. */
  watches(task: Task): boolean {
    return this.#names === null || this.#names.has(task.name);
  }

  /** Writes a line. */
  write(...parts: unknown[]): void {
    (this.#log ?? console)[this.#level](...parts);
  }
}

/** An activation whose hooks are called for the tasks that `tracer` watches. */
export function filtered(tracer: Tracer, hooks: Omit<Activation, "activate">): Activation {
  const { created, running, suspended, terminated } = hooks;
  return {
    activate: tracer.activate,
    created: created && ((task) => void (tracer.watches(task) && created(task))),
    running: running && ((task) => void (tracer.watches(task) && running(task))),
    suspended: suspended &&
      ((task, trap) => void (tracer.watches(task) && suspended(task, trap))),
    terminated: terminated && ((task) => void (tracer.watches(task) && terminated(task))),
  };
}
