import { Kernel, type KernelOptions } from "../../mod.ts";
import { Monitor, type MonitorOptions } from "../../monitor/mod.ts";
import type { Child } from "../helpers/child.ts";
import type { Program } from "../helpers/program.ts";
import { RecordingLog } from "../helpers/recording_log.ts";

const PROMPT = "curio > ";

/** A bare client of the monitor's line service. */
export class Client implements AsyncDisposable {
  readonly #conn: Deno.TcpConn;
  readonly #decoder = new TextDecoder();
  #text = "";
  #closed = false;

  private constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  /** Connects, and reads what comes before the first prompt. */
  static async connect(port: number): Promise<[client: Client, banner: string]> {
    const client = await Client.open(port);
    return [client, await client.reply()];
  }

  /** Connects. */
  static async open(port: number): Promise<Client> {
    return new Client(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  /** Sends a command; the reply without the prompt. */
  async ask(command: string): Promise<string> {
    await this.send(`${command}\n`);
    return await this.reply();
  }

  /** Sends text or bytes as they are. */
  async send(data: string | Uint8Array): Promise<void> {
    let rest = typeof data === "string" ? new TextEncoder().encode(data) : data;
    while (rest.length > 0) rest = rest.subarray(await this.#conn.write(rest));
  }

  /** Says that nothing more will be sent. */
  async finish(): Promise<void> {
    await this.#conn.closeWrite();
  }

  /** What comes before the next prompt. */
  async reply(): Promise<string> {
    while (!this.#text.includes(PROMPT)) {
      if (!await this.#read()) throw new Error(`Hung up after ${JSON.stringify(this.#text)}`);
    }
    const end = this.#text.indexOf(PROMPT);
    const reply = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + PROMPT.length);
    return reply;
  }

  /** All that comes until the monitor hangs up. */
  async rest(): Promise<string> {
    while (await this.#read());
    const text = this.#text;
    this.#text = "";
    return text;
  }

  [Symbol.asyncDispose](): Promise<void> {
    if (!this.#closed) this.#conn.close();
    this.#closed = true;
    return Promise.resolve();
  }

  async #read(): Promise<boolean> {
    const buffer = new Uint8Array(64 * 1024);
    const count = await this.#conn.read(buffer).catch((error) => {
      if (error instanceof Deno.errors.ConnectionReset) return null;
      throw error;
    });
    if (count === null) return false;
    this.#text += this.#decoder.decode(buffer.subarray(0, count), { stream: true });
    return true;
  }
}

/** Runs `body` in task `main`, the first of a kernel with a monitor; it gets the monitor's port. */
export async function monitored(
  body: (port: number, log: RecordingLog) => Promise<void>,
  monitorOptions: MonitorOptions = {},
  kernelOptions: KernelOptions = {},
): Promise<void> {
  const log = new RecordingLog();
  await using kernel = new Kernel({ log, ...kernelOptions });
  await using monitor = new Monitor(kernel, { port: 0, ...monitorOptions });
  await monitor.start();
  await kernel.run(async function main() {
    // The kernel sees on its next turn that this is no wait of its own: PROMISE_WAIT from here on.
    await new Promise((resolve) => setImmediate(resolve));
    await body(monitor.address.port, log);
  });
}

/** The tutorial's program, as a file. */
export const TUTORIAL = new URL("./tutorial_program.ts", import.meta.url);

/** The permissions that a program with a monitor, and the client, must do with. */
export const NET_ONLY: readonly string[] = ["--allow-net"];

const CONFIG = new URL("../../deno.json", import.meta.url).pathname;

/** The arguments for Deno to run `program` with these permissions, and ask for no others. */
export function runArguments(permissions: readonly string[], program: URL): string[] {
  const path = program.protocol === "file:" ? program.pathname : program.href;
  return ["run", ...permissions, "--no-prompt", "--no-check", "--config", CONFIG, path];
}

/** The port that a monitor told to take any one has logged. */
export async function loggedPort(program: Child): Promise<number> {
  const pattern = /^Monitor: listening on 127\.0\.0\.1:(\d+)$/m;
  await program.shows(pattern);
  return Number(pattern.exec(program.text)![1]);
}

/** The source of a program that runs `main` with a monitor on any port, and prints `PORT n` first. */
export function programWith(source: string, main: string, kernelOptions = "{}"): string {
  const module = JSON.stringify(new URL("../../monitor/mod.ts", import.meta.url).href);
  return `import { Monitor } from ${module};
${source}
const kernel = new curio.Kernel(${kernelOptions});
const monitor = new Monitor(kernel, { port: 0 });
await monitor.start();
console.log("PORT " + monitor.address.port);
try {
  await kernel.run(${main});
} finally {
  await kernel.shutdown();
  await monitor.close();
}
`;
}

/** The port that a program of {@linkcode programWith} printed. */
export async function portOf(program: Program): Promise<number> {
  await program.shows(/^PORT \d+$/m);
  return Number(/^PORT (\d+)$/m.exec(program.text)![1]);
}
