/**
 * Scopes: the chain of things that can cancel a wait, from the innermost timeout out to the task.
 *
 * A cancellation belongs to one scope. It is delivered once: to every wait pending inside the scope
 * at that moment, or else to the next wait made there. What lies inside is decided by walking the
 * chain outward from a wait; a shield ends the walk. A scope catches only the error that belongs to
 * it, by identity: no counting, no deciding by class.
 *
 * A scope costs one small object. Its `AbortSignal` is made when somebody first asks for it.
 */
import type { Due } from "./deadlines.ts";
import { type CancelledError, setOrigin, TaskTimeout, TimeoutCancellationError } from "./errors.ts";
import type { TaskRecord } from "./task_record.ts";
import { hush, PENDING, type Wait } from "./wait.ts";

export class Scope implements Due {
  when = Infinity;
  slot = -1;
  /** Whether its cancellation interrupted something inside. */
  interrupted = false;
  /** Whether its deadline has passed and was acted on. */
  timedOut = false;
  /** What it was cancelled with, delivered or not. */
  error: CancelledError | null = null;
  /** {@linkcode error} as scopes further in see it. */
  innerError: CancelledError | null = null;
  /** Whether the cancellation still waits for a blocking point. */
  pending = false;
  /** The promise of the call that runs the body: hushed if a cancellation rejects it. */
  promise: Promise<unknown> | null = null;
  /** Whether that is to happen as soon as there is one. */
  hushed = false;
  closed = false;
  /** Whether somebody cancelled it, other than its deadline. */
  cancelCalled = false;
  #controller: AbortController | null = null;

  constructor(
    readonly task: TaskRecord,
    readonly parent: Scope | null,
    readonly shield: boolean,
    /** The seconds given, for the error's message. */
    readonly seconds: number,
  ) {
    if (parent !== null) task.openScopes++;
  }

  /** Sets the deadline, in seconds of the kernel's clock, or moves it. */
  setDeadline(when: number): void {
    const { scheduler } = this.task;
    scheduler.deadlines.remove(this);
    this.when = when;
    if (when !== Infinity) scheduler.at(this);
  }

  expire(now: number): void {
    if (this.error !== null || this.timedOut) return;
    const outermost = outermostDue(this, now);
    if (outermost === this) {
      this.timeOut();
      this.#deliver(now);
    } else {
      // Both deadlines have passed: one interruption, and it is the outer one's.
      this.timedOut = true;
      outermost.expire(now);
    }
  }

  /** Makes the passed deadline the reason this scope is cancelled for. */
  timeOut(): void {
    this.void();
    if (this.error !== null) return;
    const { task } = this;
    const after = Number.isFinite(this.seconds) ? ` after ${this.seconds} s` : "";
    const origin = { kind: "timeout", by: null, reason: this.seconds } as const;
    const error = new TaskTimeout(`${task.label} timed out${after}`);
    const inner = new TimeoutCancellationError(
      `${task.label} cancelled: a timeout further out expired${after}`,
    );
    setOrigin(error, origin, this);
    setOrigin(inner, origin, this);
    this.error = error;
    this.innerError = inner;
  }

  /** The deadline has passed, but an outer scope's interruption stands for its own. */
  void(): void {
    this.timedOut = true;
    this.task.scheduler.deadlines.remove(this);
  }

  /** Cancels what is inside with `error`. */
  cancel(error: CancelledError): void {
    if (this.closed) return;
    this.task.scheduler.deadlines.remove(this);
    this.error = error;
    this.innerError = error;
    this.#deliver(-Infinity);
  }

  /** Interrupts what waits inside. Deadlines further in that have passed by `now` are void with it. */
  #deliver(now: number): void {
    const { wait, moreWaits } = this.task;
    let delivered = wait !== null && this.#interrupt(wait, now);
    if (moreWaits !== null) {
      for (const more of moreWaits) if (this.#interrupt(more, now)) delivered = true;
    }
    if (delivered) this.interrupted = true;
    else this.markPending();
    this.abortSignals();
  }

  #interrupt(wait: Wait, now: number): boolean {
    if (wait.status !== PENDING || !isInside(wait.scope!, this)) return false;
    for (let inner = wait.scope!; inner !== this; inner = inner.parent!) {
      if (inner.when <= now) inner.void();
    }
    wait.interrupt((wait.scope === this ? this.error : this.innerError)!);
    return true;
  }

  /** Leaves the cancellation for the next blocking point inside. */
  markPending(): void {
    if (this.pending) return;
    this.pending = true;
    this.task.pendingCount++;
  }

  /** The cancellation has been delivered, or is void. */
  clearPending(): void {
    if (!this.pending) return;
    this.pending = false;
    this.task.pendingCount--;
  }

  /** The body has ended. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    if (this.parent !== null) this.task.openScopes--;
    this.task.scheduler.deadlines.remove(this);
    this.clearPending();
    if (this.#controller !== null) this.task.signalled?.delete(this);
    if (this.when !== Infinity) redeliverOuter(this);
  }

  /** Marks the body's promise as looked after, as befits a cancelled wait's. */
  hush(): void {
    if (this.promise !== null) hush(this.promise);
    else this.hushed = true;
  }

  /** The signal that aborts when this scope, or one around it, is cancelled. */
  get signal(): AbortSignal {
    if (this.#controller === null) this.adopt(new AbortController());
    return this.#controller!.signal;
  }

  /** Makes `controller` the one behind {@linkcode signal}. */
  adopt(controller: AbortController): void {
    this.#controller = controller;
    const reason = cancelledWith(this);
    if (reason !== null) controller.abort(reason);
    else if (!this.closed) (this.task.signalled ??= new Set()).add(this);
  }

  /** In a later microtask: listeners are user code, and none runs inside `cancel`. */
  abortSignals(): void {
    const { signalled } = this.task;
    if (signalled === null || signalled.size === 0) return;
    const { error, innerError } = this;
    for (const scope of signalled) {
      if (!isInside(scope, this)) continue;
      signalled.delete(scope);
      const controller = scope.#controller!;
      const reason = scope === this ? error : innerError;
      queueMicrotask(() => controller.abort(reason));
    }
  }
}

/**
 * Curio's exception to "once": when a timeout is left while the deadline of one further out has
 * passed, that one is delivered again at the next blocking point.
 */
function redeliverOuter(left: Scope): void {
  let now = -1;
  for (let inner = left; inner.parent !== null && !inner.shield; inner = inner.parent) {
    const scope = inner.parent;
    if (scope.when === Infinity || (scope.error !== null && !scope.timedOut)) continue;
    if (now < 0) now = scope.task.scheduler.clock.now();
    if (scope.when > now) continue;
    if (!scope.timedOut) {
      scope.timeOut();
      scope.abortSignals();
    } else if (scope.error === null) {
      scope.timeOut();
    }
    scope.markPending();
  }
}

/** What `from` has been cancelled with, from inside or outside. */
function cancelledWith(from: Scope): CancelledError | null {
  for (let scope: Scope | null = from; scope !== null; scope = scope.parent) {
    if (scope.error !== null) return scope === from ? scope.error : scope.innerError;
    if (scope.shield) return null;
  }
  return null;
}

/** The outermost scope around `from`, or itself, whose deadline has passed by `now`. */
function outermostDue(from: Scope, now: number): Scope {
  let found = from;
  for (let inner = from; inner.parent !== null && !inner.shield; inner = inner.parent) {
    const scope = inner.parent;
    if (scope.when <= now && scope.error === null) found = scope;
  }
  return found;
}

/** Whether a cancellation of `outer` reaches what waits in `inner`. */
export function isInside(inner: Scope, outer: Scope): boolean {
  for (let scope: Scope | null = inner; scope !== null; scope = scope.parent) {
    if (scope === outer) return true;
    if (scope.shield) return false;
  }
  return false;
}

/** The outermost scope around `from` whose cancellation is due; `shields` says whether they count. */
export function findPending(from: Scope, shields: boolean): Scope | null {
  let found: Scope | null = null;
  for (let scope: Scope | null = from; scope !== null; scope = scope.parent) {
    if (scope.pending) found = scope;
    if (shields && scope.shield) break;
  }
  return found;
}

/**
 * Delivers what is due to a wait that begins in `from`: the error, or `null`. The outermost
 * cancellation wins, and those inside it are void with it.
 */
export function takePending(from: Scope): CancelledError | null {
  const found = findPending(from, true);
  if (found === null) return null;
  for (let scope = from; scope !== found; scope = scope.parent!) scope.clearPending();
  found.clearPending();
  found.interrupted = true;
  return found === from ? found.error : found.innerError;
}
