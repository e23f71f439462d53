import type { RunOptions } from "../../mod.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** A monitor on any port, which is of no interest here: standard output is for the figures. */
export const monitor: RunOptions = { withMonitor: { port: 0 }, log: silent };
