import { assert, assertEquals, assertRejects } from "@std/assert";
import { createHmac } from "node:crypto";
import { joinBytes } from "../../io/join_bytes.ts";
import {
  CurioError,
  ReadResourceBusy,
  TaskCancelled,
  WriteResourceBusy,
} from "../../kernel/errors.ts";
import { schedule } from "../../kernel/sleep.ts";
import { spawn } from "../../kernel/spawn.ts";
import { AuthenticationError } from "../../net/authentication_error.ts";
import { Channel } from "../../net/channel.ts";
import { RecordingLog } from "../helpers/recording_log.ts";
import { closeRaw, dial, frame, KEY, RawPair, readFrame, writeAll } from "./channel_support.ts";
import { inKernel, text, until } from "./support.ts";

const encoder = new TextEncoder();

function hmac(digest: string, message: Uint8Array): Uint8Array {
  return createHmac(digest, KEY).update(message).digest();
}

/** What `accept` logs about a client that does `act`; a proper client comes after it, and must get in. */
async function turnedAway(act: (conn: Deno.TcpConn) => Promise<void>): Promise<string> {
  const log = new RecordingLog();
  await inKernel(async () => {
    await using channel = new Channel(["127.0.0.1", 0]);
    channel.bind();
    const accepting = spawn(() => channel.accept({ authkey: KEY }));
    await schedule();
    const conn = await dial(channel);
    await act(conn);
    await log.until(/turned away/);
    assert(!accepting.terminated);
    closeRaw(conn);
    await using client = await channel.connect({ authkey: KEY });
    await using server = await accepting.join();
    await client.sendBytes("in");
    assertEquals(text(await server.recvBytes()), "in");
  }, log);
  assertEquals(log.entries.length, 1);
  assertEquals(log.entries[0].level, "warn");
  return log.entries[0].text;
}

Deno.test("Channel.accept() challenges as Python 3.11 does", () =>
  inKernel(async () => {
    await using channel = new Channel(["127.0.0.1", 0]);
    channel.bind();
    const accepting = spawn(() => channel.accept({ authkey: KEY }));
    await schedule();
    using conn = await dial(channel);
    const message = await readFrame(conn);
    assertEquals(text(message.subarray(0, 11)), "#CHALLENGE#");
    assertEquals(message.length, 11 + 20);
    await writeAll(conn, frame(hmac("md5", message.subarray(11))));
    assertEquals(text(await readFrame(conn)), "#WELCOME#");
    const challenge = crypto.getRandomValues(new Uint8Array(20));
    await writeAll(conn, frame(joinBytes([encoder.encode("#CHALLENGE#"), challenge])));
    assertEquals(await readFrame(conn), new Uint8Array(hmac("md5", challenge)));
    await writeAll(conn, frame("#WELCOME#"));
    await (await accepting.join()).close();
  }));

for (const name of ["md5", "sha256", "sha384", "sha3_256", "sha3_384"]) {
  Deno.test(`Channel.accept() understands Python 3.12's {${name}}, both ways`, () =>
    inKernel(async () => {
      await using channel = new Channel(["127.0.0.1", 0]);
      channel.bind();
      const accepting = spawn(() => channel.accept({ authkey: KEY }));
      await schedule();
      using conn = await dial(channel);
      const message = (await readFrame(conn)).subarray(11);
      const prefix = encoder.encode(`{${name}}`);
      const digest = name.replace("_", "-");
      await writeAll(conn, frame(joinBytes([prefix, hmac(digest, message)])));
      assertEquals(text(await readFrame(conn)), "#WELCOME#");
      const challenge = joinBytes([prefix, crypto.getRandomValues(new Uint8Array(40))]);
      await writeAll(conn, frame(joinBytes([encoder.encode("#CHALLENGE#"), challenge])));
      assertEquals(await readFrame(conn), joinBytes([prefix, hmac(digest, challenge)]));
      await writeAll(conn, frame("#WELCOME#"));
      await (await accepting.join()).close();
    }));
}

Deno.test("Channel.accept() logs and drops a client that has another key", async () => {
  const logged = await turnedAway(async (conn) => {
    await readFrame(conn);
    await writeAll(conn, frame(new Uint8Array(16)));
    assertEquals(text(await readFrame(conn)), "#FAILURE#");
  });
  assert(/127\.0\.0\.1:\d+: .*answer is wrong/.test(logged), logged);
});

Deno.test("Channel.accept() logs and drops a client that rejects its answer", async () => {
  const logged = await turnedAway(async (conn) => {
    const message = await readFrame(conn);
    await writeAll(conn, frame(hmac("md5", message.subarray(11))));
    await readFrame(conn);
    await writeAll(conn, frame(joinBytes([encoder.encode("#CHALLENGE#"), new Uint8Array(20)])));
    await readFrame(conn);
    await writeAll(conn, frame("#FAILURE#"));
  });
  assert(logged.includes("rejected our answer"), logged);
});

Deno.test("Channel.accept() logs and drops a client that sends rubbish", async () => {
  const logged = await turnedAway((conn) =>
    writeAll(conn, encoder.encode("GET / HTTP/1.1\r\nHost: here\r\n\r\n"))
  );
  assert(logged.includes("at most 256"), logged);
});

Deno.test("Channel.accept() takes no frame of more than 256 bytes in the handshake", async () => {
  const logged = await turnedAway((conn) => writeAll(conn, frame(new Uint8Array(10), 257)));
  assert(logged.includes("257 bytes"), logged);
});

Deno.test("Channel.accept() logs and drops a client whose frame has a negative length", async () => {
  const logged = await turnedAway((conn) => writeAll(conn, frame("", -2)));
  assert(logged.includes("no length"), logged);
});

Deno.test("Channel.accept() logs and drops a client that hangs up", async () => {
  const logged = await turnedAway((conn) => Promise.resolve(conn.close()));
  assert(/closed the connection|reset/.test(logged), logged);
});

Deno.test("Channel.accept() logs and drops a client that is silent for a second", async () => {
  const begun = performance.now();
  const logged = await turnedAway(() => Promise.resolve());
  assert(performance.now() - begun >= 990);
  assert(logged.includes("silent for 1 s"), logged);
});

Deno.test("Channel.accept() is not held up by clients that are silent", () =>
  inKernel(async () => {
    await using channel = new Channel(["127.0.0.1", 0]);
    channel.bind();
    const silent: Deno.TcpConn[] = [];
    for (let i = 0; i < 10; i++) silent.push(await dial(channel));
    const begun = performance.now();
    const accepting = spawn(() => channel.accept({ authkey: KEY }));
    await using client = await channel.connect({ authkey: KEY });
    await using _server = await accepting.join();
    // One after the other they would take ten seconds.
    assert(performance.now() - begun < 5000);
    await client.close();
    for (const conn of silent) conn.close();
  }, new RecordingLog()));

Deno.test("Channel.accept() lets in a client behind more silent ones than it takes on at a time", () =>
  inKernel(async () => {
    await using channel = new Channel(["127.0.0.1", 0]);
    channel.bind();
    const silent: Deno.TcpConn[] = [];
    for (let i = 0; i < 150; i++) silent.push(await dial(channel));
    const accepting = spawn(() => channel.accept({ authkey: KEY }));
    await until(() => /128 in the handshake/.test(Deno.inspect(channel)));
    await using client = await channel.connect({ authkey: KEY });
    await using _server = await accepting.join();
    await client.close();
    for (const conn of silent) conn.close();
  }, new RecordingLog()));

Deno.test("Channel.accept() lets in everybody who has the key, however many come at once", () =>
  inKernel(async () => {
    await using channel = new Channel(["127.0.0.1", 0]);
    channel.bind();
    const count = 50;
    const clients = Array.from(
      { length: count },
      (_, id) =>
        spawn(async () => {
          await using connection = await channel.connect({ authkey: KEY });
          await connection.sendBytes(`${id}`);
        }),
    );
    const ids = new Set<string>();
    for (let i = 0; i < count; i++) {
      await using connection = await channel.accept({ authkey: KEY });
      ids.add(text(await connection.recvBytes()));
    }
    for (const client of clients) await client.join();
    assertEquals(ids.size, count);
  }));

Deno.test("Channel.connect() with another key is AuthenticationError", async () => {
  const log = new RecordingLog();
  await inKernel(async () => {
    await using channel = new Channel(["127.0.0.1", 0]);
    channel.bind();
    const accepting = spawn(() => channel.accept({ authkey: KEY }));
    const error = await assertRejects(
      () => channel.connect({ authkey: "a guess" }),
      AuthenticationError,
      "same authkey",
    );
    assert(error instanceof CurioError);
    assertEquals(error.name, "AuthenticationError");
    await accepting.cancel();
  }, log);
});

Deno.test("Channel.connect() to somebody who sends no challenge is AuthenticationError", () =>
  inKernel(async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    await using channel = new Channel(listener.addr);
    const task = spawn(() => channel.connect({ authkey: KEY }));
    using conn = await listener.accept();
    await writeAll(conn, frame("hello"));
    await task.wait();
    assert(task.exception instanceof AuthenticationError);
    assertEquals(await conn.read(new Uint8Array(1)), null);
  }, new RecordingLog()));

for (
  const [challenge, what] of [
    [new Uint8Array(19), "too short"],
    [new Uint8Array(30), "without a digest"],
    [
      encoder.encode("{sha1}0123456789012345678901234567890123456789"),
      "of a digest that is not allowed",
    ],
  ] as const
) {
  Deno.test(`Channel.connect() answers no challenge ${what}`, () =>
    inKernel(async () => {
      using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      await using channel = new Channel(listener.addr);
      const task = spawn(() => channel.connect({ authkey: KEY }));
      using conn = await listener.accept();
      await writeAll(conn, frame(joinBytes([encoder.encode("#CHALLENGE#"), challenge])));
      await task.wait();
      assert(task.exception instanceof AuthenticationError, String(task.exception));
      assertEquals(await conn.read(new Uint8Array(1)), null);
    }, new RecordingLog()));
}

Deno.test("Connection.authenticateServer() and authenticateClient() do the handshake by hand", () =>
  inKernel(async () => {
    await using channel = new Channel(["127.0.0.1", 0]);
    channel.bind();
    await using client = await channel.connect();
    await using server = await channel.accept();
    const task = spawn(() => server.authenticateServer(KEY));
    await client.authenticateClient(KEY);
    await task.join();
    await client.sendBytes("hello");
    assertEquals(text(await server.recvBytes()), "hello");
  }));

Deno.test("Connection takes nothing else while it authenticates", () =>
  inKernel(async () => {
    await using pair = await RawPair.open();
    const { connection } = pair;
    const task = spawn(() => connection.authenticateServer(KEY));
    await until(() => task.state === "READ_WAIT");
    await assertRejects(() => connection.recvBytes(), ReadResourceBusy, "authenticateServer()");
    await assertRejects(() => connection.recv(), ReadResourceBusy, "authenticateServer()");
    await assertRejects(() => connection.sendBytes(""), WriteResourceBusy, "authenticateServer()");
    await assertRejects(() => connection.send(1), WriteResourceBusy, "authenticateServer()");
    await assertRejects(() => connection.authenticateClient(KEY), WriteResourceBusy);
    await task.cancel();
  }));

Deno.test("Connection.authenticateServer() while another task receives is ReadResourceBusy", () =>
  inKernel(async () => {
    await using pair = await RawPair.open();
    const { connection } = pair;
    const task = spawn(() => connection.recvBytes());
    await schedule();
    await assertRejects(() => connection.authenticateServer(KEY), ReadResourceBusy, "recvBytes()");
    await writeAll(pair.raw, frame("unharmed"));
    assertEquals(text(await task.join()), "unharmed");
  }));

Deno.test("Connection.authenticateServer() cancelled, at any point, closes the connection", () =>
  inKernel(async () => {
    for (let turns = 0; turns < 6; turns++) {
      await using pair = await RawPair.open();
      const { connection } = pair;
      const task = spawn(() => connection.authenticateServer(KEY));
      for (let turn = 0; turn < turns; turn++) await schedule();
      await task.cancel();
      assert(task.exception instanceof TaskCancelled);
      if (turns > 0) await assertRejects(() => connection.recvBytes(), CurioError, "closed");
    }
  }));
