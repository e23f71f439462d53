import { assertEquals } from "@std/assert";
import { atShutdown } from "../../kernel/at_shutdown.ts";
import { schedulerOfKernel } from "../../kernel/kernel.ts";
import { Kernel, sleep, spawn } from "../../mod.ts";

Deno.test("atShutdown() has things closed once, after the last task has ended", async () => {
  const trace: string[] = [];
  const kernel = new Kernel();
  atShutdown(schedulerOfKernel(kernel), async () => {
    await new Promise((resolve) => setTimeout(resolve));
    trace.push("closed");
  });
  await kernel.run(() => {
    spawn(async () => {
      try {
        await sleep(Infinity);
      } finally {
        trace.push("ended");
      }
    });
    return sleep(0);
  });
  assertEquals(trace, []);
  await kernel.shutdown();
  await kernel.shutdown();
  assertEquals(trace, ["ended", "closed"]);
});

Deno.test("atShutdown() needs no task", async () => {
  const trace: string[] = [];
  const kernel = new Kernel();
  for (const name of ["first", "second"]) {
    atShutdown(schedulerOfKernel(kernel), () => Promise.resolve(void trace.push(name)));
  }
  await kernel.shutdown();
  assertEquals(trace, ["first", "second"]);
});
