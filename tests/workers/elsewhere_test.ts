import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { assertQuiet } from "../../kernel/testing/mod.ts";
import { CurioError, QueueEmpty, run, spawn, workerModule } from "../../mod.ts";
import { everywhere } from "./elsewhere.ts";

const jobs = workerModule<typeof import("./jobs.ts")>(import.meta.resolve("./jobs.ts"));
const broken = workerModule<typeof import("./broken_jobs.ts")>(
  import.meta.resolve("./broken_jobs.ts"),
);
const helper = (n: number) => n + 1;

for (const { name, call, callWith } of everywhere) {
  Deno.test(`${name} calls a function elsewhere, and gives its result`, async () => {
    const add = (a: number, b: number) => a + b;
    const addLater = async (a: number, b: number) => await Promise.resolve(a + b);
    await run(async () => {
      assertEquals(await call(add, 1, 2), 3);
      assertEquals(await call(addLater, 3, 4), 7);
    });
    assertQuiet();
  });

  Deno.test(`${name} copies arguments and result as structured clones are`, async () => {
    const value = {
      map: new Map([[1, new Set(["a"])]]),
      date: new Date(5),
      bytes: new Uint8Array([1, 2]),
      big: 10n,
      nothing: undefined,
      pattern: /a+/g,
    };
    await run(async () => assertEquals(await call((given: unknown) => given, value), value));
  });

  Deno.test(`${name} calls functions of a module, with what they see there`, async () => {
    await run(async () => {
      assertEquals(await call(jobs.add, 2), 42);
      assertEquals(await call(jobs.addLater, 3), 43);
    });
  });

  Deno.test(`${name} brings errors back as they were`, async () => {
    await run(async () => {
      const error = await assertRejects(() =>
        call(() => {
          const error = new RangeError("too far", { cause: new TypeError("inner") });
          throw Object.assign(error, { limit: 5 });
        })
      );
      assertInstanceOf(error, RangeError);
      assertInstanceOf(error.cause, TypeError);
      assertEquals([error.message, (error as unknown as { limit: number }).limit], ["too far", 5]);
      assert(error.stack!.includes("curio-worker:"), error.stack);
      assert(!error.stack!.includes("data:text"), error.stack);
      assertInstanceOf(await assertRejects(() => call(jobs.failWithOurs)), QueueEmpty);
    });
  });

  Deno.test(`${name} names what a function refers to and cannot see`, async () => {
    await run(async () => {
      const error = await assertRejects(() => call(() => helper(1)), ReferenceError);
      assertEquals(/refers to 'helper', .* pass workerModule</.test(error.message), true);
      assertEquals(await call(() => 1), 1);
    });
  });

  Deno.test(`${name} rejects what cannot travel, that call only`, async () => {
    await run(async () => {
      for (const value of [() => 1, Symbol("x"), new WeakMap()]) {
        const error = await assertRejects(() => call((_: unknown) => 1, value), DOMException);
        assertEquals(error.name, "DataCloneError");
      }
      const error = await assertRejects(() => call(() => () => 1), DOMException);
      assertEquals(error.name, "DataCloneError");
      assertEquals(await call(() => 2), 2);
      // Now to a worker that is waiting for a call.
      const atOnce = await assertRejects(() => call((_: unknown) => 1, { nested: () => 1 }));
      assertEquals((atOnce as Error).name, "DataCloneError");
      await assertRejects(() => callWith({ transfer: [5 as never] }, () => 1), TypeError);
      assertEquals(await call(() => 3), 3);
    });
  });

  Deno.test(`${name} copies buffers as structuredClone() does`, async () => {
    const buffer = new ArrayBuffer(8);
    const given = { bytes: new Uint8Array(buffer, 4, 2), numbers: new Int32Array(buffer) };
    const got = await run(() =>
      call((views: typeof given) => {
        views.bytes[0] = 7;
        return views;
      }, given)
    );
    assertEquals([got.numbers.buffer.byteLength, got.numbers[1]], [8, 7]);
    assertEquals(given.numbers[1], 0);
  });

  Deno.test(`${name} gives away what is transferred`, async () => {
    await run(async () => {
      for (let turn = 0; turn < 2; turn++) {
        const { buffer } = new Uint8Array([1, 2, 3]);
        const sum = (given: ArrayBuffer) => new Uint8Array(given).reduce((a, b) => a + b);
        assertEquals(await callWith({ transfer: [buffer] }, sum, buffer), 6);
        assertEquals(buffer.detached, true);
      }
    });
  });

  Deno.test(`${name} rejects the call of a worker that exits, and goes on with another`, async () => {
    const leave = () => Deno.exit(7);
    await run(async () => {
      const error = await assertRejects(() => call(leave), CurioError);
      assertEquals(
        /^Cannot finish 'leave' in \w+\(\) because its worker exited with status 7$/
          .test(error.message),
        true,
        error.message,
      );
      assertEquals(await call(() => 1), 1);
    });
    assertQuiet();
  });

  Deno.test(`${name} rejects the call of a worker with an unhandled rejection`, async () => {
    const forget = async () => {
      void Promise.reject(new RangeError("nobody looks"));
      await new Promise(() => {});
    };
    await run(async () => {
      const error = await assertRejects(() => call(forget), CurioError);
      assertEquals(
        error.message.endsWith("died of an unhandled error: RangeError: nobody looks"),
        true,
      );
      assertInstanceOf(error.cause, RangeError);
      assertEquals(await call(() => 1), 1);
    });
    assertQuiet();
  });

  Deno.test(`${name} rejects the call of a worker however that comes to its end`, async () => {
    const close = () => {
      globalThis.close();
      return new Promise(() => {});
    };
    const throwLater = () => {
      setTimeout(() => {
        throw new RangeError("late");
      });
      return new Promise(() => {});
    };
    await run(async () => {
      await assertRejects(() => call(close), CurioError, "its worker exited with status 0");
      await assertRejects(() => call(throwLater), CurioError, "unhandled error: RangeError: late");
    });
    assertQuiet();
  });

  Deno.test(`${name} says that a module does not load, and why`, async () => {
    await run(async () => {
      const error = await assertRejects(() => call(broken.work), CurioError);
      assertEquals(
        /does not load: RangeError: this module does not load$/.test(error.message),
        true,
      );
      assertInstanceOf(error.cause, RangeError);
      assertEquals(await call(() => 1), 1);
    });
  });

  Deno.test(`${name} makes no call outside a task`, async () => {
    await assertRejects(() => call(() => 1), CurioError, "outside a task");
    assertQuiet();
  });

  Deno.test(`${name} refuses what is no function`, async () => {
    await run(async () => {
      for (const value of [5, null, Promise.resolve(), Map]) {
        await assertRejects(() => call(value as never), TypeError, "Cannot pass");
      }
    });
  });

  Deno.test(`${name} shows WORKER_WAIT`, async () => {
    await run(async () => {
      const caller = spawn(() => call(() => new Promise(() => {})));
      while (caller.state !== "WORKER_WAIT") await new Promise((resolve) => setTimeout(resolve));
      await caller.cancel();
    });
    assertQuiet();
  });

  Deno.test(`${name} cancelled returns at once, whatever the code does`, async () => {
    await run(async () => {
      const caller = spawn(() =>
        call(() => {
          for (;;);
        })
      );
      while (caller.state !== "WORKER_WAIT") await new Promise((resolve) => setTimeout(resolve));
      await caller.cancel();
      assertEquals(await call(() => 1), 1);
    });
    assertQuiet();
  });
}
