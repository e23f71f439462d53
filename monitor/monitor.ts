import { type Kernel, loggerOfKernel } from "../kernel/kernel.ts";
import { inUrl } from "./in_url.ts";
import { ServiceThread } from "./service_thread.ts";

/** Where Curio's monitor has always been. */
export const DEFAULT_HOSTNAME = "127.0.0.1";
/** See {@linkcode DEFAULT_HOSTNAME}. */
export const DEFAULT_PORT = 48802;

/** The kernels that have a monitor. */
const monitored = new WeakSet<Kernel>();

/** Where a {@linkcode Monitor} listens, and who may come. */
export interface MonitorOptions {
  /** The address to listen on: `"127.0.0.1"` unless given. One that others can reach needs a `token`. */
  hostname?: string;
  /** The port: 48802 unless given; 0 is one that the system picks, and that is logged. */
  port?: number;
  /** Whether to serve the web view as well, or its port. Its address is logged. */
  web?: boolean | { port?: number };
  /** What a client must send as its first line; nothing unless given. */
  token?: string;
}

/**
 * Looks into a running kernel: serves Curio's monitor to terminals (`deno run --allow-net
 * jsr:@curio/core/monitor`, `nc`, `telnet`). It runs in a thread of its own and answers even when the
 * kernel does not. `run({ withMonitor: true }, main)` has one; make one by hand for a kernel of yours.
 *
 * Needs `--allow-net` for its address. Where that is missing, or the port is taken, it says so in the
 * kernel's log and the program goes on without it.
 *
 * @example
 * ```ts no-run
 * import { Kernel, sleep } from "@curio/core";
 * import { Monitor } from "@curio/core/monitor";
 *
 * await using kernel = new Kernel();
 * await using monitor = new Monitor(kernel, { port: 0 });
 * await monitor.start();
 * console.log("look at me on port", monitor.address.port);
 * await kernel.run(sleep, 60);
 * ```
 */
export class Monitor {
  readonly #kernel: Kernel;
  readonly #hostname: string;
  readonly #port: number;
  readonly #options: MonitorOptions;
  #address: Deno.NetAddr;
  #service: ServiceThread | null = null;
  #starting: Promise<void> | null = null;

  /**
   * A monitor that has yet to start.
   *
   * @throws {TypeError} If `hostname` can be reached from elsewhere and there is no `token`.
   */
  constructor(kernel: Kernel, options: MonitorOptions = {}) {
    this.#kernel = kernel;
    this.#options = options;
    this.#hostname = options.hostname ?? DEFAULT_HOSTNAME;
    this.#port = options.port ?? DEFAULT_PORT;
    if (!isLoopback(this.#hostname) && !options.token) {
      throw new TypeError(
        `Cannot let a monitor listen on "${this.#hostname}" without a token because anybody who reaches it could cancel tasks: give a token, or listen on ${DEFAULT_HOSTNAME}`,
      );
    }
    this.#address = { transport: "tcp", hostname: this.#hostname, port: this.#port };
  }

  /** Where it listens; with port 0 that shows once it has started. */
  get address(): Deno.NetAddr {
    return this.#address;
  }

  /** Whether it listens: not before `start`, nor if the port was taken. */
  get listening(): boolean {
    return this.#service !== null;
  }

  /** Starts to listen, and to keep stacks. Resolves when it listens, or has logged why it cannot. */
  start(): Promise<void> {
    return this.#starting ??= this.#start();
  }

  /** Stops, and drops every client. */
  async close(): Promise<void> {
    await this.#starting;
    const service = this.#service;
    this.#service = null;
    this.#starting = null;
    if (service === null) return;
    await service.close();
    monitored.delete(this.#kernel);
  }

  /** Stops; see {@linkcode Monitor.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #start(): Promise<void> {
    const log = loggerOfKernel(this.#kernel);
    if (monitored.has(this.#kernel)) {
      log.warn("Cannot start the monitor because the kernel has one already: close that one first");
      return;
    }
    const hostname = inUrl(this.#hostname);
    const host = `${hostname}:${this.#port}`;
    const { state } = Deno.permissions.querySync({ name: "net", host });
    if (state !== "granted") {
      log.warn(
        `Cannot start the monitor because the program may not listen on ${host}: run it with --allow-net=${host}`,
      );
      return;
    }
    const { web = false, token = null } = this.#options;
    const webPort = web === false ? null : web === true ? 0 : web.port ?? 0;
    const setup = { hostname: this.#hostname, port: this.#port, token, webPort };
    monitored.add(this.#kernel);
    try {
      this.#service = await ServiceThread.start(this.#kernel, setup);
      const port = this.#service.port;
      this.#address = { ...this.#address, port };
      if (this.#port === 0) log.info(`Monitor: listening on ${hostname}:${port}`);
      if (this.#service.web !== null) log.info(`Monitor: web view at ${this.#service.web}`);
    } catch (error) {
      monitored.delete(this.#kernel);
      log.warn(
        `Cannot start the monitor because ${error instanceof Error ? error.message : error}`,
      );
    }
  }
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "::1" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
