import { assertEquals, assertThrows } from "@std/assert";
import { workerModule } from "../../mod.ts";

type Jobs = typeof import("./jobs.ts");

const url = import.meta.resolve("./jobs.ts");

Deno.test("workerModule() has a module's functions, with their types and names", () => {
  const jobs = workerModule<Jobs>(url);
  const add: (n: number) => number = jobs.add;
  assertEquals(add.name, "add");
  // @ts-expect-error -- it is no function
  jobs.notAFunction;
});

Deno.test("workerModule() gives the same function whenever it is asked", () => {
  const jobs = workerModule<Jobs>(url);
  assertEquals(jobs.add === workerModule<Jobs>(new URL(url)).add, true);
  assertEquals(jobs.add !== (jobs.addLater as unknown), true);
});

Deno.test("workerModule() is no promise", async () => {
  const jobs = workerModule<Jobs>(url);
  assertEquals(await jobs === jobs, true);
});

Deno.test("workerModule() refuses an address that means another module elsewhere", () => {
  assertThrows(
    () => workerModule<Jobs>("./jobs.ts"),
    TypeError,
    'its address is relative: give workerModule() import.meta.resolve("./jobs.ts")',
  );
});

Deno.test("workerModule() says what to do with a function that is called here", () => {
  assertThrows(
    () => workerModule<Jobs>(url).add(1),
    TypeError,
    `Cannot call add() of ${url} here because it is for a worker: pass it, as in runInProcess(jobs.add, …)`,
  );
});
