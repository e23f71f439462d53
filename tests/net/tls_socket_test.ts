import { assert, assertEquals, assertRejects } from "@std/assert";
import { CurioError, ReadResourceBusy, WriteResourceBusy } from "../../kernel/errors.ts";
import { sleep } from "../../kernel/sleep.ts";
import { spawn } from "../../kernel/spawn.ts";
import { SHUT_WR } from "../../net/constants.ts";
import type { Socket } from "../../net/socket.ts";
import { SSLError } from "../../net/ssl_module.ts";
import { RecordingLog } from "../helpers/recording_log.ts";
import { runProgram } from "../helpers/program.ts";
import { inKernel, receiveAll, settle, text, until } from "./support.ts";
import { certificate, clientContext, plainPair, serverContext, TlsPair } from "./tls_support.ts";

/** Bytes that tell where they belong. */
function pattern(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(length).map((_, i) => (i * 7 + (i >> 9)) % 256);
}

/** Reads `length` bytes, and tells where they first differ from the pattern. */
async function compare(sock: Socket, length: number): Promise<number> {
  const expected = pattern(length);
  for (let received = 0; received < length;) {
    const data = await sock.recv(65536);
    if (data.length === 0) return received;
    const first = data.findIndex((byte, i) => byte !== expected[received + i]);
    if (first >= 0) return received + first;
    received += data.length;
  }
  return -1;
}

/** The bytes of a record that nobody can have sent. */
const CORRUPT = new Uint8Array([23, 3, 3, 0, 40, ...new Array<number>(40).fill(7)]);

Deno.test("a TLS socket carries megabytes both ways at once", () =>
  inKernel(async () => {
    await using pair = await TlsPair.open();
    const length = 3_000_000;
    const tasks = [
      spawn(() => pair.client.sendall(pattern(length))),
      spawn(() => pair.server.sendall(pattern(length))),
    ];
    const others = [spawn(compare, pair.client, length), spawn(compare, pair.server, length)];
    for (const task of tasks) await task.join();
    assertEquals(await Promise.all(others.map((task) => task.join())), [-1, -1]);
  }));

Deno.test("Socket.recv() over TLS cancelled loses nothing", () =>
  inKernel(async () => {
    await using pair = await TlsPair.open();
    for (const word of ["one", "two", "three"]) {
      const task = spawn(() => pair.server.recv(100));
      await until(() => task.state === "READ_WAIT");
      await task.cancel();
      await pair.client.sendall(word);
      assertEquals(text(await pair.server.recv(100)), word);
    }
  }));

Deno.test("Socket.sendall() over TLS cancelled tells what the peer will get", () =>
  inKernel(async () => {
    await using pair = await TlsPair.open();
    const data = pattern(40_000_000);
    const task = spawn(() => pair.client.sendall(data));
    await until(() => task.state === "WRITE_WAIT");
    await settle();
    await task.cancel();
    const { bytesSent } = task.exception as Error & { bytesSent: number };
    assert(bytesSent > 0 && bytesSent < data.length);
    const rest = spawn(() => pair.client.sendall(data.subarray(bytesSent)));
    assertEquals(await compare(pair.server, data.length), -1);
    await rest.join();
  }));

Deno.test("Socket.sendall() over TLS waits for a peer that does not read", () =>
  inKernel(async () => {
    await using pair = await TlsPair.open();
    let sent = 0;
    const task = spawn(async () => {
      const piece = new Uint8Array(65536);
      for (;;) {
        await pair.client.sendall(piece);
        sent += piece.length;
      }
    });
    for (let before = -1; before !== sent;) {
      before = sent;
      await sleep(0.05);
    }
    assertEquals(task.state, "WRITE_WAIT");
    assert(sent < 50_000_000, `${sent} bytes are held by somebody`);
    await task.cancel();
  }));

Deno.test("Socket.sendall() over TLS to a peer that resets mid-write is the system's refusal, with its code", () =>
  inKernel(async () => {
    await using pair = await TlsPair.open();
    const data = new Uint8Array(50_000_000);
    const task = spawn(() => assertRejects(() => pair.server.sendall(data)));
    await until(() => task.state === "WRITE_WAIT");
    await pair.client.recv(100);
    pair.client.detach().close(); // With bytes unread: a reset.
    const error = await task.join() as Error & { code: string; bytesSent: number };
    assert(error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.ConnectionReset);
    assert(["EPIPE", "ECONNRESET"].includes(error.code));
    assert(error.bytesSent < data.length);
  }));

Deno.test("Socket.close() over TLS ends a task that reads or writes with CurioError", () =>
  inKernel(async () => {
    const pair = await TlsPair.open();
    const reader = spawn(() => pair.client.recv(10));
    const writer = spawn(() => pair.client.sendall(new Uint8Array(40_000_000)));
    await until(() => reader.state === "READ_WAIT" && writer.state === "WRITE_WAIT");
    await pair.client.close();
    await assertRejects(() => reader.join(), CurioError);
    await assertRejects(() => writer.join(), CurioError);
    for (const task of [reader, writer]) {
      assert(/closed while/.test((task.exception as Error).message));
    }
    await assertRejects(() => pair.client.recv(1), CurioError, "closed");
    await pair.server.close();
  }, new RecordingLog()));

Deno.test("a TLS socket is read by one task at a time, and written by one", () =>
  inKernel(async () => {
    await using pair = await TlsPair.open();
    const reader = spawn(() => pair.client.recv(10));
    const writer = spawn(() => pair.client.sendall(new Uint8Array(40_000_000)));
    await until(() => reader.state === "READ_WAIT" && writer.state === "WRITE_WAIT");
    await assertRejects(() => pair.client.recv(1), ReadResourceBusy);
    await assertRejects(() => pair.client.send("x"), WriteResourceBusy);
    await reader.cancel();
    await writer.cancel();
  }));

Deno.test("Socket.shutdown(SHUT_WR) over TLS ends one direction, and the other goes on", () =>
  inKernel(async () => {
    await using pair = await TlsPair.open();
    await pair.client.sendall("question");
    await pair.client.shutdown(SHUT_WR);
    assertEquals(await receiveAll(pair.server), "question");
    await pair.server.sendall("answer");
    await pair.server.shutdown(SHUT_WR);
    assertEquals(await receiveAll(pair.client), "answer");
    await assertRejects(() => pair.client.sendall("more"), Deno.errors.BrokenPipe);
  }));

Deno.test("Socket.close() over TLS says goodbye, and what was sent arrives", () =>
  inKernel(async () => {
    for (let round = 0; round < 5; round++) {
      await using pair = await TlsPair.open();
      await pair.client.sendall("nobody reads this");
      const reading = spawn(compare, pair.client, 200_000);
      await pair.server.sendall(pattern(200_000));
      await pair.server.close();
      assertEquals(await reading.join(), -1);
      assertEquals((await pair.client.recv(1)).length, 0);
    }
  }));

Deno.test("Socket.recv() over TLS rejects if the peer is gone without close_notify", () =>
  inKernel(async () => {
    await using pair = await TlsPair.open();
    await pair.client.sendall("all but");
    pair.client.detach().close(); // No goodbye.
    assertEquals(text(await pair.server.recv(100)), "all but");
    for (let again = 0; again < 2; again++) {
      await assertRejects(() => pair.server.recv(100), Deno.errors.UnexpectedEof, "close_notify");
    }
  }));

Deno.test("Socket.recv() over TLS rejects at what is no record of its peer's", () =>
  inKernel(async () => {
    const rubbish = new TextEncoder().encode("HELO there, how do you do?\r\n");
    for (const bytes of [CORRUPT, rubbish]) {
      for (const [from, to] of [["client", "server"], ["server", "client"]] as const) {
        await using pair = await TlsPair.open();
        await pair.conns[from].write(bytes);
        await assertRejects(() => pair[to].recv(100), SSLError, "Cannot go on");
        await assertRejects(() => pair[to].sendall("x"), SSLError);
      }
    }
  }));

Deno.test("Socket.recv() over TLS rejects at a record that is cut off", () =>
  inKernel(async () => {
    await using pair = await TlsPair.open();
    await pair.conns.client.write(CORRUPT.subarray(0, 20));
    pair.client.detach().close();
    await assertRejects(() => pair.server.recv(100), Deno.errors.UnexpectedEof);
  }));

Deno.test("streams over TLS read lines, and write them", () =>
  inKernel(async () => {
    await using pair = await TlsPair.open();
    const [reader, writer] = pair.server.makeStreams();
    const client = pair.client.asStream({ encoding: "utf-8" });
    await client.writelines(["eins\n", "zwölf\n"]);
    assertEquals(text(await reader.readline()), "eins\n");
    const task = spawn(() => reader.readExactly(100));
    await until(() => task.state === "READ_WAIT");
    await task.cancel();
    assertEquals((task.exception as Error & { bytesRead: Uint8Array }).bytesRead.length, 7);
    await writer.write("goodbye\n");
    await writer.close();
    assertEquals(await client.readlines(), ["goodbye\n"]);
    await client.close();
    assertEquals((await reader.readall()).length, 0);
    await reader.close();
  }));

Deno.test("Socket.detach() and blocking() over TLS give a connection of Deno's kind", () =>
  inKernel(async () => {
    await using pair = await TlsPair.open();
    {
      using lent = pair.client.blocking();
      await lent.conn.write(new TextEncoder().encode("hello"));
    }
    assertEquals(text(await pair.server.recv(100)), "hello");
    const task = spawn(() => pair.server.recv(100));
    await until(() => task.state === "READ_WAIT");
    await task.cancel();
    await pair.client.sendall("and goodbye");
    await pair.client.shutdown(SHUT_WR);
    const conn = pair.server.detach();
    assertEquals(await new Response(conn.readable).text(), "and goodbye");
    conn.close();
  }));

Deno.test("SSLContext.wrapSocket() upgrades both sides of a conversation (STARTTLS)", () =>
  inKernel(async () => {
    const [client, server] = await plainPair();
    const task = spawn(async () => {
      const lines = server.asStream({ encoding: "utf-8" });
      await lines.write("220 ready\n");
      assertEquals(await lines.readline(), "STARTTLS\n");
      await lines.write("220 go ahead\n");
      await using secured = await serverContext().wrapSocket(server, { serverSide: true });
      await secured.sendall((await secured.recv(100)).toReversed());
    });
    const lines = client.asStream({ encoding: "utf-8" });
    assertEquals(await lines.readline(), "220 ready\n");
    await lines.write("STARTTLS\n");
    assertEquals(await lines.readline(), "220 go ahead\n");
    await using secured = await clientContext().wrapSocket(client, { serverHostname: "localhost" });
    await secured.sendall("abc");
    assertEquals(text(await secured.recv(100)), "cba");
    await assertRejects(() => client.recv(1), CurioError, "detached");
    await task.join();
  }));

Deno.test("SSLContext.wrapSocket() feeds to the handshake what a cancelled recv has taken", () =>
  inKernel(async () => {
    const [client, server] = await plainPair();
    const task = spawn(() => server.recv(100)); // It gets the beginning of the handshake.
    await until(() => task.state === "READ_WAIT");
    await task.cancel();
    const connecting = spawn(() =>
      clientContext().wrapSocket(client, { serverHostname: "localhost" })
    );
    await until(() => connecting.state === "READ_WAIT");
    await settle();
    await using accepted = await serverContext().wrapSocket(server);
    await using connected = await connecting.join();
    await connected.sendall("hello");
    assertEquals(text(await accepted.recv(100)), "hello");
  }));

Deno.test("SSLContext.wrapSocket() cancelled closes the connection", () =>
  inKernel(async () => {
    for (const side of ["client", "server"]) {
      const [sock, peer] = await plainPair();
      const task = spawn(() =>
        side === "server"
          ? serverContext().wrapSocket(sock)
          : clientContext().wrapSocket(sock, { serverHostname: "localhost" })
      );
      await until(() => task.state === "READ_WAIT");
      await task.cancel();
      while ((await peer.recv(1000)).length > 0);
      await peer.close();
      await assertRejects(() => sock.recv(1), CurioError, "detached");
    }
  }));

Deno.test("SSLContext.wrapSocket() cancelled at any moment leaves nothing open", () =>
  inKernel(async () => {
    for (const side of ["client", "server"]) {
      // Each turn of the event loop is a moment, until it is too late to cancel.
      for (let turns = 0, ended = false; !ended; turns++) {
        const [left, right] = await plainPair();
        const client = spawn(() =>
          clientContext().wrapSocket(left, { serverHostname: "localhost" })
        );
        const server = spawn(() => serverContext().wrapSocket(right));
        const victim = side === "client" ? client : server;
        let rest = turns;
        await until(() => victim.terminated || rest-- === 0);
        ended = victim.terminated;
        await victim.cancel();
        for (const task of [client, server]) {
          await task.wait();
          if (task.exception === undefined) await task.result.close();
        }
      }
    }
  }, new RecordingLog()));

Deno.test("SSLContext.wrapSocket() speaks TLS over TLS", () =>
  inKernel(async () => {
    await using outer = await TlsPair.open();
    const accepting = serverContext().wrapSocket(outer.server);
    const options = { serverHostname: "localhost" };
    await using client = await clientContext().wrapSocket(outer.client, options);
    await using server = await accepting;
    await client.sendall("deep");
    assertEquals(text(await server.recv(100)), "deep");
  }));

Deno.test("a cancelled recv() over TLS does not keep the program alive", async () => {
  const { code, lines, errors } = await runProgram(`
    const { ssl, openConnection, spawn, timeoutAfter } = curio;
    const context = ssl.createDefaultContext(ssl.Purpose.CLIENT_AUTH);
    context.loadCertChain(${JSON.stringify(certificate("server.pem"))}, ${
    JSON.stringify(certificate("server_key.pem"))
  });
    const anybody = ssl.createDefaultContext();
    anybody.verifyMode = ssl.CERT_NONE;
    const kernel = new curio.Kernel(); // never shut down: its sockets stay open
    await kernel.run(async () => {
      const listener = curio.tcpServerSocket("127.0.0.1", 0);
      const { port } = listener.getsockname();
      const accepting = spawn(async () => context.wrapSocket((await listener.accept())[0]));
      const sock = await openConnection("127.0.0.1", port, { ssl: anybody });
      await accepting.join();
      await listener.close();
      await timeoutAfter(0.01, () => sock.recv(1)).catch((error) => console.log(error.name));
    });
  `);
  assertEquals([code, lines, errors], [0, ["TaskTimeout"], ""]);
});
