import { createSocket } from "node:dgram";
import { once } from "node:events";
import { assertEquals } from "@std/assert";
import { text } from "./support.ts";

/** A name server that says nothing, and a process that asks it: as root on Linux alone. */
const SHELL = `mount --bind "$1" /etc/resolv.conf && exec "$2" run -A --no-check "$3"`;

/** Where the name server is that says nothing: an address of this machine that nothing else uses. */
const SILENT = "127.0.0.77";

async function canMount(): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  try {
    const file = Deno.makeTempFileSync();
    const command = new Deno.Command("unshare", {
      args: ["-m", "sh", "-c", `mount --bind ${file} /etc/resolv.conf`],
      stdout: "null",
      stderr: "null",
    });
    const { success } = await command.output();
    Deno.removeSync(file);
    return success;
  } catch {
    return false;
  }
}

Deno.test({
  name: "a lookup that was cancelled does not keep the process alive until the system gives up",
  ignore: !await canMount(),
  async fn() {
    const from = (file: string) => JSON.stringify(import.meta.resolve(`../../${file}`));
    const program = `
      import { Kernel } from ${from("kernel/kernel.ts")};
      import { ignoreAfter } from ${from("kernel/timeout.ts")};
      import { getaddrinfo } from ${from("net/resolvers.ts")};
      await new Kernel().run(() => ignoreAfter(0.05, getaddrinfo, "slow.example.com", 80));
      console.log("cancelled");
      const cancelled = performance.now();
      addEventListener("unload", () => console.log(performance.now() - cancelled < 20_000));`;
    const resolvConf = Deno.makeTempFileSync();
    const server = createSocket("udp4").bind(53, SILENT);
    await once(server, "listening");
    Deno.writeTextFileSync(resolvConf, `nameserver ${SILENT}\noptions timeout:30 attempts:1\n`);
    const url = `data:text/javascript,${encodeURIComponent(program)}`;
    const { code, stdout, stderr } = await new Deno.Command("unshare", {
      args: ["-m", "sh", "-c", SHELL, "sh", resolvConf, Deno.execPath(), url],
    }).output();
    Deno.removeSync(resolvConf);
    server.close();
    await once(server, "close");
    assertEquals([code, text(stdout), text(stderr)], [0, "cancelled\ntrue\n", ""]);
  },
});
