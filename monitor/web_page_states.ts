/**
 * The states of a task, in families that have a colour each. Its source travels to the browser, as that
 * of every class of the `web_page_*.ts` files does: see web_page.ts.
 */
export class PageStates {
  /** Every state, by its family. A state's code is its place in all of them, counted from 1. */
  static readonly families: Readonly<Record<string, readonly string[]>> = {
    run: ["RUNNING", "READY", "INITIAL"],
    time: ["TIME_SLEEP"],
    io: ["READ_WAIT", "WRITE_WAIT", "ACCEPT_WAIT", "CONNECT_WAIT"],
    sync: [
      "EVENT_WAIT",
      "LOCK_ACQUIRE",
      "SEMA_ACQUIRE",
      "COND_WAIT",
      "QUEUE_GET",
      "QUEUE_PUT",
      "QUEUE_JOIN",
    ],
    join: ["TASK_JOIN", "TERMINATED"],
    outside: ["SIGNAL_WAIT", "FUTURE_WAIT", "WORKER_WAIT", "PROCESS_WAIT", "PROMISE_WAIT"],
  };

  /** What a person calls a family. */
  static readonly titles: Readonly<Record<string, string>> = {
    run: "Running",
    time: "Sleeping",
    io: "Waiting for I/O",
    sync: "Waiting for tasks' objects",
    join: "Joining tasks",
    outside: "Waiting for the outside",
  };

  /** The states in the order of their codes, from 1. */
  static readonly all: readonly string[] = Object.values(PageStates.families).flat();

  /** A number for a state, to be kept by the thousand; 0 for one that it doesn't know. */
  static codeOf(state: string): number {
    return PageStates.all.indexOf(state) + 1;
  }

  /** The family of a state. */
  static familyOf(state: string): string {
    for (const family of Object.keys(PageStates.families)) {
      if (PageStates.families[family].includes(state)) return family;
    }
    return "outside";
  }

  /** How much a task ran between two looks: 0 for not at all, then one more for
   * each fourfold, up to 9. */
  static activityOf(cycles: number): number {
    return cycles <= 0 ? 0 : Math.min(9, 1 + Math.floor(Math.log2(cycles) / 2));
  }
}
