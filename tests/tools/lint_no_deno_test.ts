import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import plugin from "../../tools/lint_no_deno.ts";
import { ROOT } from "../../tools/repository.ts";

function flagged(file: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, file, source).map(({ range: [start, end] }) =>
    source.slice(start, end + 5)
  );
}

Deno.test("curio/no-deno flags values and types of Deno in kernel/ and sync/", () => {
  assertEquals(flagged("kernel/run.ts", "Deno.exit(1);"), ["Deno.exit"]);
  assertEquals(flagged("sync/event.ts", "let s: Deno.Signal;"), ["Deno.Sign"]);
  assertEquals(flagged(`${fileURLToPath(ROOT)}kernel/a.ts`, "globalThis.Deno.pid;"), ["Deno.pid;"]);
});

Deno.test("curio/no-deno leaves comments and strings alone", () => {
  const source = `// Deno.exit\nSymbol.for("Deno.customInspect");`;
  assertEquals(flagged("kernel/task.ts", source), []);
});

Deno.test("curio/no-deno leaves signals and the other folders alone", () => {
  assertEquals(flagged("sync/signal_queue.ts", "Deno.pid;"), []);
  assertEquals(flagged("net/socket.ts", "Deno.pid;"), []);
  assertEquals(flagged("/home/sync/elsewhere.ts", "Deno.pid;"), []);
  assertEquals(flagged("tests/kernel/task_test.ts", "Deno.pid;"), []);
});
