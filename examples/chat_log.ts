// The chat server with the client's address in every line of its log, kept in task-local storage:
//   deno run --allow-net examples/chat_log.ts [host] [port]
import {
  CancelledError,
  Local,
  Queue,
  run,
  SignalQueue,
  spawn,
  TaskGroup,
  tcpServer,
  type TextSocketStream,
} from "@curio/core";
import type { Socket } from "@curio/core/socket";

type Message = [name: string, text: string];

const messages = new Queue<Message>();
const subscribers = new Set<Queue<Message>>();
const local = new Local<{ address: string }>();

function log(...parts: unknown[]) {
  console.log(`INFO ${local.address}`, ...parts);
}

async function dispatcher() {
  for await (const message of messages) {
    for (const queue of subscribers) await queue.put(message);
  }
}

async function publish(name: string, text: string) {
  log("published", [name, text]);
  await messages.put([name, text]);
}

// Writes chat messages to a client.
async function outgoing(client: TextSocketStream) {
  const queue = new Queue<Message>();
  subscribers.add(queue);
  try {
    for await (const [name, text] of queue) await client.write(`${name}:${text}`);
  } finally {
    subscribers.delete(queue);
  }
}

// Reads chat messages and publishes them.
async function incoming(client: TextSocketStream, name: string) {
  try {
    for await (const line of client) await publish(name, line);
  } catch (error) {
    if (error instanceof CancelledError) await client.write("SERVER IS GOING AWAY!\n");
    throw error;
  }
}

// Looks after a connection.
async function chatHandler(socket: Socket, addr: Deno.NetAddr) {
  local.address = `${addr.hostname}:${addr.port}`;
  log("connected");
  const client = socket.asStream({ encoding: "utf-8" });
  await client.write("Your name: ");
  const name = (await client.readline()).trim();
  await publish(name, "joined\n");

  await new TaskGroup({ wait: "any" }).run((workers) => {
    workers.spawn(outgoing, client);
    workers.spawn(incoming, client, name);
  });

  await publish(name, "has gone away\n");
  log("connection closed");
}

async function chatServer(host: string, port: number) {
  await new TaskGroup().run((group) => {
    group.spawn(dispatcher);
    group.spawn(tcpServer, host, port, chatHandler);
  });
}

async function main(host: string, port: number) {
  await using restart = new SignalQueue("SIGHUP");
  for (;;) {
    console.log("Starting the server");
    const server = spawn(chatServer, host, port);
    await restart.get();
    console.log("Server shutting down");
    await server.cancel();
  }
}

const [host = "localhost", port = "25000"] = Deno.args;
await run(main, host, Number(port));
