import type {
  HeldView,
  MonitorSource,
  ScopesView,
  Snapshot,
  StackView,
  TaskView,
} from "../../monitor/snapshot.ts";

/** A program that does what a test tells it to. */
export class FakeSource implements MonitorSource {
  /** The tasks, by their ids. */
  readonly tasks = new Map<number, TaskView>();
  /** What was asked of the kernel. */
  readonly calls: string[] = [];
  silentFor = 0;
  cyclesPerSecond = 0;

  /** Adds a task, or changes one. */
  set(id: number, changes: Partial<TaskView> = {}): void {
    const known = this.tasks.get(id) ?? {
      id,
      parentId: null,
      name: `task-${id}`,
      state: "READ_WAIT",
      cycles: 1,
      daemon: false,
      cancelled: false,
      timeout: null,
      sleep: null,
      group: null,
      operation: null,
      waitsFor: null,
      waitsForId: null,
    };
    this.tasks.set(id, { ...known, ...changes });
  }

  snapshot(): Snapshot {
    return {
      time: 0,
      program: "/home/someone/program.ts",
      pid: 4711,
      silentFor: this.silentFor,
      cyclesPerSecond: this.cyclesPerSecond,
      tasks: [...this.tasks.values()],
    };
  }

  async refresh(): Promise<void> {}

  where(id: number): Promise<StackView> {
    this.calls.push(`where ${id}`);
    const name = this.tasks.get(id)?.name ?? "nobody";
    return Promise.resolve({
      text: `Stack for task ${id}\n`,
      frames: [
        { filename: "program.ts", line: 12, function: name, source: "await queue.get();" },
        { filename: "program.ts", line: 7, function: "inner", source: "<b>await</b> sleep(1);" },
      ],
    });
  }

  scopes(): Promise<ScopesView> {
    const scope = { left: 3, seconds: 5, shield: false, cancelled: false, pending: false };
    return Promise.resolve({ text: "", scopes: [{ ...scope, kind: "timeout" }] });
  }

  cancel(id: number): Promise<string> {
    this.calls.push(`cancel ${id}`);
    return Promise.resolve(`Cancelling task ${id}\n`);
  }

  signal(name: string): Promise<string> {
    return Promise.resolve(`Unknown signal ${name}\n`);
  }

  held(): Promise<HeldView> {
    return Promise.resolve({ text: "", locks: [] });
  }
}
