import { CancelledError } from "../kernel/errors.ts";
import { encodeError, reviveError } from "./error_codec.ts";
import type { ThreadObjects } from "./thread_objects.ts";
import type { Thrown } from "./thread_protocol.ts";
import { canTravel } from "./universal_travel.ts";

/** So many are known again. */
const KNOWN_ERRORS = 100;

/**
 * The errors that a thread was told of. What it lets through comes back as the very error it was: a
 * scope knows its own cancellation by identity.
 */
export class ThreadErrors {
  readonly #objects: ThreadObjects;
  readonly #known = new Map<number, unknown>();
  #last = 0;

  constructor(objects: ThreadObjects) {
    this.#objects = objects;
  }

  /** `error`, ready to be posted. */
  remember(error: unknown): Thrown {
    const id = ++this.#last;
    this.#known.set(id, error);
    this.#known.delete(id - KNOWN_ERRORS);
    const parcel = encodeError(error, canTravel);
    if (!(error instanceof CancelledError)) return { parcel, id };
    const { kind, by, reason } = error.origin;
    const known = canTravel(reason) ? { kind, by, reason } : { kind, by };
    return { parcel, id, origin: this.#objects.encode(known) };
  }

  /** The error itself if it came from here, or else a copy. */
  recall({ parcel, id }: Thrown): unknown {
    return this.#known.has(id) ? this.#known.get(id) : reviveError(parcel);
  }
}
