import { assertEquals } from "@std/assert";
import { Child } from "../helpers/child.ts";
import { isInstalled } from "../helpers/installed.ts";
import { Example } from "./example.ts";

Deno.test({
  name: "udp_echo.ts: sends every datagram back, to several socat at once",
  ignore: !isInstalled("socat"),
  async fn() {
    await using server = new Example("udp_echo.ts", {
      permissions: ["--allow-net"],
      args: ["127.0.0.1", "0"],
    });
    await server.shows("}\n");
    const port = /port: (\d+)/.exec(server.text)![1];
    const start = () =>
      new Child("socat", { args: ["-", `UDP4:127.0.0.1:${port}`], stdin: "piped" });
    await using one = start();
    await using two = start();
    for (const round of [1, 2]) {
      await one.type(`one ${round}`);
      await two.type(`two ${round}`);
      await one.line(`one ${round}`);
      await two.line(`two ${round}`);
    }
    assertEquals(server.lines.filter((line) => line.startsWith("Received 6 bytes")).length, 4);
    server.kill("SIGINT");
    assertEquals((await server.end()).code, 130);
  },
});
