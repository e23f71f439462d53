import { assertEquals } from "@std/assert";
import { deadline } from "@std/async";
import { Example } from "./example.ts";

const isLinux = Deno.build.os === "linux";

/** Listens on 127.0.0.1, a port that no other of the machine's addresses has. */
function listen(hostname = "127.0.0.1", port = 0, tcpBacklog = 128): Deno.TcpListener {
  return Deno.listen({ hostname, port, tcpBacklog });
}

function start(port: number, ...hosts: string[]): Example {
  return new Example("happy_eyeballs.ts", {
    permissions: ["--allow-net"],
    args: [String(port), ...hosts],
  });
}

/** Connects to a server that never accepts until its queue is full: from then on it does not answer. */
async function fill(port: number, hostname: string): Promise<Deno.TcpConn[]> {
  const conns: Deno.TcpConn[] = [];
  for (;;) {
    const controller = new AbortController();
    const connecting = Deno.connect({ hostname, port, signal: controller.signal });
    try {
      conns.push(await deadline(connecting, 300));
    } catch {
      controller.abort();
      await connecting.then((conn) => conn.close(), () => {});
      return conns;
    }
  }
}

Deno.test({
  name: "happy_eyeballs.ts: goes on at once where an address refuses",
  ignore: !isLinux, // Elsewhere the loopback interface has one address only.
  async fn() {
    using alive = listen();
    await using example = start(alive.addr.port, "127.0.0.2", "127.0.0.1");
    const { code, lines } = await example.end();
    assertEquals(code, 0);
    assertEquals(lines[0].startsWith("127.0.0.2 failed:"), true);
    assertEquals(lines[1].startsWith("Connected to {"), true);
    assertEquals(lines[1].includes('hostname: "127.0.0.1"'), true);
  },
});

Deno.test({
  name: "happy_eyeballs.ts: does not wait for an address that does not answer",
  ignore: !isLinux,
  async fn() {
    using alive = listen();
    const { port } = alive.addr;
    using silent = listen("127.0.0.2", port, 1);
    const conns = await fill(port, silent.addr.hostname);
    await using example = start(port, "127.0.0.2", "127.0.0.1");
    const { code, text } = { ...await example.end(), text: example.text };
    assertEquals([code, text.includes('hostname: "127.0.0.1"')], [0, true]);
    for (const conn of conns) conn.close();
  },
});

Deno.test("happy_eyeballs.ts: says so when nobody answers", async () => {
  const gone = listen();
  const { port } = gone.addr;
  gone.close();
  await using example = start(port, "127.0.0.1");
  const { code, errors } = await example.end();
  assertEquals([code, errors.includes("Nobody answered")], [1, true]);
});
