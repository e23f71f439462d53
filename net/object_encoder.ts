import { types } from "node:util";
import type { Cbor, CborToken, CborType } from "./cbor.ts";
import * as tags from "./object_tags.ts";

/** A token, or nothing yet: what is not there may become a tag. */
type Slot = CborToken | CborToken[];

/** An object that has been met, and the references to it. */
interface Met {
  readonly slot: number;
  references: CborToken[] | null;
}

const NOTHING: CborToken[] = [];
/** More holes than that are not worth their bytes. */
const MOST_HOLES = 100_000;

const TAG_OF = new Map<string, number>(
  tags.TYPED_ARRAYS.map(([tag, cls]) => [cls.name, tag]),
);
const typedArrayName = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
)!.get!;

/**
 * `value` in CBOR.
 *
 * @throws {DOMException} `DataCloneError` for what cannot travel.
 * @throws {RangeError} For what is too deep or too large.
 */
export function encodeObject(cbor: Cbor, value: unknown): Uint8Array {
  const tokens = new Flattener(cbor).flatten(value);
  return cbor.encode({}, { float64: true, typeEncoders: { Object: () => tokens } });
}

/** Makes a flat list of tokens of a value. */
class Flattener {
  readonly #cbor: Cbor;
  readonly #slots: Slot[] = [];
  readonly #met = new Map<object, Met>();
  #depth = 0;
  #holes = 0;

  constructor(cbor: Cbor) {
    this.#cbor = cbor;
  }

  flatten(value: unknown): Slot[] {
    this.#value(value);
    this.#resolveReferences();
    return this.#slots;
  }

  #value(value: unknown): void {
    const { Type } = this.#cbor;
    switch (typeof value) {
      case "string":
        return this.#string(value);
      case "number":
        return this.#number(value);
      case "boolean":
        return this.#put(value ? Type.true : Type.false, value);
      case "undefined":
        return this.#put(Type.undefined, value);
      case "bigint":
        return this.#bigint(value);
      case "object":
        return value === null ? this.#put(Type.null, null) : this.#reference(value);
      default:
        throw cannotTravel(value);
    }
  }

  #string(text: string): void {
    if (text.isWellFormed()) {
      this.#put(this.#cbor.Type.string, text);
      return;
    }
    const units = Uint16Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
    this.#named(tags.Named.UTF16, 1, bytesOf(units));
  }

  #number(value: number): void {
    const { Type } = this.#cbor;
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) this.#put(Type.float, value);
    else this.#put(value < 0 ? Type.negint : Type.uint, value);
  }

  #bigint(value: bigint): void {
    this.#tag(value < 0n ? tags.NEGATIVE : tags.POSITIVE);
    const digits = (value < 0n ? -1n - value : value).toString(16);
    this.#bytes(Uint8Array.fromHex(digits.length % 2 === 0 ? digits : `0${digits}`));
  }

  #reference(value: object): void {
    const met = this.#met.get(value);
    if (met !== undefined) {
      this.#tag(tags.REFERENCE);
      this.#put(this.#cbor.Type.uint, 0);
      (met.references ??= []).push(this.#slots.at(-1) as CborToken);
      return;
    }
    this.#met.set(value, { slot: this.#slots.length, references: null });
    this.#slots.push(NOTHING);
    if (++this.#depth > tags.DEEPEST) throw tooDeep();
    this.#object(value);
    this.#depth--;
  }

  #object(value: object): void {
    const prototype = Object.getPrototypeOf(value);
    if (Array.isArray(value)) this.#array(value);
    else if (prototype === Object.prototype || prototype === null) this.#plain(value);
    else if (ArrayBuffer.isView(value)) this.#view(value);
    else if (types.isArrayBuffer(value)) this.#named(tags.Named.BUFFER, 1, new Uint8Array(value));
    else if (types.isDate(value)) this.#date(value);
    else if (types.isMap(value)) this.#map(value);
    else if (types.isSet(value)) this.#set(value);
    else if (types.isRegExp(value)) this.#named(tags.Named.REGEXP, 2, value.source, value.flags);
    else if (value instanceof Error) this.#error(value);
    else if (Object.prototype.toString.call(value) === "[object Object]") this.#plain(value);
    else throw cannotTravel(value);
  }

  #array(array: readonly unknown[]): void {
    this.#put(this.#cbor.Type.array, array.length);
    for (let index = 0; index < array.length; index++) {
      const item = array[index];
      if (item === undefined && !(index in array)) this.#hole(array);
      else this.#value(item);
    }
  }

  #hole(array: readonly unknown[]): void {
    if (++this.#holes > MOST_HOLES) throw tooSparse(array.length);
    this.#named(tags.Named.HOLE, 0);
  }

  #plain(object: object): void {
    const keys = Object.keys(object);
    this.#put(this.#cbor.Type.map, keys.length);
    for (const key of keys) {
      this.#string(key);
      this.#value((object as Record<string, unknown>)[key]);
    }
  }

  #view(view: ArrayBufferView): void {
    const name = typedArrayName.call(view);
    const bytes = bytesOf(view);
    if (name === undefined) return this.#named(tags.Named.VIEW, 1, bytes);
    const tag = TAG_OF.get(name);
    if (tag !== undefined) this.#tag(tag);
    this.#bytes(bytes);
  }

  #date(date: Date): void {
    this.#tag(tags.DATE);
    this.#number(Date.prototype.getTime.call(date) / 1000);
  }

  #map(map: ReadonlyMap<unknown, unknown>): void {
    this.#tag(tags.MAP);
    const entries = [...Map.prototype.entries.call(map)];
    this.#put(this.#cbor.Type.map, entries.length);
    for (const [key, value] of entries) {
      this.#value(key);
      this.#value(value);
    }
  }

  #set(set: ReadonlySet<unknown>): void {
    this.#tag(tags.SET);
    const values = [...Set.prototype.values.call(set)];
    this.#put(this.#cbor.Type.array, values.length);
    for (const value of values) this.#value(value);
  }

  #error(error: Error): void {
    const { name, message, stack } = error;
    const others = new Set(Object.keys(error));
    for (const key of ["cause", "errors"]) if (Object.hasOwn(error, key)) others.add(key);
    for (const key of ["name", "message", "stack"]) others.delete(key);
    const text = typeof stack === "string" ? stack : null;
    this.#named(tags.Named.ERROR, 4, String(name), String(message), text);
    this.#put(this.#cbor.Type.map, others.size);
    for (const key of others) {
      this.#string(key);
      this.#value((error as unknown as Record<string, unknown>)[key]);
    }
  }

  /** The start of what has a name, and `count` more: the first of which may be given. */
  #named(name: string, count: number, ...given: (string | null | Uint8Array)[]): void {
    this.#tag(tags.NAMED);
    this.#put(this.#cbor.Type.array, 1 + count);
    this.#string(name);
    for (const item of given) {
      if (item instanceof Uint8Array) this.#bytes(item);
      else this.#value(item);
    }
  }

  #tag(tag: number): void {
    this.#put(this.#cbor.Type.tag, tag);
  }

  #bytes(bytes: Uint8Array): void {
    this.#put(this.#cbor.Type.bytes, bytes);
  }

  #put(type: CborType, value: unknown): void {
    if (this.#slots.length >= tags.MOST_VALUES) throw tooMany();
    this.#slots.push(new this.#cbor.Token(type, value));
  }

  /** Now it is known which objects are referred to, and so which number each has. */
  #resolveReferences(): void {
    const { Token, Type } = this.#cbor;
    let number = 0;
    for (const { slot, references } of this.#met.values()) {
      if (references === null) continue;
      this.#slots[slot] = new Token(Type.tag, tags.SHARED);
      for (const token of references) token.value = number;
      number++;
    }
  }
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function cannotTravel(value: unknown): DOMException {
  const kind = typeof value === "object" ? Object.prototype.toString.call(value) : typeof value;
  const shown = typeof value === "function" ? `the function ${value.name || "(anonymous)"}` : kind;
  return new DOMException(
    `Cannot send ${shown} because it is no plain data: send what it stands for`,
    "DataCloneError",
  );
}

function tooDeep(): RangeError {
  return new RangeError(
    `Cannot send an object that is nested more than ${tags.DEEPEST} deep: send a flatter one, such as ` +
      `an array of its parts`,
  );
}

function tooMany(): RangeError {
  return new RangeError(
    `Cannot send an object of more than ${tags.MOST_VALUES} parts: send it in several, or as bytes`,
  );
}

function tooSparse(length: number): RangeError {
  return new RangeError(
    `Cannot send an array of length ${length} with more than ${MOST_HOLES} holes: send a Map`,
  );
}
