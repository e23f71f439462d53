/**
 * Activations that watch a program and report: give them to `run({ debug: … })`, alone or in an array.
 *
 * @example
 * ```ts
 * import { longblock, schedtrace } from "@curio/core/debug";
 * import { run, sleep } from "@curio/core";
 *
 * await run({ debug: [schedtrace({ filter: ["sleep"] }), longblock()] }, sleep, 0.01);
 * ```
 *
 * @module
 */
export { logcrash } from "./logcrash.ts";
export { longblock, type LongBlockOptions } from "./longblock.ts";
export { schedtrace } from "./schedtrace.ts";
export { swallowed, type SwallowedOptions } from "./swallowed.ts";
export type { TraceOptions } from "./trace.ts";
export { traptrace } from "./traptrace.ts";
export type { Activation, Logger } from "../types.ts";
