import { AssertionError, withNote } from "./assertion_error.ts";

/** A class, abstract or not, whatever its constructor takes. */
export type Constructor<T> = abstract new (...args: never[]) => T;

/** A class of errors. */
export type ErrorConstructor<E extends Error> = Constructor<E>;

/** Fails unless `actual` is an instance of the class. */
export function assertInstanceOf<T>(
  actual: unknown,
  expectedType: Constructor<T>,
  msg = "",
): asserts actual is T {
  if (actual instanceof expectedType) return;
  throw new AssertionError(
    withNote(
      `Expected object to be an instance of "${expectedType.name}" but was "${className(actual)}"`,
      msg,
    ),
  );
}

/** Fails unless `fn` throws; returns what it threw. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/** Fails unless `fn` throws an error of the class whose message contains `msgIncludes`. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: ErrorConstructor<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows<E extends Error>(
  fn: () => unknown,
  classOrMsg?: ErrorConstructor<E> | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  const note = typeof classOrMsg === "string" ? classOrMsg : msg;
  try {
    fn();
  } catch (error) {
    return expectError(error, classOrMsg, msgIncludes, note, "thrown");
  }
  throw new AssertionError(withNote("Expected function to throw", note));
}

/** Fails unless the promise of `fn` rejects; resolves with what it rejected with. */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/** Fails unless it rejects with an error of the class whose message contains `msgIncludes`. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorConstructor<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects<E extends Error>(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: ErrorConstructor<E> | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const note = typeof classOrMsg === "string" ? classOrMsg : msg;
  const promise = callExpectingPromise(fn, note);
  try {
    await promise;
  } catch (error) {
    return expectError(error, classOrMsg, msgIncludes, note, "rejected");
  }
  throw new AssertionError(withNote("Expected function to reject", note));
}

/** A function that throws, or returns something else than a promise, does not reject. */
function callExpectingPromise(fn: () => PromiseLike<unknown>, note?: string): PromiseLike<unknown> {
  let cause: unknown;
  try {
    const promise = fn();
    if (typeof promise?.then === "function") return promise;
  } catch (error) {
    cause = error;
  }
  throw new AssertionError(withNote("Function throws when expected to reject", note), { cause });
}

function expectError<E extends Error>(
  error: unknown,
  classOrMsg: ErrorConstructor<E> | string | undefined,
  msgIncludes: string | undefined,
  note: string | undefined,
  verb: string,
): unknown {
  if (classOrMsg === undefined || typeof classOrMsg === "string") return error;
  if (!(error instanceof Error)) {
    throw new AssertionError(withNote(`A non-Error object was ${verb}`, note), { cause: error });
  }
  if (!(error instanceof classOrMsg)) {
    throw new AssertionError(
      withNote(
        `Expected error to be instance of "${classOrMsg.name}", but was "${className(error)}"`,
        note,
      ),
      { cause: error },
    );
  }
  if (msgIncludes && !error.message.includes(msgIncludes)) {
    throw new AssertionError(
      withNote(
        `Expected error message to include "${msgIncludes}", but got "${error.message}"`,
        note,
      ),
      { cause: error },
    );
  }
  return error;
}

function className(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === "object" ? value.constructor?.name ?? "Object" : typeof value;
}
