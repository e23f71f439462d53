/** Makes the universal objects known to the pools: how a worker unpacks them. */
import { registerUnpacker, type Unpacker } from "./baggage.ts";
import { decodeError } from "./error_codec.ts";
import { farErrorClass, farErrorParents, makeFarError } from "./thread_errors.ts";
import { FarAnswers } from "./universal_answers.ts";
import { UniversalCounts, UniversalLoan } from "./universal_counts.ts";
import { farUniversalEvent, farUniversalQueue, farUniversalResult } from "./universal_far.ts";
import { UniversalFlag } from "./universal_flag.ts";
import { canTravel } from "./universal_travel.ts";

/** What they refer to, beside the parts of every worker. A class travels as a function does. */
const parts = [
  canTravel,
  decodeError,
  farErrorClass,
  farErrorParents,
  makeFarError,
  FarAnswers,
  UniversalCounts,
  UniversalFlag,
  UniversalLoan,
] as unknown as Unpacker["parts"];

registerUnpacker({ kind: "UniversalQueue", unpack: farUniversalQueue, parts });
registerUnpacker({ kind: "UniversalEvent", unpack: farUniversalEvent, parts });
registerUnpacker({ kind: "UniversalResult", unpack: farUniversalResult, parts });
