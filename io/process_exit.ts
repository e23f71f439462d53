import { noteClosed, noteOpen, type Resource } from "../kernel/leftovers.ts";
import { suspendAnywhere } from "../kernel/suspend.ts";
import type { Wait, WaitOwner } from "../kernel/wait.ts";
import { WaitQueue } from "../kernel/wait_queue.ts";
import { immediate } from "./immediate.ts";
import type { KeepAlive } from "./keep_alive.ts";

/**
 * What there is to say of a process that the system has cleared away, as it does if whoever started this
 * program had it ignore SIGCHLD. It has ended; Python too takes it for a success.
 */
const UNKNOWN: Deno.CommandStatus = { success: true, code: 0, signal: null };

/** The end of a process, and those who wait for it. */
export class ProcessExit implements WaitOwner, Resource {
  readonly #waits: WaitQueue<number> = new WaitQueue();
  readonly #keepAlive: KeepAlive;
  readonly #name: string;
  #returncode: number | null = null;

  /** @param name What the process is called in reports: `process 12 (sleep 10)`. */
  constructor(child: Deno.ChildProcess, keepAlive: KeepAlive, name: string) {
    this.#keepAlive = keepAlive;
    this.#name = name;
    noteOpen(this);
    child.status.then((status) => this.#ended(status), () => this.#ended(UNKNOWN));
  }

  /** The exit status, minus the signal's number after a signal; `null` while the process runs. */
  get returncode(): number | null {
    return this.#returncode;
  }

  /** Waits for it, in a task or outside any. */
  wait(operation: string): Promise<number> {
    if (this.#returncode !== null) return immediate(operation, this.#returncode);
    return suspendAnywhere<number>(operation, "PROCESS_WAIT", this).promise;
  }

  enroll(wait: Wait): void {
    this.#waits.enroll(wait);
    this.#keepAlive.hold();
  }

  remove(wait: Wait): void {
    this.#waits.remove(wait);
    this.#keepAlive.release();
  }

  describe(): string {
    return this.#name;
  }

  describeOpen(): string {
    return this.#name;
  }

  #ended({ code, signal }: Deno.CommandStatus): void {
    // As a shell does, Deno adds 128 to the number of the signal.
    const returncode = signal === null ? code : 128 - code;
    this.#returncode = returncode;
    noteClosed(this);
    for (let wait = this.#waits.first; wait !== null; wait = this.#waits.first) {
      this.remove(wait);
      wait.complete(returncode);
    }
  }
}
