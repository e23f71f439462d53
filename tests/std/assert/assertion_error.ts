/** What every assertion throws; the class has `@std/assert`'s constructor, not Node's. */
export class AssertionError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}

/** Ends a sentence the way `@std/assert` does: with the caller's own words, or with a full stop. */
export function withNote(sentence: string, msg?: string): string {
  return msg ? `${sentence}: ${msg}` : `${sentence}.`;
}
