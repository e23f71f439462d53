/** How calls end: the errors of a pool, and what a wait is given. */
import { CurioError } from "../kernel/errors.ts";
import type { Wait } from "../kernel/wait.ts";
import { reviveError } from "./error_codec.ts";
import type { Answer } from "./far_protocol.ts";
import { jobOf } from "./seat.ts";

/** Gives `wait` what its worker answered. */
export function settle(
  wait: Wait,
  message: Answer,
): void {
  if (message.kind === "value") {
    wait.complete(message.value);
  } else {
    const error = reviveError(message.parcel);
    wait.completeWith(message.kind === "error" ? error : loadError(wait, error));
  }
}

/** What a call rejects with whose worker died: `why` is a predicate. */
export function deathError(wait: Wait, why: CurioError): CurioError {
  const { name } = jobOf(wait).call.callable;
  return new CurioError(
    `Cannot finish '${name}' in ${wait.operation} because its worker ${why.message}`,
    why.cause === undefined ? undefined : { cause: why.cause },
  );
}

function loadError(wait: Wait, cause: unknown): CurioError {
  const { name } = jobOf(wait).call.callable;
  return new CurioError(
    `Cannot call '${name}' in ${wait.operation} because it does not load: ${describeThrown(cause)}`,
    { cause },
  );
}

/** What was thrown, for a message. */
export function describeThrown(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
