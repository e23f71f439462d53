/** Property tests: fast-check, and how this suite runs it. */
import fc from "npm:fast-check@4.10.2";

export { fc };

/** Holds `holds` against many values of `arbitrary`; a failure shows the smallest it found, and its seed. */
export async function check<T>(
  arbitrary: fc.Arbitrary<T>,
  holds: (value: T) => Promise<void> | void,
  runs = 200,
): Promise<void> {
  await fc.assert(fc.asyncProperty(arbitrary, async (value) => void await holds(value)), {
    numRuns: runs,
  });
}
