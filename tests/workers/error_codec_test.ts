import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { CurioError, QueueEmpty, TaskCancelled } from "../../mod.ts";
import { decodeError, encodeError, reviveError } from "../../workers/error_codec.ts";

function canTravel(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

/** `thrown` as it arrives on the other side. */
// deno-lint-ignore no-explicit-any -- tests look at all kinds of fields
function sent(thrown: unknown): any {
  return reviveError(structuredClone(encodeError(thrown, canTravel)));
}

class ParseError extends SyntaxError {
  override name = "ParseError";
  constructor(message: string, readonly line: number, readonly notes: Map<string, number>) {
    super(message);
  }
}

Deno.test("encodeError() keeps class, name, message, fields and stack", () => {
  const error = new ParseError("no such word", 7, new Map([["column", 3]]));
  const copy = sent(error);
  assertEquals([copy.name, copy.message, copy.stack], [error.name, error.message, error.stack]);
  assertEquals([copy.line, copy.notes], [7, new Map([["column", 3]])]);
  assertEquals(Object.keys(copy), Object.keys(error).filter((key) => key !== "name"));
  assertInstanceOf(copy, SyntaxError);
});

for (
  const error of [
    new TypeError("a"),
    new RangeError("b"),
    new URIError("c"),
    new Deno.errors.NotFound("d"),
    new AggregateError([], "e"),
  ]
) {
  Deno.test(`encodeError() lets instanceof hold for ${error.constructor.name}`, () => {
    const copy = sent(error);
    assertInstanceOf(copy, error.constructor as ErrorConstructor);
    assertEquals([copy.name, copy.message], [error.name, error.message]);
    assert(Error.isError(copy));
  });
}

Deno.test("encodeError() lets instanceof hold for the library's classes", () => {
  const copy = sent(new QueueEmpty("nothing there"));
  assertInstanceOf(copy, QueueEmpty);
  assertInstanceOf(copy, CurioError);
  assertEquals(copy.name, "QueueEmpty");
  assertEquals(sent(new TaskCancelled("x")).origin, { kind: "cancel", by: null });
});

Deno.test("encodeError() keeps a DOMException", () => {
  const copy = sent(new DOMException("gone", "AbortError"));
  assertInstanceOf(copy, DOMException);
  assertEquals([copy.name, copy.code, copy.message], ["AbortError", 20, "gone"]);
});

Deno.test("encodeError() keeps causes, and errors in fields", () => {
  const cause = new RangeError("inner", { cause: "the bottom" });
  const copy = sent(
    Object.assign(new Error("outer", { cause }), { first: cause, all: [cause, 1] }),
  );
  assertInstanceOf(copy.cause, RangeError);
  assertEquals(copy.cause.cause, "the bottom");
  assertEquals([copy.first === copy.cause, copy.all[0] === copy.cause, copy.all[1]], [
    true,
    true,
    1,
  ]);
  assertEquals(Object.getOwnPropertyDescriptor(copy, "cause")!.enumerable, false);
});

Deno.test("encodeError() keeps the errors of an AggregateError", () => {
  const copy = sent(new AggregateError([new TypeError("one"), "two"], "both"));
  assertInstanceOf(copy.errors[0], TypeError);
  assertEquals([copy.errors[0].message, copy.errors[1]], ["one", "two"]);
});

Deno.test("encodeError() goes round in circles only once", () => {
  const error = new Error("head");
  error.cause = new AggregateError([error], "tail");
  const copy = sent(error);
  assert(copy.cause.errors[0] === copy);
});

Deno.test("encodeError() ends with chains that do not", () => {
  let error = new Error("0");
  for (let i = 1; i < 5000; i++) error = new Error(String(i), { cause: error });
  const parcel = encodeError(error, canTravel);
  assertEquals(parcel.errors.length, 1000);
  assertInstanceOf(reviveError(parcel), Error);
});

Deno.test("encodeError() leaves out what cannot travel, and what is computed", () => {
  const error = Object.assign(new Error("x"), { call: () => 1, kept: 2 });
  Object.defineProperty(error, "bad", {
    enumerable: true,
    get() {
      throw new Error("not to be called");
    },
  });
  const copy = sent(error);
  assertEquals(Object.keys(copy), ["kept"]);
});

Deno.test("encodeError() takes whatever is thrown", () => {
  for (const thrown of [42, "text", null, undefined, { code: 1 }, [1n]]) {
    assertEquals(sent(thrown), thrown);
  }
  const copy = sent(Symbol("mine"));
  assertInstanceOf(copy, Error);
  assertEquals(copy.message, "Something that cannot travel was thrown: Symbol(mine)");
});

Deno.test("encodeError() survives errors whose properties throw", () => {
  const error = new Error("x");
  Object.defineProperty(error, "message", {
    get() {
      throw new Error("no");
    },
  });
  assertEquals(sent(error).message, "");
});

Deno.test("decodeError() makes an ordinary error of a class it does not know", () => {
  class Strange extends Error {}
  const copy = decodeError(encodeError(new Strange("x"), canTravel));
  assertInstanceOf(copy, Error);
  assertEquals(Object.getPrototypeOf(copy), Error.prototype);
});
