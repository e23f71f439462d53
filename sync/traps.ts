/**
 * The low-level layer that the library's own primitives stand on: waits in line, and waits for all.
 *
 * @module
 */
export { SchedBarrier, SchedFIFO, type WaitStatistics } from "./sched.ts";
