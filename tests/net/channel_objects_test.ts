import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { CurioError, TaskTimeout } from "../../kernel/errors.ts";
import { timeoutAfter } from "../../kernel/timeout.ts";
import { loadObjectEncoding } from "../../net/object_encoding.ts";
import { frame, MessagePair, RawPair, writeAll } from "./channel_support.ts";
import { inKernel } from "./support.ts";

const encoding = await loadObjectEncoding("a test");

// deno-lint-ignore no-explicit-any -- a test looks into what it knows
function roundTrip(value: unknown): any {
  return encoding.decode(encoding.encode(value));
}

function bytes(hex: string): Uint8Array {
  return Uint8Array.fromHex(hex.replaceAll(" ", ""));
}

Deno.test("Connection.send() and recv() carry objects, one after the other", () =>
  inKernel(async () => {
    await using pair = await MessagePair.open("peekaboo");
    const values = [1, "two", null, undefined, { three: [4] }, new Map([["five", new Date(6)]])];
    for (const value of values) await pair.left.send(value);
    for (const value of values) assertEquals(await pair.right.recv(), value);
  }));

for (
  const value of [
    undefined,
    null,
    true,
    false,
    0,
    -0,
    1,
    -1,
    0.1,
    NaN,
    Infinity,
    -Infinity,
    5e-324,
    Number.MAX_VALUE,
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
    2 ** 53,
    -(2 ** 64),
    0n,
    -1n,
    255n,
    256n,
    2n ** 64n,
    -(2n ** 200n),
    "",
    "zwölf \u{1F600} \0",
    "half a pair: \ud800.",
    [],
    [1, [2, [3]]],
    {},
    { a: { b: { c: null } } },
    new Date(0),
    new Date(1_700_000_000_001),
    new Date(-8.64e15),
    new Date(NaN),
    /a+\/"/giu,
    new Map<unknown, unknown>([[1, "number"], ["1", "string"], [null, new Map()]]),
    new Set([1, "1", new Set([2])]),
    new Uint8Array([1, 2, 255]),
    new Uint8ClampedArray([1, 255]),
    new Int8Array([-1, 1]),
    new Uint16Array([1, 65535]),
    new Int16Array([-32768]),
    new Uint32Array([4294967295]),
    new Int32Array([-1]),
    new BigInt64Array([-1n, 2n ** 62n]),
    new BigUint64Array([2n ** 64n - 1n]),
    new Float16Array([1.5, -0]),
    new Float32Array([1.5, NaN]),
    new Float64Array([0.1, -0]),
    new Uint8Array([1, 2, 3]).buffer,
    new DataView(new Uint8Array([1, 2, 3]).buffer),
  ]
) {
  Deno.test(`Connection.send() carries ${Deno.inspect(value, { compact: true })}`, () => {
    const arrived = roundTrip([value])[0];
    assertEquals(arrived, value);
    assert(!Object.is(value, -0) || Object.is(arrived, -0));
    assertStrictEquals(
      Object.prototype.toString.call(arrived),
      Object.prototype.toString.call(value),
    );
  });
}

Deno.test("Connection.send() carries the part of a buffer that a view shows", () => {
  const whole = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]);
  const part = roundTrip(whole.subarray(2, 4)) as Uint8Array;
  assertEquals([...part], [3, 4]);
  assertEquals(part.buffer.byteLength, 2);
  assertEquals(roundTrip(new Uint16Array(whole.buffer, 2, 1)), new Uint16Array([0x0403]));
});

Deno.test("Connection.send() carries the holes of an array as holes", () => {
  // deno-lint-ignore no-sparse-arrays -- that is what is tested
  const array = roundTrip([1, , undefined, ,]);
  assertEquals(array.length, 4);
  assertEquals(Object.keys(array), ["0", "2"]);
});

Deno.test("Connection.send() carries a property called __proto__ as any other", () => {
  const object = roundTrip(JSON.parse('{"__proto__": {"admin": true}, "constructor": 1}'));
  assertEquals(Object.keys(object), ["__proto__", "constructor"]);
  assertStrictEquals(Object.getPrototypeOf(object), Object.prototype);
  assertEquals(object.admin, undefined);
});

Deno.test("Connection.send() carries an error with its class, message, stack, cause and own fields", () => {
  const cause = new TypeError("deep");
  const error = Object.assign(new RangeError("bad", { cause }), { code: "E1" });
  const arrived = roundTrip(error);
  assert(arrived instanceof RangeError);
  assertEquals(arrived.message, "bad");
  assertEquals(arrived.stack, error.stack);
  assertEquals((arrived as unknown as { code: string }).code, "E1");
  assert(arrived.cause instanceof TypeError);
  assertEquals(Object.keys(arrived), ["code"]);
});

Deno.test("Connection.send() carries an error of another class by its name", () => {
  const arrived = roundTrip(new Deno.errors.NotFound("gone"));
  assert(arrived instanceof Error && !(arrived instanceof Deno.errors.NotFound));
  assertEquals([arrived.name, arrived.message], ["NotFound", "gone"]);
  const several = roundTrip(new AggregateError([new Error("a"), 2], "several"));
  assert(several instanceof AggregateError);
  assertEquals([several.errors[0].message, several.errors[1]], ["a", 2]);
});

Deno.test("Connection.send() carries an object of a class as a plain one", () => {
  class Point {
    #secret = 1;
    x = 2;
    get y(): number {
      return this.#secret;
    }
  }
  const arrived = roundTrip(new Point());
  assertEquals(arrived, { x: 2 });
  assertStrictEquals(Object.getPrototypeOf(arrived), Object.prototype);
  assertEquals(roundTrip(Object.assign(Object.create(null), { a: 1 })), { a: 1 });
});

Deno.test("Connection.send() keeps references to one object references to one, in cycles too", () => {
  const shared = { n: 1 };
  const map = new Map<unknown, unknown>();
  const value: Record<string, unknown> = { first: shared, second: [shared], map, set: new Set() };
  value.self = value;
  map.set(map, value);
  (value.set as Set<unknown>).add(value.set);
  const error = new Error("of itself");
  error.cause = error;
  value.error = error;
  const buffer = new Uint8Array([1]);
  value.buffers = [buffer, buffer];
  const arrived = roundTrip(value);
  assertStrictEquals(arrived.self, arrived);
  assertStrictEquals(arrived.second[0], arrived.first);
  assertStrictEquals(arrived.map.get(arrived.map), arrived);
  assert(arrived.set.has(arrived.set));
  assertStrictEquals(arrived.error.cause, arrived.error);
  assertStrictEquals(arrived.buffers[0], arrived.buffers[1]);
});

for (
  const value of [
    () => {},
    Symbol("s"),
    Promise.resolve(),
    new WeakMap(),
    new WeakRef({}),
    new SharedArrayBuffer(1),
    new URL("http://localhost"),
    Object(1),
  ]
) {
  Deno.test(`Connection.send() of ${Object.prototype.toString.call(value)} is a DataCloneError`, () => {
    const error = assertThrows(
      () => encoding.encode({ deep: [value] }),
      DOMException,
    ) as DOMException;
    assertEquals(error.name, "DataCloneError");
    assert(error.message.startsWith("Cannot send "));
  });
}

Deno.test("Connection.send() that is refused sends nothing", () =>
  inKernel(async () => {
    await using pair = await MessagePair.open();
    await assertRejects(() => pair.left.send({ f() {} }), DOMException, "the function f");
    await pair.left.send("fine");
    assertEquals(await pair.right.recv(), "fine");
  }));

Deno.test("Connection.send() refuses what is nested too deep, or has too many holes or parts", () => {
  let deep: unknown[] = [];
  for (let depth = 0; depth < 998; depth++) deep = [deep];
  assertEquals(JSON.stringify(roundTrip(deep)), JSON.stringify(deep));
  for (let depth = 0; depth < 100_000; depth++) deep = [deep];
  assertThrows(() => encoding.encode(deep), RangeError, "1000 deep");
  const sparse: number[] = [];
  sparse[4_000_000_000] = 1;
  assertThrows(() => encoding.encode(sparse), RangeError, "holes");
  assertThrows(() => encoding.encode(new Array(2 ** 22).fill(0)), RangeError, "parts");
});

Deno.test("Connection.recv() cancelled keeps what it has of an object", () =>
  inKernel(async () => {
    await using pair = await RawPair.open();
    const message = frame(encoding.encode({ a: [1, 2, 3] }));
    await writeAll(pair.raw, message.subarray(0, 7));
    await assertRejects(() => timeoutAfter(0.01, () => pair.connection.recv()), TaskTimeout);
    await writeAll(pair.raw, message.subarray(7));
    assertEquals(await pair.connection.recv(), { a: [1, 2, 3] });
  }));

Deno.test("Connection.recv() of what is no object is a CurioError, and the connection goes on", () =>
  inKernel(async () => {
    await using pair = await MessagePair.open();
    await pair.left.sendBytes("\x80\x04K\x01."); // a pickle
    await assertRejects(() => pair.right.recv(), CurioError, "Connection.send()");
    await pair.left.send("fine");
    assertEquals(await pair.right.recv(), "fine");
  }));

Deno.test("Connection.recv() takes no longer an object than it is told", () =>
  inKernel(async () => {
    await using pair = await MessagePair.open();
    await pair.left.send("x".repeat(100));
    await assertRejects(() => pair.right.recv(50), CurioError, "at most 50");
  }));

for (
  const [what, hex] of [
    ["nothing", ""],
    ["two values", "01 02"],
    ["a byte that says nothing", "ff"],
    ["a number cut off", "1b 00 00"],
    ["a string cut off", "65 61"],
    ["a string that claims 4 GiB", "7a ff ff ff ff"],
    ["bytes that claim 2 ** 64", "5b ff ff ff ff ff ff ff ff"],
    ["an array that claims 4 billion items", "9a ff ff ff ff"],
    ["an array that claims 2 ** 64 items", "9b ff ff ff ff ff ff ff ff"],
    ["a map that claims 4 billion items", "ba ff ff ff ff"],
    ["a set that claims 4 billion items", "d9 01 02 9a ff ff ff ff"],
    ["an indefinite array", "9f 01 ff"],
    ["an indefinite string", "7f 61 61 ff"],
    ["a number longer than it need be", "19 00 01"],
    ["a map with a key that is no string", "a1 01 02"],
    ["an unknown tag", "d9 ff ff 01"],
    ["a date that is a string", "c1 61 61"],
    ["a bigint that is an array", "c2 80"],
    ["a set that is a number", "d9 01 02 01"],
    ["a reference to nothing", "d8 1d 00"],
    ["a reference to itself", "d8 1c d8 1d 00"],
    ["a reference that is a string", "d8 1d 61 61"],
    ["a hole alone, shared", "d8 1c d8 1b 81 64 68 6f 6c 65"],
    ["a hole in an object", "a1 61 61 d8 1b 81 64 68 6f 6c 65"],
    ["a class of its own", "d8 1b 82 64 45 76 69 6c 01"],
    ["an error cut short", "d8 1b 82 65 45 72 72 6f 72 61 61"],
    ["a regular expression that is none", "d8 1b 83 66 52 65 67 45 78 70 61 28 60"],
    ["a regular expression with flags that are none", "d8 1b 83 66 52 65 67 45 78 70 61 61 61 7a"],
    ["half an item of a typed array", "d8 45 41 01"],
    ["a simple value that is not assigned", "f8 ff"],
    ["arrays in arrays without end", "81".repeat(100_000)],
    ["tags on tags without end", "d8 1c".repeat(100_000)],
  ]
) {
  Deno.test(`Connection.recv() of ${what} is a CurioError`, () => {
    assertThrows(() => encoding.decode(bytes(hex)), CurioError, "Cannot decode a message");
  });
}

Deno.test("Connection.recv() makes no more values than 4 million", () => {
  const many = new Uint8Array(2 ** 22 + 5).fill(0x80);
  many.set(bytes("9a 00 40 00 00"));
  assertThrows(() => encoding.decode(many), CurioError, "too many values");
});

Deno.test("Connection.recv() survives any message, and what it decodes can be sent again", () => {
  let state = 1;
  const random = () => (state = Math.imul(state, 1103515245) + 12345 >>> 0) / 2 ** 32;
  const seed = encoding.encode({
    a: [1, -2n, 1.5, "x"],
    m: new Map([[{}, new Set([1])]]),
    e: new Error("e"),
  });
  for (let round = 0; round < 3000; round++) {
    const message = seed.slice();
    for (let flips = 0; flips < 3; flips++) message[random() * message.length | 0] = random() * 256;
    let decoded: unknown;
    try {
      decoded = encoding.decode(message);
    } catch (error) {
      assert(error instanceof CurioError, String(error));
      continue;
    }
    encoding.encode(decoded);
  }
  assertStrictEquals(({} as Record<string, unknown>).admin, undefined);
});
