import { Example } from "./example.ts";
import { KeptPort } from "./kept_port.ts";
import { listenerOn, until } from "./proc.ts";

/** Why the tests of servers are ignored elsewhere: only Linux tells who listens without connecting. */
export const canServe: boolean = Deno.build.os === "linux";

/** A server of `examples/`, with leave to use the network and nothing else. */
export class Server extends Example {
  readonly port: number;
  readonly #kept: KeptPort;
  #listener: string | null = null;
  #starts = 1;

  private constructor(file: string, kept: KeptPort) {
    super(file, { permissions: ["--allow-net"], args: ["localhost", String(kept.port)] });
    this.#kept = kept;
    this.port = kept.port;
  }

  /** Starts `examples/<file>`, and waits until it listens. */
  static async start(file: string): Promise<Server> {
    const server = new Server(file, await KeptPort.pick());
    try {
      await server.#listens();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Sends it SIGHUP, and waits until it listens again. */
  async restart(): Promise<void> {
    this.kill("SIGHUP");
    await this.line("Starting the server", ++this.#starts);
    await this.#listens();
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    this.#kept[Symbol.dispose]();
  }

  async #listens(): Promise<void> {
    const former = this.#listener;
    await until(async () => {
      this.#listener = await listenerOn(this.port);
      return this.#listener !== null && this.#listener !== former;
    }, () => `The server does not listen:\n${this.text}\n${this.errors}`);
  }
}
