import { assertEquals, assertMatch } from "@std/assert";
import { Example } from "./example.ts";
import { hasNc, Terminal } from "./terminal.ts";

// What it shares with the other echo servers is in echo_test.ts.

Deno.test({
  name: "echo_socket.ts: tells the address it listens on, where nc finds it",
  ignore: !hasNc,
  async fn() {
    await using server = new Example("echo_socket.ts", {
      permissions: ["--allow-net"],
      args: ["localhost", "0"],
    });
    await server.shows("}\n");
    const [line] = server.lines;
    assertMatch(line!, /^Server listening at \{.* hostname: "127\.0\.0\.1", port: [1-9]\d* \}$/);
    await using nc = Terminal.nc(Number(/port: (\d+)/.exec(line!)![1]));
    await nc.type("hello");
    await nc.line("hello");
    assertEquals(nc.text, "hello\n");
  },
});
