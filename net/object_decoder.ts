import { CurioError } from "../kernel/errors.ts";
import type { Cbor, CborToken, CborTokenizer, CborType } from "./cbor.ts";
import * as tags from "./object_tags.ts";

/** An index of an array without an element. */
const HOLE = Symbol("hole");
/** A shared value of which nothing is there yet. */
const UNBORN = Symbol("unborn");

const CLASS_OF = new Map<number, (typeof tags.TYPED_ARRAYS)[number][1]>(tags.TYPED_ARRAYS);
/** The errors that are of a class of their own; any other is an `Error` that has its name. */
const ERRORS = new Map<string, (message: string) => Error>(
  [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]
    .map((cls) => [cls.name, (message) => new cls(message)]),
).set("AggregateError", (message) => new AggregateError([], message));

/**
 * The value that `message` holds, which may come from anybody: nothing but plain data and built-in
 * containers of it are made, in proportion to its length.
 *
 * @throws {CurioError} If it is not in our encoding.
 */
export function decodeObject(cbor: Cbor, message: Uint8Array): unknown {
  try {
    return new Builder(cbor, message).build();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CurioError(
      `Cannot decode a message of ${message.length} bytes because it is no object in our encoding ` +
        `(${why}): have the peer use Connection.send(), or use recvBytes()`,
      { cause },
    );
  }
}

/** Makes a value of tokens. */
class Builder {
  readonly #cbor: Cbor;
  readonly #message: Uint8Array;
  readonly #tokens: CborTokenizer;
  readonly #shared: unknown[] = [];
  #values = 0;
  #depth = 0;

  constructor(cbor: Cbor, message: Uint8Array) {
    this.#cbor = cbor;
    this.#message = message;
    this.#tokens = new cbor.Tokenizer(message, { strict: true, allowIndefinite: false });
  }

  build(): unknown {
    const value = this.#value(null);
    if (!this.#tokens.done()) throw new Error("it goes on after its end");
    return value;
  }

  /** @param keep Is given the value as soon as there is one, before what is in it. */
  #value(keep: Keep): unknown {
    const { Type } = this.#cbor;
    const token = this.#next();
    switch (token.type) {
      case Type.array:
        return this.#array(token, kept(keep, []));
      case Type.map:
        return this.#plain(token, kept(keep, {}));
      case Type.tag:
        return this.#tagged(token.value, keep);
      case Type.bytes:
        return new Uint8Array(token.value);
      default:
        return token.value;
    }
  }

  #nested(keep: Keep = null): unknown {
    if (++this.#depth > tags.DEEPEST) throw new Error("it is nested too deep");
    const value = this.#value(keep);
    this.#depth--;
    return value;
  }

  #array(token: CborToken, array: unknown[]): unknown[] {
    const length = this.#count(token, 1);
    for (let index = 0; index < length; index++) {
      const item = this.#nested();
      if (item === HOLE) array.length++;
      else array.push(item);
    }
    return array;
  }

  #plain(token: CborToken, object: object): object {
    const count = this.#count(token, 2);
    for (let index = 0; index < count; index++) this.#define(object, this.#string(), this.#data());
    return object;
  }

  /** Never by assignment where that could be anything but a new property. */
  #define(object: object, key: string, value: unknown, enumerable: boolean = true): void {
    if (enumerable && key !== "__proto__") (object as Record<string, unknown>)[key] = value;
    else {
      Object.defineProperty(object, key, { value, enumerable, writable: true, configurable: true });
    }
  }

  #tagged(tag: number, keep: Keep): unknown {
    const { Type } = this.#cbor;
    switch (tag) {
      case tags.DATE:
        return new Date(Math.round(this.#number() * 1000));
      case tags.POSITIVE:
        return toBigInt(this.#bytes());
      case tags.NEGATIVE:
        return -1n - toBigInt(this.#bytes());
      case tags.SET:
        return this.#set(kept(keep, new Set()));
      case tags.MAP:
        return this.#map(kept(keep, new Map()));
      case tags.SHARED:
        return this.#share();
      case tags.REFERENCE:
        return this.#reference(this.#expect(Type.uint).value);
      case tags.NAMED:
        return this.#named(keep);
      default:
        return this.#typedArray(tag);
    }
  }

  #set(set: Set<unknown>): Set<unknown> {
    const count = this.#count(this.#expect(this.#cbor.Type.array), 1);
    for (let index = 0; index < count; index++) set.add(this.#data());
    return set;
  }

  #map(map: Map<unknown, unknown>): Map<unknown, unknown> {
    const count = this.#count(this.#expect(this.#cbor.Type.map), 2);
    for (let index = 0; index < count; index++) map.set(this.#data(), this.#data());
    return map;
  }

  #share(): unknown {
    const number = this.#shared.push(UNBORN) - 1;
    const value = this.#nested((born) => this.#shared[number] = born);
    if (value === HOLE) throw new Error("it refers to a hole");
    return this.#shared[number] = value;
  }

  #reference(number: number): unknown {
    const value = number < this.#shared.length ? this.#shared[number] : UNBORN;
    if (value === UNBORN) throw new Error(`it refers to a value ${number} that is not there`);
    return value;
  }

  #named(keep: Keep): unknown {
    const { Type } = this.#cbor;
    const count = this.#count(this.#expect(Type.array), 1);
    const name = this.#string();
    if (count !== COUNTS.get(name)) throw new Error(`it has a "${name}" of ${count} parts`);
    switch (name) {
      case tags.Named.ERROR:
        return this.#error(keep);
      case tags.Named.REGEXP:
        return new RegExp(this.#string(), this.#string());
      case tags.Named.BUFFER:
        return this.#bytes().buffer;
      case tags.Named.VIEW:
        return new DataView(this.#bytes().buffer);
      case tags.Named.UTF16:
        return fromUnits(new Uint16Array(this.#bytes().buffer));
      default:
        return HOLE;
    }
  }

  #error(keep: Keep): Error {
    const name = this.#string();
    const message = this.#string();
    const stack = this.#data();
    const error = kept(keep, ERRORS.get(name)?.(message) ?? new Error(message));
    if (error.name !== name) this.#define(error, "name", name, false);
    this.#define(error, "stack", typeof stack === "string" ? stack : undefined, false);
    const count = this.#count(this.#expect(this.#cbor.Type.map), 2);
    for (let index = 0; index < count; index++) {
      const key = this.#string();
      this.#define(error, key, this.#data(), key !== "cause" && key !== "errors");
    }
    return error;
  }

  #typedArray(tag: number): ArrayBufferView {
    const cls = CLASS_OF.get(tag);
    if (cls === undefined) throw new Error(`it has a tag ${tag}`);
    return new cls(this.#bytes().buffer);
  }

  /** A value that is no hole. */
  #data(): unknown {
    const value = this.#nested();
    if (value === HOLE) throw new Error("it has a hole outside an array");
    return value;
  }

  #string(): string {
    const value = this.#nested();
    if (typeof value !== "string") throw new Error("it has something else where a string must be");
    return value;
  }

  #number(): number {
    const value = this.#nested();
    if (typeof value !== "number") throw new Error("it has something else where a number must be");
    return value;
  }

  #bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#expect(this.#cbor.Type.bytes).value as Uint8Array);
  }

  #expect(type: CborType): CborToken {
    const token = this.#next();
    if (token.type !== type) throw new Error(`it has ${token.type.name} for ${type.name}`);
    return token;
  }

  /** How many items an array or map has; at least there must be room for them. */
  #count(token: CborToken, each: number): number {
    const count = Number(token.value);
    if (count * each > this.#message.length - this.#tokens.pos()) {
      throw new Error(`it ends before its ${count} items`);
    }
    return count;
  }

  #next(): CborToken {
    if (this.#tokens.done()) throw new Error("it ends too soon");
    if (++this.#values > tags.MOST_VALUES) throw new Error("it has too many values");
    return this.#tokens.next();
  }
}

/** Keeps a value for those who refer to it; `null` if nobody does. */
type Keep = ((value: unknown) => void) | null;

function kept<T>(keep: Keep, value: T): T {
  keep?.(value);
  return value;
}

/** How many parts each of {@linkcode tags.Named} has, with its name. */
const COUNTS = new Map<string, number>([
  [tags.Named.ERROR, 5],
  [tags.Named.REGEXP, 3],
  [tags.Named.BUFFER, 2],
  [tags.Named.VIEW, 2],
  [tags.Named.UTF16, 2],
  [tags.Named.HOLE, 1],
]);

function toBigInt(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${bytes.toHex()}`);
}

function fromUnits(units: Uint16Array): string {
  const parts: string[] = [];
  for (let at = 0; at < units.length; at += 8192) {
    parts.push(String.fromCharCode(...units.subarray(at, at + 8192)));
  }
  return parts.join("");
}
