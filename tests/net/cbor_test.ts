import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import * as cborg from "npm:cborg@6.1.5";
import type { Cbor, CborToken, CborTypeName } from "../../net/cbor.ts";

// Does not type-check if the package is not what `net/cbor.ts` says.
const cbor: Cbor = cborg;

const VALUES: readonly [type: CborTypeName, value: unknown, hex: string][] = [
  ["uint", 24, "1818"],
  ["negint", -1, "20"],
  ["bytes", new Uint8Array([1, 2]), "420102"],
  ["string", "ü", "62c3bc"],
  ["array", 2, "82"],
  ["map", 1, "a1"],
  ["tag", 28, "d81c"],
  ["float", 0.5, "fb3fe0000000000000"],
  ["false", false, "f4"],
  ["true", true, "f5"],
  ["null", null, "f6"],
  ["undefined", undefined, "f7"],
];

function encode(...tokens: (CborToken | CborToken[])[]): Uint8Array {
  return cbor.encode({}, { float64: true, typeEncoders: { Object: () => tokens } });
}

function tokensOf(hex: string) {
  const options = { strict: true, allowIndefinite: false };
  return new cbor.Tokenizer(Uint8Array.fromHex(hex), options);
}

for (const [type, value, hex] of VALUES) {
  Deno.test(`cborg makes ${hex} of a token of type ${type}, and back`, () => {
    assertEquals(encode(new cbor.Token(cbor.Type[type], value)).toHex(), hex);
    const tokens = tokensOf(hex);
    const token = tokens.next();
    assertInstanceOf(token, cborg.Token);
    assertEquals([token.type === cbor.Type[type], token.type.name], [true, type]);
    assertEquals([token.value, tokens.pos(), tokens.done()], [value, hex.length / 2, true]);
  });
}

Deno.test("cborg encodes a list of tokens as they stand, arrays among them too", () => {
  const { Token, Type } = cbor;
  const one = new Token(Type.uint, 1);
  assertEquals(encode(new Token(Type.array, 3), [one, one], one).toHex(), "83010101");
});

for (const hex of ["1801", "9f01ff", "6261"]) {
  Deno.test(`cborg refuses ${hex}, which is too long, without a length, or cut off`, () => {
    assertThrows(() => tokensOf(hex).next(), Error);
  });
}
