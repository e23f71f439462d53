import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describeCallable, resolveCallable } from "../../workers/callable.ts";
import { workerModule } from "../../workers/worker_module.ts";
import type * as jobs from "./jobs.ts";

/** `fn` as it arrives in a worker. */
async function sent(
  fn: unknown,
  scope?: Record<string, unknown>,
): Promise<(...args: unknown[]) => unknown> {
  return await resolveCallable(structuredClone(describeCallable(fn, "send()")), scope);
}

const outside = 1;

class Methods {
  plain(n: number) {
    return n + 1;
  }
  async later(n: number) {
    return await Promise.resolve(n + 2);
  }
  static fixed(n: number) {
    return n + 3;
  }
  "with a name of its own"(n: number) {
    return n + 4;
  }
  async(n: number) {
    return n + 5;
  }
}

const methods = {
  short: (n: number) => n + 6,
  ["computed" + outside](n: number) {
    return n + 7;
  },
};

const FORMS: [what: string, fn: (n: number) => unknown, result: unknown][] = [
  ["a function", function (n) {
    return n * 2;
  }, 20],
  ["a named function", function double(n) {
    return n * 2;
  }, 20],
  ["an async function", async function (n) {
    return await n * 2;
  }, 20],
  ["an arrow function", (n) => n * 2, 20],
  ["an async arrow function", async (n) => await n * 2, 20],
  ["a method", new Methods().plain, 11],
  ["an async method", new Methods().later, 12],
  ["a static method", Methods.fixed, 13],
  ["a method with a quoted name", new Methods()["with a name of its own"], 14],
  ["a method called async", new Methods().async, 15],
  ["an arrow function of an object", methods.short, 16],
];

for (const [what, fn, result] of FORMS) {
  Deno.test(`describeCallable() lets ${what} travel as source`, async () => {
    assertEquals(await (await sent(fn))(10), result);
  });
}

Deno.test("describeCallable() lets a function call itself by the name of its variable", async () => {
  const fib = (n: number): number => n < 2 ? n : fib(n - 1) + fib(n - 2);
  assertEquals((await sent(fib))(10), 55);
  const factorial = function (n: number): number {
    return n < 2 ? 1 : n * factorial(n - 1);
  };
  assertEquals((await sent(factorial))(5), 120);
});

Deno.test("describeCallable() lets code run in strict mode, as in a module", async () => {
  const self = await sent(function (this: unknown) {
    return this;
  });
  assertEquals(self(), undefined);
});

Deno.test("resolveCallable() shows a function what is in scope", async () => {
  assertEquals((await sent(() => outside + 1, { outside: 5 }))(), 6);
});

Deno.test("resolveCallable() prefers a function's own name to what is in scope", async () => {
  const sleep = (n: number): number => n === 0 ? 7 : sleep(n - 1);
  assertEquals((await sent(sleep, { sleep: () => 0 }))(3), 7);
});

Deno.test("resolveCallable() names what a function refers to and cannot see, and shows the way", async () => {
  async function work() {
    await null;
    return outside;
  }
  for (const fn of [work, () => outside]) {
    const error = await assertRejects(async () => await (await sent(fn))(), ReferenceError);
    const { name } = fn;
    assertEquals(
      error.message,
      `Cannot run '${name || "anonymous"}' in a worker because it refers to 'outside', which is ` +
        "not visible there: pass it as an argument, or put the function and what it refers to " +
        "into a module of its own, and pass " +
        `workerModule<typeof import("./jobs.ts")>(import.meta.resolve("./jobs.ts")).${
          name || "anonymous"
        }`,
    );
  }
});

Deno.test("resolveCallable() leaves other errors as they are", async () => {
  const error = new ReferenceError("mine is not defined");
  const rethrow = await sent((e: Error) => {
    throw e;
  });
  assertEquals(assertThrows(() => rethrow(error), ReferenceError), error);
});

const REFUSED: [what: string, fn: unknown, why: RegExp][] = [
  ["a class", Methods, /'Methods' .* it is a class: pass a function that makes an instance/],
  ["a generator", function* () {}, /an iterator cannot travel/],
  ["an async generator", async function* () {}, /an iterator cannot travel/],
  ["a native function", Math.sqrt, /'sqrt' .* native or bound.*: wrap it in a function/],
  ["a bound function", methods.short.bind(null), /native or bound/],
  ["import.meta", () => import.meta.url, /cannot stand alone .*import\.meta.*workerModule</],
  ["what is no function", 5, /^Cannot pass 5 to send\(\): pass a function and its arguments$/],
  ["a promise", Promise.resolve(), /^Cannot pass a promise to send\(\)/],
];

for (const [what, fn, why] of REFUSED) {
  Deno.test(`describeCallable() refuses ${what}`, () => {
    assertThrows(() => describeCallable(fn, "send()"), TypeError, "Cannot pass");
    const error = assertThrows(() => describeCallable(fn, "send()"), TypeError);
    assertEquals(why.test(error.message), true, error.message);
  });
}

Deno.test("describeCallable() of a module's function is its address and name", async () => {
  const url = import.meta.resolve("./jobs.ts");
  const module = workerModule<typeof jobs>(url);
  assertEquals(describeCallable(module.add, "send()"), {
    kind: "module",
    url,
    export: "add",
    name: "add",
  });
  assertEquals((await sent(module.add))(2), 42);
});

Deno.test("resolveCallable() says which export there is not", async () => {
  const module = workerModule<Record<string, () => void>>(import.meta.resolve("./jobs.ts"));
  await assertRejects(() => sent(module.nothing), TypeError, "that is no export of it: export");
  await assertRejects(() => sent(module.notAFunction), TypeError, "that is no function: export");
});
