/** What the tests of io/ and net/ share: kernels, connected pairs, and conditions to wait for. */
import { TaskTimeout } from "../../kernel/errors.ts";
import { Kernel } from "../../kernel/kernel.ts";
import { schedule, sleep } from "../../kernel/sleep.ts";
import { timeoutAfter } from "../../kernel/timeout.ts";
import type { Logger } from "../../kernel/types.ts";
import { createConnection, openConnection } from "../../net/open_connection.ts";
import type { Socket } from "../../net/socket.ts";
import { tcpServerSocket } from "../../net/tcp_server_socket.ts";

/** Runs `main` as a task in a kernel of its own. */
export async function inKernel<T>(main: () => Promise<T>, log: Logger = console): Promise<T> {
  await using kernel = new Kernel({ log });
  return await kernel.run(main);
}

/** Both ends of a connection over the loopback interface; closed at the end of the block. */
export class Pair implements AsyncDisposable {
  private constructor(readonly left: Socket, readonly right: Socket) {}

  static async open(): Promise<Pair> {
    await using server = tcpServerSocket("127.0.0.1", 0);
    const left = await openConnection("127.0.0.1", server.getsockname().port);
    const [right] = await server.accept();
    return new Pair(left, right);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.left.close();
    await this.right.close();
  }
}

/** Lets the event loop turn until `condition` holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(0.001);
}

/** Lets every task that is ready run, a few times over. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await schedule();
}

/** Everything that comes, as text. */
export async function receiveAll(sock: Socket): Promise<string> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const part = await sock.recv(65536);
    if (part.length === 0) {
      return new TextDecoder().decode(await new Blob(parts as BlobPart[]).arrayBuffer());
    }
    parts.push(part);
  }
}

/** The bytes as text. */
export function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** A server whose queue is full, so that connecting to it goes on for ever. */
export class FullServer implements AsyncDisposable {
  private constructor(readonly server: Socket, readonly clients: Socket[]) {}

  static async open(): Promise<FullServer> {
    const server = tcpServerSocket("127.0.0.1", 0, { backlog: 1 });
    const clients: Socket[] = [];
    for (;;) {
      try {
        clients.push(await timeoutAfter(0.2, () => createConnection(server.getsockname())));
      } catch (error) {
        if (!(error instanceof TaskTimeout)) throw error;
        return new FullServer(server, clients);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.clients) await client.close();
    await this.server.close();
  }
}

/** A directory for Unix sockets, removed with all that is in it at the end of the block. */
export class SocketDir implements Disposable {
  readonly path: string = Deno.makeTempDirSync({ prefix: "curio-" });

  /** A path in it. */
  at(name: string): string {
    return `${this.path}/${name}`;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** Whether there is something at `path`. */
export function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
