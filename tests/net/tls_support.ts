/** What the tests of TLS share: certificates, contexts, connected pairs and servers. */
import { spawn } from "../../kernel/spawn.ts";
import type { Task } from "../../kernel/task.ts";
import { openConnection } from "../../net/open_connection.ts";
import { type ClientHandler, type ServerOptions, tcpServer } from "../../net/server.ts";
import { connectedSocket, type Socket } from "../../net/socket.ts";
import { createDefaultContext, Purpose, type SSLContext } from "../../net/ssl_module.ts";
import { tcpServerSocket } from "../../net/tcp_server_socket.ts";
import { until } from "./support.ts";

/** The path of one of the certificates: see certificates/make.sh. */
export function certificate(file: string): string {
  return new URL(`./certificates/${file}`, import.meta.url).pathname;
}

/** For a server, with a certificate for localhost unless told. */
export function serverContext(name = "server.pem", key = "server_key.pem"): SSLContext {
  const context = createDefaultContext(Purpose.CLIENT_AUTH);
  context.loadCertChain(certificate(name), certificate(key));
  return context;
}

/** For a client that trusts our authority. */
export function clientContext(): SSLContext {
  return createDefaultContext(Purpose.SERVER_AUTH, { cafile: certificate("authority.pem") });
}

/** Two sockets over TCP, to be upgraded. */
export async function plainPair(): Promise<[client: Socket, server: Socket]> {
  await using listener = tcpServerSocket("127.0.0.1", 0);
  const client = await openConnection("127.0.0.1", listener.getsockname().port);
  const [server] = await listener.accept();
  return [client, server];
}

/** Both ends of a connection over TLS; closed at the end of the block. */
export class TlsPair implements AsyncDisposable {
  private constructor(
    readonly client: Socket,
    readonly server: Socket,
    /** What is under them. */
    readonly conns: { readonly client: Deno.Conn; readonly server: Deno.Conn },
  ) {}

  static async open(client = clientContext(), server = serverContext()): Promise<TlsPair> {
    const [left, right] = (await plainPair()).map((sock) => sock.detach());
    const accepting = server.wrapSocket(connectedSocket(right!));
    const options = { serverHostname: "localhost" };
    const secured = await client.wrapSocket(connectedSocket(left!), options);
    return new TlsPair(secured, await accepting, { client: left!, server: right! });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
    await this.server.close();
  }
}

/** A server at a port of its own, and the task it runs in. */
export async function startTls(
  handler: ClientHandler,
  options: ServerOptions = {},
): Promise<[Task, port: number]> {
  let port = 0;
  const settings = { ssl: serverContext(), onListen: (at: Deno.NetAddr) => port = at.port };
  const server = spawn(() => tcpServer("127.0.0.1", 0, handler, { ...settings, ...options }));
  await until(() => port > 0 || server.terminated);
  return [server, port];
}

/** Connects to a server of ours. */
export function connectTls(port: number, ssl: boolean | SSLContext = clientContext()) {
  return openConnection("localhost", port, { ssl });
}

/** Gives back what comes. */
export async function echo(client: Socket): Promise<void> {
  for (let data; (data = await client.recv(65536)).length > 0;) await client.sendall(data);
}
