import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertStrictEquals,
} from "@std/assert";
import { noteProgress, progressOf } from "../../kernel/progress.ts";
import * as curio from "../../mod.ts";

const {
  AsyncOnlyError,
  CancelledError,
  CurioError,
  isCancelled,
  KeyboardInterrupt,
  ReadResourceBusy,
  ResourceBusy,
  SyncIOError,
  TaskCancelled,
  TaskError,
  TaskGroupError,
  TaskTimeout,
  TimeoutCancellationError,
  UncaughtTimeoutError,
  WriteResourceBusy,
} = curio;

const PARENTS = [
  [CancelledError, CurioError],
  [TaskCancelled, CancelledError],
  [TaskTimeout, CancelledError],
  [TimeoutCancellationError, CancelledError],
  [KeyboardInterrupt, CancelledError],
  [UncaughtTimeoutError, CurioError],
  [TaskError, CurioError],
  [SyncIOError, CurioError],
  [AsyncOnlyError, CurioError],
  [ResourceBusy, CurioError],
  [ReadResourceBusy, ResourceBusy],
  [WriteResourceBusy, ResourceBusy],
] as const;

/** A second copy of the module, as two versions in one program would be. */
function secondCopy(): Promise<typeof curio> {
  return import(new URL("../../kernel/errors.ts?copy", import.meta.url).href);
}

Deno.test("CurioError is an Error", () => {
  assertInstanceOf(new CurioError("x"), Error);
});

Deno.test("each error class extends the one of the contract", () => {
  for (const [child, parent] of PARENTS) {
    assertStrictEquals(Object.getPrototypeOf(child), parent);
    assertInstanceOf(new child("x"), parent);
  }
});

Deno.test("instanceof tells siblings apart, and parents from children", () => {
  assertFalse(new TaskTimeout("x") instanceof TaskCancelled);
  assertFalse(new TaskCancelled("x") instanceof TaskTimeout);
  assertFalse(new CancelledError("x") instanceof TaskCancelled);
  assertFalse(new CurioError("x") instanceof CancelledError);
  assertFalse(new UncaughtTimeoutError("x") instanceof CancelledError);
  assertFalse(new ReadResourceBusy("x") instanceof WriteResourceBusy);
});

Deno.test("each error carries the name of its class", () => {
  for (const [cls] of PARENTS) assertEquals(new cls("x").name, cls.name);
  assertEquals(new CurioError("x").name, "CurioError");
  assertEquals(new TaskGroupError([], "x").name, "TaskGroupError");
});

Deno.test("each error shows its name and message as text", () => {
  assertEquals(String(new TaskTimeout("too late")), "TaskTimeout: too late");
});

Deno.test("each error takes a cause", () => {
  const cause = new Error("why");
  assertStrictEquals(new TaskError("x", { cause }).cause, cause);
});

Deno.test("TaskGroupError is an AggregateError with its errors", () => {
  const first = new Error("first");
  const error = new TaskGroupError([first], "a message");
  assertInstanceOf(error, AggregateError);
  assertStrictEquals(error.errors[0], first);
  assertEquals(error.message, "a message");
});

Deno.test("TaskGroupError is not what a plain AggregateError is taken for", () => {
  assertFalse(new AggregateError([]) instanceof TaskGroupError);
});

Deno.test("instanceof takes neither primitives nor plain errors", () => {
  for (const value of [null, undefined, 1, "x", {}, new Error("x"), () => {}]) {
    assertFalse(value instanceof CurioError);
  }
});

Deno.test("instanceof keeps its meaning for a user's own subclass", () => {
  class Mine extends TaskCancelled {}
  class Other extends TaskCancelled {}
  assertInstanceOf(new Mine("x"), Mine);
  assertInstanceOf(new Mine("x"), CancelledError);
  assertFalse(new Other("x") instanceof Mine);
  assertFalse(new TaskCancelled("x") instanceof Mine);
});

Deno.test("instanceof holds across a second copy of the module", async () => {
  const copy = await secondCopy();
  assert(copy.TaskTimeout !== TaskTimeout);
  const error = new copy.TaskTimeout("x");
  assertInstanceOf(error, TaskTimeout);
  assertInstanceOf(error, CancelledError);
  assertFalse(error instanceof TaskCancelled);
  assertInstanceOf(new TaskTimeout("x"), copy.TaskTimeout);
  assertInstanceOf(new TaskGroupError([], "x"), copy.TaskGroupError);
});

Deno.test("isCancelled() tells cancellation from failure", () => {
  for (const cls of [CancelledError, TaskCancelled, TaskTimeout, KeyboardInterrupt]) {
    assert(isCancelled(new cls("x")));
  }
  const failures = [new Error("x"), new CurioError("x"), new TaskError("x"), null, undefined, "x"];
  for (const failure of failures) assertFalse(isCancelled(failure));
  assertFalse(isCancelled(new UncaughtTimeoutError("x")));
});

Deno.test("isCancelled() knows the cancellations of a second copy", async () => {
  assert(isCancelled(new (await secondCopy()).TaskCancelled("x")));
});

Deno.test("CancelledError.origin of one that a user made is a cancel by nobody", () => {
  assertEquals(new TaskCancelled("x").origin, { kind: "cancel", by: null });
});

Deno.test("CancelledError.origin of a second copy's error can be read", async () => {
  const error: unknown = new (await secondCopy()).TaskCancelled("x");
  assertInstanceOf(error, CancelledError);
  assertEquals(error.origin.kind, "cancel");
});

Deno.test("an error of a second copy can be used as exc to cancel a task", async () => {
  const copy = await secondCopy();
  const exc = new copy.TaskCancelled("from the copy");
  const caught = await curio.run(async () => {
    const task = curio.spawn(() => curio.sleep(10));
    await curio.schedule();
    await task.cancel({ exc });
    return task.exception;
  });
  assertStrictEquals(caught, exc);
});

Deno.test("a CancelledError says how far its operation got, in fields of its own, if it says so", () => {
  const caught: unknown = new TaskTimeout("x");
  assert(isCancelled(caught));
  assertEquals(Object.keys(caught), []);
  noteProgress(caught, { bytesSent: 1, bytesRead: new Uint8Array(2), linesRead: ["a\n", "b\n"] });
  // Type-checks without a cast.
  const sizes: (number | undefined)[] = [caught.bytesSent, caught.bytesRead?.length];
  sizes.push(caught.linesRead?.length, caught.bytesWritten, caught.stdout?.length);
  assertEquals(sizes, [1, 2, 2, undefined, undefined]);
});

Deno.test("progressOf() what is no error is nothing", () => {
  assertEquals([progressOf("thrown"), progressOf(undefined)], [{}, {}]);
});
