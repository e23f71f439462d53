/**
 * The monitor: open a second terminal and look into a running program, even when it hangs.
 *
 * The program has one if it is run with `run({ withMonitor: true }, main)`, or with `CURIOMONITOR=TRUE`
 * in its environment. This module run as a program is the terminal client:
 *
 * ```sh
 * deno run --allow-net jsr:@curio/core/monitor
 * ```
 *
 * `nc localhost 48802` and `telnet localhost 48802` do as well. Type `help` for the commands.
 *
 * @module
 */
export { Monitor, type MonitorOptions } from "./monitor.ts";
export { ps, where } from "./report.ts";

if (import.meta.main) {
  const { main } = await import("./client.ts");
  Deno.exit(await main(Deno.args));
}
