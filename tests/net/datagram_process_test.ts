/** What datagram sockets do to the process they are in: in processes of their own. */
import { assertEquals } from "@std/assert";
import { text } from "./support.ts";

/** Runs a program in which `socket`, `run`, `c` and `ignoreAfter` are the library's. */
async function runWith(source: string, ...flags: string[]): Promise<[number, string, string]> {
  const from = (file: string) => JSON.stringify(import.meta.resolve(`../../${file}`));
  const program = `
    import * as c from ${from("net/constants.ts")};
    import { Kernel } from ${from("kernel/kernel.ts")};
    import { ignoreAfter } from ${from("kernel/timeout.ts")};
    import { socket } from ${from("net/make_socket.ts")};
    const udp = () => socket(c.AF_INET, c.SOCK_DGRAM);
    ${source}`;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      "--no-prompt",
      ...flags,
      `data:text/javascript,${encodeURIComponent(program)}`,
    ],
    signal: AbortSignal.timeout(30_000),
  }).output();
  return [code, text(stdout), text(stderr)];
}

Deno.test("a datagram socket that is left open does not keep the process alive after run", async () => {
  const ending = await runWith(
    `
    await new Kernel().run(async () => {
      const sock = udp();
      await sock.bind(["127.0.0.1", 0]);
      await sock.sendto("x", sock.getsockname());
      await sock.recvfrom(10);
      await ignoreAfter(0.01, () => sock.recvfrom(10));
      console.log("done");
    });`,
    "--allow-net",
  );
  assertEquals(ending, [0, "done\n", ""]);
});

Deno.test("a datagram socket that nothing came to does not keep the process alive after run", async () => {
  const ending = await runWith(
    `
    await new Kernel().run(async () => {
      const sock = udp();
      await sock.bind(["127.0.0.1", 0]);
      await ignoreAfter(0.01, () => sock.recvfrom(10));
      console.log("done");
    });`,
    "--allow-net",
  );
  assertEquals(ending, [0, "done\n", ""]);
});

Deno.test("a recvfrom() outside any task keeps the process alive until a datagram comes", async () => {
  const ending = await runWith(
    `
    const sock = udp();
    await sock.bind(["127.0.0.1", 0]);
    const address = sock.getsockname();
    const peer = udp();
    async function receive() {
      for (let round = 0; round < 2; round++) {
        Deno.unrefTimer(setTimeout(() => peer.sendto("late", address), 50));
        console.log((await sock.recvfrom(10))[0].length);
      }
      await peer.close();
      await sock.close();
    }
    // Not awaited: an await at the top of a program keeps it alive by itself.
    void receive();`,
    "--allow-net",
  );
  assertEquals(ending, [0, "4\n4\n", ""]);
});

Deno.test("a datagram socket without the permission rejects with NotCapable, and nothing else ends", async () => {
  const ending = await runWith(
    `
    const sock = udp();
    await sock.bind(["127.0.0.1", 0]).catch((error) => console.log("bind", error.name));
    await sock.sendto("x", ["127.0.0.1", 9]).catch((error) => console.log("sendto", error.name));
    await sock.close();`,
  );
  assertEquals(ending, [0, "bind NotCapable\nsendto NotCapable\n", ""]);
});

Deno.test("Socket.sendto() to where the program may not send rejects with NotCapable", async () => {
  const ending = await runWith(
    `
    const sock = udp();
    await sock.bind(["127.0.0.1", 0]);
    await sock.sendto("x", ["127.0.0.2", 9]).catch((error) => console.log(error.name));
    await sock.close();`,
    "--allow-net=127.0.0.1",
  );
  assertEquals(ending, [0, "NotCapable\n", ""]);
});

Deno.test("reusePort without the permission throws NotCapable", async () => {
  const module = JSON.stringify(import.meta.resolve("../../net/tcp_server_socket.ts"));
  const ending = await runWith(`
    const { tcpServerSocket } = await import(${module});
    try {
      tcpServerSocket("127.0.0.1", 0, { reusePort: true });
    } catch (error) {
      console.log(error.name);
    }`);
  assertEquals(ending, [0, "NotCapable\n", ""]);
});
