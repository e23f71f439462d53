/** "Blocking I/O": a socket lent to code that knows nothing of tasks. examples/blocking_echo.ts lends it for good. */
import { assertEquals, assertRejects } from "@std/assert";
import { runBlocking, type Socket } from "@curio/core";
import { CONNECTION, exchange, served } from "./served.ts";

/** Somebody's function that takes a connection of Deno's. */
async function externalFunction(conn: Deno.Conn, data: Uint8Array) {
  for (let sent = 0; sent < data.length;) sent += await conn.write(data.subarray(sent));
}

Deno.test("The older tutorial's echo server that sends in blocking mode", async () => {
  async function echoClient(client: Socket, addr: Deno.Addr) {
    console.log("Connection from", addr);
    for (;;) {
      const data = await client.recv(1000);
      if (data.length === 0) break;

      // Temporarily enter blocking mode and use as a normal socket
      using raw = client.blocking();
      await externalFunction(raw.conn, data);
    }
    console.log("Connection closed");
  }

  const printed = await served(echoClient, async (port) => {
    assertEquals(await exchange(port, "Hello\nIs anyone there?\n"), "Hello\nIs anyone there?\n");
  });
  assertEquals(printed, [CONNECTION, "Connection closed"]);
});

Deno.test("The older tutorial's way to block in a thread: the data can go there, the connection cannot", async () => {
  // `await run_blocking(_client.sendall, data)`: a connection of Deno's belongs to its thread, and what
  // arrives in another is an object without its methods.
  async function echoClient(client: Socket) {
    const data = await client.recv(1000);
    using raw = client.blocking();
    await assertRejects(
      () => runBlocking((conn: Deno.Conn, data: Uint8Array) => conn.write(data), raw.conn, data),
      TypeError,
      "conn.write is not a function",
    );
    const upper = await runBlocking(
      (data: Uint8Array) => new TextDecoder().decode(data).toUpperCase(),
      data,
    );
    await externalFunction(raw.conn, new TextEncoder().encode(upper));
  }

  await served(echoClient, async (port) => {
    assertEquals(await exchange(port, "Hello\n"), "HELLO\n");
  });
});
