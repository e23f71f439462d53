/**
 * What of the library an async thread can use: functions, and the classes whose objects stay in the
 * kernel when they are passed to a thread. The layers above add theirs with {@linkcode offerToThreads}.
 */
import { CancelScope } from "../kernel/cancel_scope.ts";
import { checkCancellation, disableCancellation } from "../kernel/cancellation.ts";
import { AsyncThread } from "../kernel/async_thread.ts";
import { clock, schedule, sleep } from "../kernel/sleep.ts";
import { currentTask, Task } from "../kernel/task.ts";
import { TaskGroup } from "../kernel/task_group.ts";
import { ignoreAfter, timeoutAfter } from "../kernel/timeout.ts";
import { Condition } from "../sync/condition.ts";
import { Event } from "../sync/event.ts";
import { LifoQueue } from "../sync/lifo_queue.ts";
import { Lock, RLock } from "../sync/lock.ts";
import { PriorityQueue } from "../sync/priority_queue.ts";
import { Queue } from "../sync/queue.ts";
import { Result } from "../sync/result.ts";
import { BoundedSemaphore, Semaphore } from "../sync/semaphore.ts";
import { SignalEvent, SignalQueue, SignalSet } from "../sync/signal.ts";
import { aopen } from "../io/aopen.ts";
import { AsyncFile } from "../io/file.ts";
import { Popen } from "../io/popen.ts";
import { checkOutput, run } from "../io/run_process.ts";
import { DEVNULL, PIPE, STDOUT } from "../io/stdio.ts";
import { Stream } from "../io/stream.ts";
import { MAX_WORKER_PROCESSES, MAX_WORKER_THREADS } from "./limits.ts";
import { UniversalEvent } from "./universal_event.ts";
import { UniversalQueue } from "./universal_queue.ts";
import { UniversalResult } from "./universal_result.ts";

// deno-lint-ignore no-explicit-any -- functions and classes of every shape
type AnyFunction = (...args: any[]) => unknown;
// deno-lint-ignore no-explicit-any -- see above
type Constructor = new (...args: any[]) => object;

/** A class, however it is made. */
interface AnyClass {
  readonly name: string;
  readonly prototype: object;
}

/**
 * Part of the library, as {@linkcode offerToThreads} takes it. A name with a dot is that of a namespace
 * and of what is in it.
 */
export interface ThreadOffer {
  /** Functions that give an operation in a thread. */
  readonly blocking?: Record<string, AnyFunction>;
  /** Functions that are called in the kernel at once, while the thread waits. */
  readonly immediate?: Record<string, AnyFunction>;
  /** Plain values. */
  readonly constants?: Record<string, unknown>;
  /** Classes whose objects stay in the kernel. */
  readonly classes?: readonly AnyClass[];
  /** Further ones, of which a thread can make objects in the kernel. */
  readonly makeable?: readonly Constructor[];
  /** Methods, as `name` or `Class.name`, that do not block, and are called at once. */
  readonly immediateMethods?: readonly string[];
  /** Names of what is of no use in a thread: a thread that tries is told so. */
  readonly elsewhere?: readonly string[];
}

/** What a thread is told of all that. */
export interface LibraryNames {
  readonly blocking: readonly string[];
  readonly immediate: readonly string[];
  readonly makeable: readonly string[];
  readonly constants: Readonly<Record<string, unknown>>;
  readonly elsewhere: readonly string[];
}

const functions = new Map<string, AnyFunction>();
const blocking: string[] = [];
const immediate: string[] = [];
const constants: Record<string, unknown> = {};
const classes = new Set<AnyClass>();
const makeable = new Map<string, Constructor>();
const immediateMethods = new Set<string>();
const elsewhere: string[] = [];

/** Lets threads use some more of the library. */
export function offerToThreads(offer: ThreadOffer): void {
  for (const [name, fn] of Object.entries(offer.blocking ?? {})) {
    functions.set(name, fn);
    blocking.push(name);
  }
  for (const [name, fn] of Object.entries(offer.immediate ?? {})) {
    functions.set(name, fn);
    immediate.push(name);
  }
  Object.assign(constants, offer.constants);
  for (const cls of offer.classes ?? []) classes.add(cls);
  for (const cls of offer.makeable ?? []) {
    classes.add(cls);
    makeable.set(cls.name, cls);
  }
  for (const name of offer.immediateMethods ?? []) immediateMethods.add(name);
  elsewhere.push(...offer.elsewhere ?? []);
}

/** The function of that name. */
export function libraryFunction(name: string): AnyFunction {
  return functions.get(name)!;
}

/** The class of that name, to make an object of. */
export function libraryClass(name: string): Constructor {
  return makeable.get(name)!;
}

/** The names of everything, for a thread. */
export function libraryNames(): LibraryNames {
  return { blocking, immediate, makeable: [...makeable.keys()], constants, elsewhere };
}

const known = new WeakMap<object, boolean>();

/** Whether `value` is an object that stays in the kernel. */
export function staysInKernel(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype || Array.isArray(value)) return false;
  let stays = known.get(prototype);
  if (stays === undefined) {
    stays = [...classes].some((cls) => Object.prototype.isPrototypeOf.call(cls.prototype, value));
    known.set(prototype, stays);
  }
  return stays;
}

/** Whether the method `name` of class `cls` does not block. */
export function isImmediate(cls: string, name: string): boolean {
  return immediateMethods.has(name) || immediateMethods.has(`${cls}.${name}`);
}

offerToThreads({
  blocking: {
    aopen,
    disableCancellation,
    ignoreAfter,
    schedule,
    sleep,
    "subprocess.checkOutput": checkOutput,
    "subprocess.run": run,
    timeoutAfter,
  },
  immediate: { checkCancellation, clock, currentTask },
  constants: {
    MAX_WORKER_PROCESSES,
    MAX_WORKER_THREADS,
    "subprocess.DEVNULL": DEVNULL,
    "subprocess.PIPE": PIPE,
    "subprocess.STDOUT": STDOUT,
  },
  classes: [AsyncFile, AsyncThread, Stream, Task, TaskGroup],
  makeable: [
    BoundedSemaphore,
    CancelScope,
    Condition,
    Event,
    LifoQueue,
    Lock,
    Popen,
    PriorityQueue,
    Queue,
    Result,
    RLock,
    Semaphore,
    SignalEvent,
    SignalQueue,
    SignalSet,
    UniversalEvent,
    UniversalQueue,
    UniversalResult,
  ],
  immediateMethods: [
    "CancelScope.cancel",
    "SignalEvent.close",
    "SignalQueue.close",
    "SignalSet.close",
    "TaskGroup.spawn",
    "TaskGroup.spawnThread",
    "addTask",
    "blocking",
    "clear",
    "empty",
    "full",
    "getNowait",
    "isSet",
    "kill",
    "locked",
    "notify",
    "notifyAll",
    "poll",
    "putNowait",
    "release",
    "sendSignal",
    "set",
    "setException",
    "setValue",
    "size",
    "statistics",
    "taskDone",
    "terminate",
    "toString",
    "traceback",
    "where",
  ],
  // They need a task of their own, start functions in others, or are classes nobody makes objects of.
  elsewhere: [
    "AsyncFile",
    "AsyncThread",
    "FileStream",
    "Kernel",
    "Local",
    "PipeStream",
    "Stream",
    "Task",
    "TaskGroup",
    "TaskGroupError",
    "abortable",
    "blockInThread",
    "run",
    "runBlocking",
    "runCpuBound",
    "runInExecutor",
    "runInProcess",
    "runInThread",
    "setCancellation",
    "spawn",
    "spawnThread",
    "workerModule",
  ],
});
