import { assertEquals } from "@std/assert";
import { Client } from "./client.ts";
import { canServe, Server } from "./server.ts";

Deno.test({
  name: "fib_server.ts: tells one client numbers while another waits for a large one",
  ignore: !canServe,
  async fn() {
    await using server = await Server.start("fib_server.ts");
    using patient = await Client.connect(server.port);
    await patient.send("60\n");
    using quick = await Client.connect(server.port);
    await quick.send("10\nten\n20\n");
    await quick.leave();
    assertEquals(await quick.end(), "55\na number, please\n6765\n");
    assertEquals(patient.text, "");
  },
});
