import { assertEquals } from "@std/assert";
import type { ImportGraph } from "../../tools/import_graph.ts";
import { layerErrors } from "../../tools/layers.ts";

/** `"a.ts -> b.ts"` is an import, `"a.ts => b.ts"` one of types alone. */
function graph(...edges: string[]): ImportGraph {
  const imports = edges.map((edge) => {
    const [from = "", arrow, to = ""] = edge.split(" ");
    return { from, to, typeOnly: arrow === "=>" };
  });
  return { files: [...new Set(imports.flatMap(({ from, to }) => [from, to]))], imports };
}

Deno.test("layerErrors() accepts imports within a folder, toward the base, and from the root", () => {
  const errors = layerErrors(graph(
    "mod.ts -> run.ts",
    "run.ts -> monitor/monitor.ts",
    "monitor/monitor.ts -> kernel/task.ts",
    "net/socket.ts -> io/stream.ts",
    "io/stream.ts -> sync/lock.ts",
    "sync/lock.ts -> sync/wait_queue.ts",
    "sync/wait_queue.ts -> kernel/task.ts",
  ));
  assertEquals(errors, []);
});

Deno.test("layerErrors() names an upward import and says what to do", () => {
  assertEquals(layerErrors(graph("kernel/kernel.ts -> sync/event.ts")), [
    "kernel/kernel.ts imports sync/event.ts, which is a layer above it: " +
    "move what both need down to kernel/ or pass it in from above.",
  ]);
});

Deno.test("layerErrors() counts an import of types for the direction", () => {
  assertEquals(layerErrors(graph("kernel/kernel.ts => monitor/monitor.ts")).length, 1);
});

Deno.test("layerErrors() refuses an import of a root file by a folder", () => {
  assertEquals(layerErrors(graph("kernel/kernel.ts -> mod.ts")).length, 1);
});

Deno.test("layerErrors() refuses what is no part of the library", () => {
  assertEquals(layerErrors(graph("io/stream.ts -> tests/helpers.ts")), [
    "io/stream.ts imports tests/helpers.ts, which is no part of the library: move what it needs " +
    "into kernel, sync, io, workers, net, monitor or a file beside them.",
  ]);
});

Deno.test("layerErrors() shows a circle as a path, once", () => {
  const errors = layerErrors(graph(
    "kernel/a.ts -> kernel/b.ts",
    "kernel/b.ts -> kernel/c.ts",
    "kernel/c.ts -> kernel/b.ts",
  ));
  assertEquals(errors, [
    "kernel/c.ts imports kernel/b.ts, which closes the circle " +
    "kernel/b.ts → kernel/c.ts → kernel/b.ts: move what both need to a file of its own, " +
    "or use `import type` if types are all it needs.",
  ]);
});

Deno.test("layerErrors() finds a circle among the root files", () => {
  assertEquals(layerErrors(graph("mod.ts -> run.ts", "run.ts -> mod.ts")).length, 1);
});

Deno.test("layerErrors() finds a file that imports itself", () => {
  assertEquals(layerErrors(graph("kernel/a.ts -> kernel/a.ts")).length, 1);
});

Deno.test("layerErrors() allows a circle that a type closes inside one folder", () => {
  assertEquals(layerErrors(graph("kernel/a.ts -> kernel/b.ts", "kernel/b.ts => kernel/a.ts")), []);
});
