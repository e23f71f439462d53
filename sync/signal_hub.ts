/**
 * One listener per signal, shared by everything that watches it. Deno's listener does not keep the
 * process alive; the kernel does while a run is in progress. When the last watcher of a signal leaves,
 * the listener is removed, and with it the signal's default action is back.
 */
import { noteClosed, noteOpen, type Resource } from "../kernel/leftovers.ts";

/** Something that is told of each arrival. */
export interface SignalWatcher {
  /** Whether it is told only when nobody else watches: how `run` leaves Ctrl-C to the program. */
  readonly fallback?: boolean;
  /** `signal` has arrived. */
  arrived(signal: Deno.Signal): void;
}

interface Watch {
  readonly watchers: Set<SignalWatcher>;
  readonly listener: () => void;
  readonly resource: Resource;
}

const watches = new Map<Deno.Signal, Watch>();

/**
 * Tells `watcher` of each of `signals` from now on.
 *
 * @throws {TypeError} If one of them cannot be caught; then none is watched.
 */
export function watch(signals: readonly Deno.Signal[], watcher: SignalWatcher): void {
  const added: Deno.Signal[] = [];
  try {
    for (const signal of signals) {
      watchOne(signal, watcher);
      added.push(signal);
    }
  } catch (error) {
    unwatch(added, watcher);
    throw new TypeError(
      `Cannot listen for ${signals.join(", ")}: ${error instanceof Error ? error.message : error}`,
      { cause: error },
    );
  }
}

/** Tells `watcher` no more of `signals`. */
export function unwatch(signals: readonly Deno.Signal[], watcher: SignalWatcher): void {
  for (const signal of signals) {
    const watch = watches.get(signal);
    if (watch === undefined || !watch.watchers.delete(watcher) || watch.watchers.size > 0) continue;
    watches.delete(signal);
    Deno.removeSignalListener(signal, watch.listener);
    noteClosed(watch.resource);
  }
}

/** Has `signal` arrive, in the eyes of whoever watches it; `false` if nobody does. */
export function raise(signal: Deno.Signal): boolean {
  const watch = watches.get(signal);
  watch?.listener();
  return watch !== undefined;
}

function watchOne(signal: Deno.Signal, watcher: SignalWatcher): void {
  const known = watches.get(signal);
  if (known !== undefined) {
    known.watchers.add(watcher);
    return;
  }
  const watchers = new Set([watcher]);
  const listener = (): void => {
    const all = [...watchers];
    const keen = all.filter((each) => each.fallback !== true);
    for (const each of keen.length > 0 ? keen : all) each.arrived(signal);
  };
  Deno.addSignalListener(signal, listener);
  const resource: Resource = { describeOpen: () => `a listener for ${signal}` };
  noteOpen(resource);
  watches.set(signal, { watchers, listener, resource });
}
