// What the suite relies on in @std: true of the hermetic adapters, and of the real packages under
// `deno task test:jsr`.
import {
  assert,
  assertAlmostEquals,
  assertArrayIncludes,
  assertEquals,
  assertExists,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertNotStrictEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  fail,
  unreachable,
} from "@std/assert";
import { deadline, delay } from "@std/async";
import { assertSpyCalls, spy } from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";

class Point {
  constructor(readonly x: number, readonly y: number) {}
}

class Pixel {
  constructor(readonly x: number, readonly y: number) {}
}

const refused = (body: () => unknown, says?: string): AssertionError =>
  assertThrows(body, AssertionError, says);

const EQUAL: [unknown, unknown][] = [
  [NaN, NaN],
  [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }],
  [new Point(1, 2), new Point(1, 2)],
  [new Map([["a", { b: 1 }]]), new Map([["a", { b: 1 }]])],
  [new Set([{ a: 1 }]), new Set([{ a: 1 }])],
  [new Uint8Array([1, 2]), new Uint8Array([1, 2])],
  [new Date(5), new Date(5)],
  [/a/g, /a/g],
  [new URL("file:///a"), new URL("file:///a")],
];

const UNEQUAL: [unknown, unknown][] = [
  [1, "1"],
  [null, undefined],
  [{ a: undefined }, {}],
  [[1, 2], [2, 1]],
  [new Point(1, 2), new Pixel(1, 2)],
  [new Map([["a", 1]]), new Map([["a", 2]])],
  [new Set([1]), new Set([2])],
  [new Uint8Array([1, 2]), new Uint8Array([1, 3])],
  [new Uint8Array([1]), new Int8Array([1])],
  [new Date(5), new Date(6)],
  [/a/g, /a/i],
  [new URL("file:///a"), new URL("file:///b")],
];

Deno.test("assertEquals() and assertNotEquals() compare class and content", () => {
  for (const [a, b] of EQUAL) {
    assertEquals(a, b);
    refused(() => assertNotEquals(a, b));
  }
  for (const [a, b] of UNEQUAL) {
    assertNotEquals(a, b);
    refused(() => assertEquals(a, b, "my note"), "my note");
  }
});

Deno.test("assertStrictEquals() and assertNotStrictEquals() compare identity", () => {
  const point = new Point(1, 2);
  assertStrictEquals(point, point);
  assertStrictEquals(NaN, NaN);
  assertNotStrictEquals(point, new Point(1, 2));
  refused(() => assertStrictEquals(point, new Point(1, 2)));
  refused(() => assertNotStrictEquals(point, point));
});

Deno.test("assert(), assertFalse(), assertExists(), fail() and unreachable() judge one value", () => {
  assert("x");
  assertFalse("");
  assertExists(0);
  refused(() => assert(0, "my note"), "my note");
  refused(() => assertFalse(1));
  refused(() => assertExists(null));
  refused(() => assertExists(undefined));
  refused(() => fail("my note"), "my note");
  refused(() => unreachable());
});

Deno.test("assertGreater() and its kin compare by order", () => {
  assertGreater(2, 1);
  assertGreaterOrEqual(2, 2);
  assertLess(1n, 2n);
  assertLessOrEqual("a", "a");
  refused(() => assertGreater(1, 1));
  refused(() => assertGreaterOrEqual(1, 2));
  refused(() => assertLess(1, 1));
  refused(() => assertLessOrEqual(2, 1));
});

Deno.test("assertAlmostEquals() allows a ten-millionth, or what it is told", () => {
  assertAlmostEquals(0.1 + 0.2, 0.3);
  assertAlmostEquals(10, 11, 1);
  refused(() => assertAlmostEquals(10, 11));
});

Deno.test("assertStringIncludes(), assertMatch() and assertArrayIncludes() look inside", () => {
  assertStringIncludes("hello", "ell");
  assertMatch("hello", /l+o$/);
  assertArrayIncludes([new Point(1, 2), new Point(3, 4)], [new Point(3, 4)]);
  refused(() => assertStringIncludes("hello", "elo"));
  refused(() => assertMatch("hello", /x/));
  refused(() => assertArrayIncludes([1, 2], [3]));
});

Deno.test("assertInstanceOf() checks and narrows", () => {
  const value: unknown = new Point(1, 2);
  assertInstanceOf(value, Point);
  assertEquals(value.x, 1);
  refused(() => assertInstanceOf(value, Pixel));
});

Deno.test("assertThrows() returns the error, checked for class and message", () => {
  const error = assertThrows(() => JSON.parse("{"), SyntaxError);
  assert(error.message.length > 0);
  assertStrictEquals(
    assertThrows(() => {
      throw 7;
    }),
    7,
  );
  refused(() => assertThrows(() => 1), "Expected function to throw");
  refused(() => assertThrows(() => JSON.parse("{"), RangeError), "RangeError");
  refused(() => assertThrows(() => JSON.parse("{"), SyntaxError, "no such words"));
});

Deno.test("assertRejects() returns the error, checked for class and message", async () => {
  const cause = new RangeError("too far");
  const reject = () => Promise.reject(cause);
  assertStrictEquals(await assertRejects(reject), cause);
  assertStrictEquals(await assertRejects(reject, RangeError, "far"), cause);
  assertStrictEquals(await assertRejects(() => Promise.reject(7)), 7);
  const kept = () => Promise.resolve();
  await assertRejects(() => assertRejects(kept), AssertionError, "Expected function to reject");
  await assertRejects(() => assertRejects(reject, TypeError), AssertionError, "TypeError");
  await assertRejects(() => assertRejects(reject, RangeError, "near"), AssertionError, "near");
});

Deno.test("assertRejects() refuses a function that throws before there is a promise", async () => {
  const thrower = () => {
    throw new Error("at once");
  };
  await assertRejects(() => assertRejects(thrower), AssertionError, "Function throws");
});

Deno.test("delay() resolves in time and rejects with its signal's reason", async () => {
  await delay(1);
  const reason = new RangeError("enough");
  const controller = new AbortController();
  const waiting = assertRejects(() => delay(60_000, { signal: controller.signal }), RangeError);
  controller.abort(reason);
  assertStrictEquals(await waiting, reason);
  await assertRejects(() => delay(1, { signal: AbortSignal.abort(reason) }), RangeError, "enough");
});

Deno.test("deadline() settles as its promise does, or rejects with TimeoutError", async () => {
  assertEquals(await deadline(Promise.resolve(7), 60_000), 7);
  const error = await assertRejects(() => deadline(new Promise(() => {}), 1), DOMException);
  assertEquals(error.name, "TimeoutError");
});

Deno.test("spy() remembers arguments and results", () => {
  const double = spy((n: number) => n * 2);
  assertEquals(double(21), 42);
  assertSpyCalls(double, 1);
  assertEquals(double.calls[0]?.args, [21]);
  assertEquals(double.calls[0]?.returned, 42);
  refused(() => assertSpyCalls(double, 2));
});

Deno.test("FakeTime moves timers and Date only when told", () => {
  const trace: string[] = [];
  {
    using time = new FakeTime(1_000);
    setTimeout(() => trace.push(`timeout at ${Date.now()}`), 50);
    const interval = setInterval(() => trace.push(`interval at ${Date.now()}`), 20);
    time.tick(45);
    assertEquals(trace, ["interval at 1020", "interval at 1040"]);
    clearInterval(interval);
    assert(time.next());
    assertEquals(time.now, 1_050);
    assertEquals(time.start, 1_000);
  }
  assertEquals(trace.at(-1), "timeout at 1050");
  assertGreater(Date.now(), 1_000_000);
});

Deno.test("FakeTime.tickAsync() lets microtasks run first", async () => {
  using time = new FakeTime();
  let waited = false;
  const waiting = Promise.resolve().then(() => delay(1_000)).then(() => {
    waited = true;
  });
  await time.tickAsync(1_000);
  await waiting;
  assert(waited);
});
