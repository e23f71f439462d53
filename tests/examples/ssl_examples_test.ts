import { assertEquals, assertMatch } from "@std/assert";
import { Child } from "../helpers/child.ts";
import { isInstalled } from "../helpers/installed.ts";
import { certificate } from "../net/tls_support.ts";
import { Example } from "./example.ts";
import { KeptPort } from "./kept_port.ts";
import { listenerOn, until } from "./proc.ts";
import { canServe } from "./server.ts";

const PAGE =
  /^HTTP\/1.0 200 OK\r\nContent-type: text\/plain\r\n\r\nIf you're seeing this, it probably worked. Yay!\n.*\d{4}.*\n$/;

/** `ssl_server.ts` with our certificate; ended at the end of the block. */
class SslServer extends Example {
  constructor(readonly kept: KeptPort) {
    const [cert, key] = [certificate("server.pem"), certificate("server_key.pem")];
    super("ssl_server.ts", {
      permissions: ["--allow-net", `--allow-read=${cert},${key}`],
      args: ["localhost", String(kept.port), cert, key],
    });
  }

  static async start(): Promise<SslServer> {
    const server = new SslServer(await KeptPort.pick());
    await until(
      async () => await listenerOn(server.kept.port) !== null,
      () => `The server does not listen: ${server.errors}`,
    );
    return server;
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    this.kept[Symbol.dispose]();
  }
}

/** `https_get.ts`, run to its end, trusting our authority if told to. */
async function get(port: number, env: Record<string, string> = {}) {
  const args = ["run", "--no-prompt", "--allow-net=localhost", "examples/https_get.ts"];
  await using example = new Child(Deno.execPath(), {
    args: [...args, "localhost", String(port), "/page"],
    cwd: new URL("../../", import.meta.url).pathname,
    env: { NO_COLOR: "1", ...env },
  });
  return { ...await example.end(), text: example.text };
}

Deno.test({
  name: "https_get.ts: prints what ssl_server.ts sends, and that what was asked for",
  ignore: !canServe,
  async fn() {
    await using server = await SslServer.start();
    const { code, errors, text } = await get(server.kept.port, {
      DENO_CERT: certificate("authority.pem"),
    });
    assertEquals([code, errors], [0, ""]);
    assertMatch(text.replace(/\n$/, ""), PAGE);
    await server.line("Host: localhost");
    assertEquals(server.lines, ["GET /page HTTP/1.0", "Host: localhost"]);
  },
});

Deno.test({
  name: "https_get.ts: refuses a server whose authority Deno does not trust",
  ignore: !canServe,
  async fn() {
    await using server = await SslServer.start();
    const { code, errors } = await get(server.kept.port);
    assertEquals(code, 1);
    assertMatch(errors, /SSLCertVerificationError: Cannot trust localhost/);
  },
});

Deno.test({
  name: "ssl_server.ts: answers curl, which checks its certificate",
  ignore: !canServe || !isInstalled("curl"),
  async fn() {
    await using server = await SslServer.start();
    const url = `https://localhost:${server.kept.port}/`;
    const args = ["-sS", "-i", "--cacert", certificate("authority.pem"), url];
    await using curl = new Child("curl", { args });
    const { code, errors } = await curl.end();
    assertEquals([code, errors], [0, ""]);
    assertMatch(curl.text, PAGE);
  },
});

Deno.test({
  name: "ssl_server.ts: Control-C ends it with status 130",
  ignore: !canServe,
  async fn() {
    await using server = await SslServer.start();
    server.kill("SIGINT");
    assertEquals((await server.end()).code, 130);
  },
});
