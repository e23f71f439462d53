import { assert, assertEquals } from "@std/assert";
import * as errors from "../../kernel/errors.ts";
import { QueueEmpty, QueueFull } from "../../sync/queue.ts";
import { farErrorClass, farErrorParents, makeFarError } from "../../workers/thread_errors.ts";

const originals: Record<string, unknown> = { ...errors, QueueEmpty, QueueFull };

Deno.test("farErrorParents() lists the library's errors as they are", () => {
  for (const [name, parent] of Object.entries(farErrorParents())) {
    const original = originals[name] as abstract new () => Error;
    assertEquals(Object.getPrototypeOf(original).name, parent, name);
  }
  const classes = Object.values(originals).filter((value) =>
    typeof value === "function" && value.prototype instanceof errors.CurioError
  ) as { name: string }[];
  for (const { name } of classes) assert(Object.hasOwn(farErrorParents(), name), name);
});

Deno.test("farErrorClass() makes errors that are instances of the originals, and the other way round", () => {
  for (const name of Object.keys(farErrorParents())) {
    const far = farErrorClass(name);
    const original = originals[name] as new (message?: string) => Error;
    assert(far !== original);
    assert(new far("x") instanceof original, name);
    assert(new original("x") instanceof far, name);
    assertEquals([new far("x").name, new far("x").message], [name, "x"]);
  }
  assert(!(new (farErrorClass("TaskTimeout"))() instanceof errors.TaskCancelled));
  assert(errors.isCancelled(new (farErrorClass("TaskTimeout"))()));
});

Deno.test("makeFarError() makes nothing of a name that is none of ours", () => {
  assertEquals(makeFarError("RangeError", "x"), null);
  assertEquals(makeFarError("toString", "x"), null);
});
