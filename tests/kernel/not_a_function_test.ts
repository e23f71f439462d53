import { assertRejects } from "@std/assert";
import {
  CancelScope,
  Condition,
  disableCancellation,
  ignoreAfter,
  Lock,
  RLock,
  run,
  Semaphore,
  SignalSet,
  sleep,
  TaskGroup,
  timeoutAfter,
} from "../../mod.ts";

/** Everything that runs a function given to it, by the name it goes by in messages. */
const RUNNERS: [string, (fn: never) => Promise<unknown>][] = [
  ["timeoutAfter()", (fn) => timeoutAfter(1, fn)],
  ["ignoreAfter()", (fn) => ignoreAfter(1, fn)],
  ["disableCancellation()", (fn) => disableCancellation(fn)],
  ["CancelScope.run()", (fn) => new CancelScope().run(fn)],
  ["TaskGroup.run()", (fn) => new TaskGroup().run(fn)],
  ["Lock.run()", (fn) => new Lock().run(fn)],
  ["RLock.run()", (fn) => new RLock().run(fn)],
  ["Semaphore.run()", (fn) => new Semaphore().run(fn)],
  ["Condition.run()", (fn) => new Condition().run(fn)],
  ["SignalSet.run()", (fn) => new SignalSet("SIGUSR2").run(fn)],
  ["SignalSet.ignore()", (fn) => new SignalSet("SIGUSR2").ignore(fn)],
];

for (const [name, runner] of RUNNERS) {
  Deno.test(`${name} refuses what is no function, and a promise most of all`, () =>
    run(async () => {
      for (const [wrong, shows] of [["work", '"work"'], [undefined, "undefined"], [5, "5"]]) {
        const message = `Cannot run ${shows} with ${name}: pass a function`;
        await assertRejects(() => runner(wrong as never), TypeError, message);
      }
      const message = `Cannot run a promise with ${name}: pass the function`;
      await assertRejects(() => runner(sleep(0) as never), TypeError, message);
    }));
}

Deno.test("Lock.run() of what is no function leaves the lock free", () =>
  run(async () => {
    const lock = new Lock();
    await assertRejects(() => lock.run(5 as never), TypeError);
    await lock.acquire();
    lock.release();
  }));
