import { TaskGroupError } from "./errors.ts";
import type { GroupMembers } from "./group_members.ts";
import type { WaitPolicy } from "./group_options.ts";
import { shown } from "./shown.ts";
import type { TaskRecord } from "./task_record.ts";

const POLICIES: readonly unknown[] = ["all", "any", "object", "none"];

/** What a group waits for when it is joined, and what came of that. */
export class GroupCompletion {
  readonly policy: WaitPolicy;
  readonly #members: GroupMembers;
  #completed: TaskRecord | null = null;

  constructor(members: GroupMembers, policy: WaitPolicy) {
    if (!POLICIES.includes(policy)) {
      throw new TypeError(
        `Cannot wait for ${shown(policy)}: give "all", "any", "object" or "none"`,
      );
    }
    this.policy = policy;
    this.#members = members;
  }

  /** The first member that ended, or under `"object"` the first with a result to speak of. */
  get completed(): TaskRecord | null {
    return this.#completed;
  }

  /** Waits until `policy` is content or a member has failed. */
  async collect(policy: WaitPolicy): Promise<void> {
    while (this.#members.takingTurns || (!this.drain(policy) && !this.#members.isIdle)) {
      await this.#members.change("TaskGroup.join()");
    }
  }

  /** Looks at the members that have ended; whether that is enough for `policy`. */
  drain(policy: WaitPolicy): boolean {
    for (const record of this.#members.finished) {
      this.#members.finished.delete(record);
      const counts = record.failed || this.policy !== "object" || record.outcome != null;
      if (counts) this.#completed ??= record;
      if (record.failed || (counts && policy !== "all")) return true;
    }
    return false;
  }

  /** What `throwOnError` throws once nobody is left, or `null`: a winner makes up for failures. */
  failure(): TaskGroupError | null {
    if (this.#hasWinner()) return null;
    const counted = this.#members.culprits();
    if (counted.length === 0) return null;
    const count = counted.length === 1 ? "1 task" : `${counted.length} tasks`;
    return new TaskGroupError(
      counted.map((record) => record.outcome),
      `${count} of a group failed: ${counted.map((record) => record.label).join(", ")}`,
    );
  }

  #hasWinner(): boolean {
    return (this.policy === "any" || this.policy === "object") &&
      this.#completed !== null && !this.#completed.failed;
  }
}
