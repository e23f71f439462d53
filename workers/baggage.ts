/**
 * Arguments that are more than data: a universal queue that is handed to a thread, say. Such an object
 * has a method `[PACK]`, which leaves data and ports for the worker, and its kind has an unpacker there.
 */
import type { Baggage } from "./far_protocol.ts";

/** The method that packs an object for a worker. */
export const PACK: unique symbol = Symbol.for("@curio/core pack") as never;

/** What {@linkcode PACK} returns. */
export interface Packed {
  /** Which unpacker to use. */
  readonly kind: string;
  /** What it is given. */
  readonly data: unknown;
  /** What of `data` is to be transferred. */
  readonly transfer: Transferable[];
  /** To be called once the call is over in the worker, or will never be made. */
  release(): void;
}

/** An object that can be packed. */
export interface Packable {
  [PACK](): Packed;
}

/** A function that travels as text (see `far_text.ts`), and those that it uses. */
export interface Unpacker {
  readonly kind: string;
  readonly unpack: (data: never) => unknown;
  // deno-lint-ignore no-explicit-any -- parts are of every shape
  readonly parts: readonly ((...args: any[]) => unknown)[];
}

const unpackers = new Map<string, Unpacker>();

/** Makes a kind of baggage known, before the first worker is started. */
export function registerUnpacker(unpacker: Unpacker): void {
  unpackers.set(unpacker.kind, unpacker);
}

/** Every kind of baggage. */
export function allUnpackers(): readonly Unpacker[] {
  return [...unpackers.values()];
}

/** `args` with what is packed taken out, and how to put it in again. */
export interface PackedArguments {
  readonly args: readonly unknown[];
  readonly baggage: readonly Baggage[];
  readonly transfer: Transferable[];
  /** Releases what was packed: see {@linkcode Packed}. */
  release(): void;
}

/**
 * Whether one of `args` must be packed.
 *
 * @throws {DOMException} A `DataCloneError`, if what must be packed is in one of them: a clone would be
 * an empty object there.
 */
export function hasBaggage(args: readonly unknown[]): boolean {
  for (const arg of args) {
    if (!partsOf(arg).some(isPackable)) continue;
    throw new DOMException(
      "A universal object could not be cloned inside another: pass it as an argument of its own.",
      "DataCloneError",
    );
  }
  return args.some(isPackable);
}

/** Packs those of `args` that need it. */
export function packArguments(args: readonly unknown[], transfer: Transferable[]): PackedArguments {
  if (!hasBaggage(args)) return { args, baggage: [], transfer, release() {} };
  const left = [...args];
  const baggage: Baggage[] = [];
  const all = [...transfer];
  const packs: Packed[] = [];
  args.forEach((arg, index) => {
    if (!isPackable(arg)) return;
    const packed = arg[PACK]();
    packs.push(packed);
    left[index] = undefined;
    baggage.push({ index, kind: packed.kind, data: packed.data });
    all.push(...packed.transfer);
  });
  return {
    args: left,
    baggage,
    transfer: all,
    release(): void {
      for (const packed of packs) packed.release();
    },
  };
}

/** What is right inside an array or a plain object. */
function partsOf(value: unknown): readonly unknown[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value;
  return Object.getPrototypeOf(value) === Object.prototype ? Object.values(value) : [];
}

function isPackable(value: unknown): value is Packable {
  return typeof value === "object" && value !== null && PACK in value;
}
