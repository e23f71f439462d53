// An echo server written with sockets:  deno run --allow-net examples/echo_socket.ts [host] [port]
import { run, spawn } from "@curio/core";
import {
  AF_INET,
  SO_REUSEADDR,
  SOCK_STREAM,
  type Socket,
  socket,
  SOL_SOCKET,
} from "@curio/core/socket";

async function echoServer(host: string, port: number) {
  await using sock = socket(AF_INET, SOCK_STREAM);
  sock.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1);
  sock.bind([host, port]);
  sock.listen(5);
  console.log("Server listening at", sock.getsockname());
  for (;;) {
    const [client, addr] = await sock.accept();
    spawn(echoClient, client, addr);
  }
}

async function echoClient(client: Socket, addr: Deno.Addr) {
  console.log("Connection from", addr);
  await using sock = client;
  for (;;) {
    const data = await sock.recv(1000);
    if (data.length === 0) break;
    await sock.sendall(data);
  }
  console.log("Connection closed");
}

const [host = "localhost", port = "25000"] = Deno.args;
await run(echoServer, host, Number(port));
