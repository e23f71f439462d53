import { assertEquals } from "@std/assert";
import { Client } from "./client.ts";
import { canServe, Server } from "./server.ts";
import { hasNc, Terminal } from "./terminal.ts";

async function join(port: number, name: string): Promise<Client> {
  const client = await Client.connect(port);
  await client.shows("Your name: ");
  await client.send(`${name}\nhi\n`);
  await client.shows(`${name}:hi\n`);
  return client;
}

/** The log, without the address, of what the client at `address` did. */
function logOf(server: Server, address: string): string[] {
  const head = `INFO ${address} `;
  return server.lines.filter((line) => line.startsWith(head)).map((line) =>
    line.slice(head.length)
  );
}

Deno.test({
  name: "chat_log.ts: every line has its client's address, whichever task of the client logs it",
  ignore: !canServe,
  async fn() {
    await using server = await Server.start("chat_log.ts");
    using max = await join(server.port, "Max");
    using lillian = await join(server.port, "Lillian");
    // The handler logs the joining and the leaving, its child task what is said between.
    for (const text of ["one", "two"]) {
      await lillian.send(`${text}\n`);
      await max.shows(`Lillian:${text}\n`);
      await max.send(`${text}\n`);
      await lillian.shows(`Max:${text}\n`);
    }
    for (const client of [lillian, max]) {
      await client.leave();
      await client.end();
      await server.line(`INFO ${client.address} connection closed`);
    }
    for (const [name, client] of [["Max", max], ["Lillian", lillian]] as const) {
      assertEquals(logOf(server, client.address), [
        "connected",
        ...["joined", "hi", "one", "two", "has gone away"].map((text) =>
          `published [ "${name}", "${text}\\n" ]`
        ),
        "connection closed",
      ]);
    }
    assertEquals([server.lines.length, server.errors], [1 + 7 + 7, ""]);
  },
});

Deno.test({
  name: "chat_log.ts: two nc talk, are dropped by SIGHUP, and one comes back",
  ignore: !canServe || !hasNc,
  async fn() {
    await using server = await Server.start("chat_log.ts");
    await using max = Terminal.nc(server.port);
    await max.shows("Your name: ");
    await max.type("Max");
    await max.type("hi");
    await max.shows("Max:hi\n");
    await using lillian = Terminal.nc(server.port);
    await lillian.shows("Your name: ");
    await lillian.type("Lillian");
    await max.shows("Lillian:joined\n");
    await lillian.type("hi");
    for (const nc of [lillian, max]) await nc.shows("Lillian:hi\n");
    await server.restart();
    for (const nc of [max, lillian]) {
      assertEquals((await nc.dropped()).code, 0);
      assertEquals(nc.lines.at(-1), "SERVER IS GOING AWAY!");
    }
    await using again = Terminal.nc(server.port);
    await again.shows("Your name: ");
    assertEquals(server.errors, "");
  },
});
