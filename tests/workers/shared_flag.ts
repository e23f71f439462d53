/** A number that threads share. */
export function sharedFlag(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4));
}

/**
 * Resolves when `test` holds for the number: a promise foreign to the kernel. It looks again and
 * again, as `Atomics.waitAsync` does not wake Deno's event loop.
 */
export async function flagIs(flag: Int32Array, test: (value: number) => boolean): Promise<void> {
  while (!test(Atomics.load(flag, 0))) await new Promise((resolve) => setTimeout(resolve, 1));
}
