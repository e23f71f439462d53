/** Answers what the monitor's thread cannot know by itself: runs in the kernel's, between its turns. */
import type { OwnedQueue } from "../kernel/observer.ts";
import type { Scheduler } from "../kernel/scheduler.ts";
import type { Scope } from "../kernel/scope.ts";
import { taskOf } from "../kernel/task.ts";
import type { TaskRecord } from "../kernel/task_record.ts";
import type { WaitOwner } from "../kernel/wait.ts";
import { raise } from "../sync/signal_hub.ts";
import { viewFrames } from "./frames.ts";
import type { Answers, Question } from "./messages.ts";
import type { Mirror } from "./mirror.ts";
import type { LockView, ScopeView } from "./snapshot.ts";
import { whyNoStack } from "./stack_text.ts";

export class Answerer {
  readonly #scheduler: Scheduler;
  readonly #mirror: Mirror;
  readonly #numbers = new WeakMap<object, number>();
  #lastNumber = 0;

  constructor(scheduler: Scheduler, mirror: Mirror) {
    this.#scheduler = scheduler;
    this.#mirror = mirror;
  }

  async answer(question: Question): Promise<Answers[Question["kind"]]> {
    switch (question.kind) {
      case "refresh":
        this.#mirror.refresh();
        return true;
      case "where":
        return await this.#where(question.id);
      case "cancel":
        return this.#cancel(question.id);
      case "raise":
        return raise(question.signal as Deno.Signal);
      case "scopes":
        return this.#scopes(question.id);
      case "held":
        return [...this.#locks()];
    }
  }

  async #where(id: number): Promise<Answers["where"]> {
    const task = this.#scheduler.tasks.get(id);
    if (task === undefined) return null;
    const description = taskOf(task).toString();
    const why = whyNoStack(task.wait !== null, task.cycles > 0);
    const frames = await viewFrames(task.wait?.stack ?? null);
    return { task: description, frames, why };
  }

  #cancel(id: number): Answers["cancel"] {
    const task = this.#scheduler.tasks.get(id);
    if (task === undefined) return null;
    task.cancelFor(
      { kind: "cancel", by: null, reason: "the monitor" },
      "cancelled from the monitor",
    );
    return true;
  }

  #scopes(id: number): Answers["scopes"] {
    const task = this.#scheduler.tasks.get(id);
    if (task === undefined) return null;
    const now = this.#scheduler.clock.now();
    const scopes: ScopeView[] = [];
    // Of a task that awaits a foreign promise only the outermost is known.
    let scope: Scope | null = task.waits().at(-1)?.scope ?? task.root;
    for (; scope !== null; scope = scope.parent) scopes.push(viewScope(scope, now));
    return { task: taskOf(task).toString(), scopes };
  }

  /** Locks that are owned, and other things of which there are not enough, if somebody waits for them. */
  *#locks(): Iterable<LockView> {
    const waiting = new Map<WaitOwner | OwnedQueue, { kind: string; ids: number[] }>();
    for (const queue of this.#mirror.locks) waiting.set(queue, { kind: queue.kind, ids: [] });
    for (const task of this.#scheduler.tasks.values()) {
      for (const { owner, operation, pending, state } of task.waits()) {
        if (!pending || !SCARCE.has(state)) continue;
        let entry = waiting.get(owner);
        if (entry === undefined) {
          waiting.set(owner, entry = { kind: operation.split(".")[0], ids: [] });
        }
        entry.ids.push(task.id);
      }
    }
    for (const [queue, { kind, ids }] of waiting) {
      const holder = ownerOf(queue);
      yield { kind, number: this.#numberOf(queue), holder: holder?.id ?? null, waiting: ids };
    }
  }

  #numberOf(queue: object): number {
    let number = this.#numbers.get(queue);
    if (number === undefined) this.#numbers.set(queue, number = ++this.#lastNumber);
    return number;
  }
}

const SCARCE: ReadonlySet<string> = new Set(["LOCK_ACQUIRE", "SEMA_ACQUIRE", "COND_WAIT"]);

function ownerOf(queue: WaitOwner | OwnedQueue): TaskRecord | null {
  return "owner" in queue ? queue.owner : queue.awaitedTask?.() ?? null;
}

function viewScope(scope: Scope, now: number): ScopeView {
  const isTask = scope.parent === null;
  const isTimeout = scope.when !== Infinity || Number.isFinite(scope.seconds);
  return {
    kind: isTask ? "task" : isTimeout ? "timeout" : scope.shield ? "shield" : "scope",
    left: scope.when === Infinity ? null : scope.when - now,
    seconds: Number.isFinite(scope.seconds) ? scope.seconds : null,
    shield: scope.shield,
    cancelled: scope.error !== null || scope.timedOut,
    pending: scope.pending,
  };
}
