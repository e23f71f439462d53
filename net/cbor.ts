/**
 * What is used of the npm package `cborg`, in types of our own: an `import type` of the package would do
 * nothing at run time, but whoever checks a program that uses this library would have to download the
 * package. `tests/net/cbor_test.ts` holds these types against the real ones.
 */

/** What kind of value a token stands for; each is there once. */
export interface CborType {
  readonly major: number;
  readonly majorEncoded: number;
  readonly name: string;
  readonly terminal: boolean;
  compare(other: CborType): number;
}

/** A value of CBOR, or the start of one that has others in it. */
export interface CborToken {
  readonly type: CborType;
  // deno-lint-ignore no-explicit-any -- what it is depends on the type
  value: any;
  readonly encodedLength: number | undefined;
  readonly encodedBytes: Uint8Array | undefined;
  readonly byteValue: Uint8Array | undefined;
}

/** Takes the tokens out of a message, one by one. */
export interface CborTokenizer {
  /** Whether there are no more. */
  done(): boolean;
  /** The next one. Throws if there is none that is valid. */
  next(): CborToken;
  /** How many bytes have been read. */
  pos(): number;
}

/** The package. */
export interface Cbor {
  /** The bytes of `value`, of which the encoder for its type makes tokens. */
  encode(value: unknown, options: CborEncoding): Uint8Array;
  readonly Token: new (type: CborType, value?: unknown) => CborToken;
  readonly Tokenizer: new (
    message: Uint8Array,
    options: { readonly strict: boolean; readonly allowIndefinite: boolean },
  ) => CborTokenizer;
  readonly Type: Readonly<Record<CborTypeName, CborType>>;
}

/** How something is encoded. */
export interface CborEncoding {
  /** Whether every number that is no integer takes eight bytes. */
  float64: boolean;
  /** For each type of value, what makes tokens of it. */
  typeEncoders: Record<string, () => (CborToken | CborToken[])[]>;
}

/** What the kinds of values are called. */
export type CborTypeName =
  | "array"
  | "bytes"
  | "false"
  | "float"
  | "map"
  | "negint"
  | "null"
  | "string"
  | "tag"
  | "true"
  | "uint"
  | "undefined";
