import { assertEquals } from "@std/assert";
import { Child } from "../helpers/child.ts";
import { isInstalled } from "../helpers/installed.ts";
import { Example } from "./example.ts";
import { until } from "./proc.ts";

/** A directory with the place of the socket, removed at the end of the block. */
class Place implements Disposable {
  readonly #folder = Deno.makeTempDirSync({ prefix: "curio-" });
  readonly path: string = `${this.#folder}/echo`;

  get exists(): boolean {
    return [...Deno.readDirSync(this.#folder)].length > 0;
  }

  /** Starts the example, and waits until it listens. */
  async start(): Promise<Example> {
    const example = new Example("unix_echo.ts", {
      permissions: ["--allow-net", `--allow-read=${this.path}`, `--allow-write=${this.path}`],
      args: [this.path],
    });
    await until(() => this.isServed(), () => `Nobody listens: ${example.text} ${example.errors}`);
    return example;
  }

  async isServed(): Promise<boolean> {
    try {
      (await Deno.connect({ transport: "unix", path: this.path })).close();
      return true;
    } catch {
      return false;
    }
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

Deno.test({
  name: "unix_echo.ts: gives socat back what it typed, and removes its path on Ctrl-C",
  ignore: !isInstalled("socat"),
  async fn() {
    using place = new Place();
    await using server = await place.start();
    await using one = new Child("socat", { args: ["-", `UNIX:${place.path}`], stdin: "piped" });
    await using two = new Child("socat", { args: ["-", `UNIX:${place.path}`], stdin: "piped" });
    await one.type("hello");
    await two.type("hello, too");
    await one.line("hello");
    await two.line("hello, too");
    server.kill("SIGINT");
    assertEquals([(await server.end()).code, place.exists], [130, false]);
    for (const client of [one, two]) assertEquals((await client.end()).code, 0);
  },
});

Deno.test("unix_echo.ts: starts again after it was killed", async () => {
  using place = new Place();
  {
    await using killed = await place.start();
    killed.kill("SIGKILL");
    await killed.end();
  }
  assertEquals([place.exists, await place.isServed()], [true, false]);
  await using again = await place.start();
  again.kill("SIGINT");
  await again.end();
});

Deno.test("unix_echo.ts: refuses to start where it is running already", async () => {
  using place = new Place();
  await using first = await place.start();
  await using second = new Example("unix_echo.ts", {
    permissions: ["--allow-net", "--allow-read", "--allow-write"],
    args: [place.path],
  });
  const { code, errors } = await second.end();
  assertEquals([code, errors.includes("AddrInUse")], [1, true]);
  assertEquals(await place.isServed(), true);
  first.kill("SIGINT");
  await first.end();
});
