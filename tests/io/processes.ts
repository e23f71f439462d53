/** What the tests of subprocesses share. */
import { assertRejects } from "@std/assert";
import { CancelScope } from "../../kernel/cancel_scope.ts";
import { type CancelledError, TaskCancelled } from "../../kernel/errors.ts";
import { spawn } from "../../kernel/spawn.ts";
import { Popen, type PopenOptions } from "../../io/subprocess.ts";
import { inKernel, until } from "../net/support.ts";

export { inKernel, text, until } from "../net/support.ts";

/** More bytes than any pipe holds. */
export const MUCH = 1_000_000;

/** Runs `body` in a task with a process, which is killed at the end if it still runs. */
export async function withProcess<const O extends PopenOptions>(
  args: string | readonly string[],
  options: O,
  body: (process: Popen<O>) => Promise<unknown>,
): Promise<void> {
  await inKernel(async () => {
    const process = new Popen(args, options);
    try {
      await body(process);
    } finally {
      process.kill();
      await process[Symbol.asyncDispose]();
    }
  });
}

/** An error with whatever the operation put on it. */
export type Interrupted = CancelledError & {
  stdout: Uint8Array;
  stderr: Uint8Array;
  bytesWritten: number;
};

/** The error of `operation` if it begins with a cancellation pending. */
export async function cancelledBefore(operation: () => Promise<unknown>): Promise<Interrupted> {
  let error: unknown;
  await new CancelScope().run(async (scope) => {
    scope.cancel();
    error = await assertRejects(operation, TaskCancelled);
  });
  return error as Interrupted;
}

/** The error of `operation`, cancelled as soon as it waits and `ready` is true. */
export async function cancelledDuring(
  operation: () => Promise<unknown>,
  ready: () => boolean = () => true,
): Promise<Interrupted> {
  const task = spawn(() => assertRejects(operation, TaskCancelled));
  await until(() => task.state.endsWith("_WAIT") && task.state !== "PROMISE_WAIT" && ready());
  await task.cancel();
  return await task.join() as Interrupted;
}

/** Whether process `pid` exists, be it as a zombie. */
export function exists(pid: number): boolean {
  try {
    Deno.statSync(`/proc/${pid}`);
    return true;
  } catch {
    return false;
  }
}

/** Whether process `pid` runs, and is no zombie. */
export function isRunning(pid: number): boolean {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return stat[stat.lastIndexOf(")") + 2] !== "Z";
  } catch {
    return false;
  }
}
