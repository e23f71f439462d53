import { atShutdown } from "../kernel/at_shutdown.ts";
import { currentScope } from "../kernel/current.ts";
import type { Scheduler } from "../kernel/scheduler.ts";
import { Pool, type PoolOptions } from "./pool.ts";
import type { Transport } from "./transport.ts";

const pools = new WeakMap<Scheduler, Map<string, Pool>>();

/**
 * The pool of that name of the caller's kernel, which is made when it is first wanted, and closed when
 * the kernel shuts down. `null` outside a task.
 */
export function currentPool(
  name: string,
  make: () => { readonly transport: Transport; readonly options: Omit<PoolOptions, "warn"> },
): Pool | null {
  const scheduler = currentScope()?.task.scheduler;
  if (scheduler === undefined) return null;
  const known = poolsOf(scheduler);
  let pool = known.get(name);
  if (pool === undefined) {
    const { transport, options } = make();
    pool = new Pool(transport, { ...options, warn: (text) => scheduler.reports.warn(text) });
    known.set(name, pool);
  }
  return pool;
}

/** Whether the pool of that name of the caller's kernel is there, and a worker of it free. */
export function hasFreeWorker(name: string): boolean {
  const scheduler = currentScope()?.task.scheduler;
  return scheduler !== undefined && pools.get(scheduler)?.get(name)?.hasIdle === true;
}

function poolsOf(scheduler: Scheduler): Map<string, Pool> {
  const known = pools.get(scheduler);
  if (known !== undefined) return known;
  const made = new Map<string, Pool>();
  pools.set(scheduler, made);
  atShutdown(scheduler, async () => {
    pools.delete(scheduler);
    await Promise.all([...made.values()].map((pool) => pool.close()));
  });
  return made;
}
