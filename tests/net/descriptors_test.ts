import { assertEquals } from "@std/assert";
import { text } from "./support.ts";

Deno.test({
  name: "servers, sockets and connects that are cancelled leave no descriptor behind",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", import.meta.resolve("./descriptors_program.ts")],
      signal: AbortSignal.timeout(30_000),
    }).output();
    assertEquals(text(stderr), "");
    assertEquals(text(stdout).trim().split("\n"), [
      "Unix sockets left nothing",
      "datagram sockets left nothing",
      "pairs of sockets left nothing",
      "sockets of Node's left nothing",
      "a cancelled server left nothing",
      "what was cancelled left nothing",
      "cancelled connects left nothing",
    ]);
  },
});
