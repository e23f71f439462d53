/** The CBOR tags that objects travel with, all of them in IANA's registry. */

/** Seconds since 1970. */
export const DATE = 1;
/** A bigint of zero or more, the highest byte first. */
export const POSITIVE = 2;
/** A bigint n below zero, as -1 - n. */
export const NEGATIVE = 3;
/** `[name, …]`: something that only a language has. What ours are is listed in {@linkcode Named}. */
export const NAMED = 27;
/** A value that there are references to; they are numbered as they begin. */
export const SHARED = 28;
/** A reference to the shared value of that number. */
export const REFERENCE = 29;
/** A `Set`, as an array. */
export const SET = 258;
/** A `Map`, as a map. */
export const MAP = 259;

/** What travels as {@linkcode NAMED}. */
export const Named = {
  /** Name, message, stack (or null), and a map of its other properties. */
  ERROR: "Error",
  /** Source and flags. */
  REGEXP: "RegExp",
  /** Its bytes. */
  BUFFER: "ArrayBuffer",
  /** The bytes it shows. */
  VIEW: "DataView",
  /** An index of an array that has no element. */
  HOLE: "hole",
  /** A string that UTF-8 cannot hold, for it has half a surrogate pair: two bytes a unit, the lower first. */
  UTF16: "UTF-16",
} as const;

/** The typed arrays with tags (RFC 8746, the lower byte first). A `Uint8Array` is a string of bytes. */
export const TYPED_ARRAYS = [
  [68, Uint8ClampedArray],
  [69, Uint16Array],
  [70, Uint32Array],
  [71, BigUint64Array],
  [72, Int8Array],
  [77, Int16Array],
  [78, Int32Array],
  [79, BigInt64Array],
  [84, Float16Array],
  [85, Float32Array],
  [86, Float64Array],
] as const;

/** No value is nested deeper. */
export const DEEPEST = 1000;
/** No message has more values, of whatever kind: each costs memory beyond its bytes. */
export const MOST_VALUES: number = 2 ** 22;
