import { assert, assertEquals, assertRejects } from "@std/assert";
import { TaskCancelled } from "../../kernel/errors.ts";
import { schedule } from "../../kernel/sleep.ts";
import { spawn } from "../../kernel/spawn.ts";
import * as c from "../../net/constants.ts";
import { getaddrinfo, gethostbyaddr, gethostbyname, gethostname } from "../../net/resolvers.ts";
import { inKernel, text } from "./support.ts";

Deno.test("getaddrinfo() of an address in numbers tells its family, for streams and datagrams", () =>
  inKernel(async () => {
    assertEquals(await getaddrinfo("127.0.0.1", 80), [
      {
        family: c.AF_INET,
        type: c.SOCK_STREAM,
        address: { transport: "tcp", hostname: "127.0.0.1", port: 80 },
      },
      {
        family: c.AF_INET,
        type: c.SOCK_DGRAM,
        address: { transport: "udp", hostname: "127.0.0.1", port: 80 },
      },
    ]);
    const [six] = await getaddrinfo("::1", 80);
    assertEquals([six.family, six.address.hostname], [c.AF_INET6, "::1"]);
  }));

Deno.test("getaddrinfo() of a name asks the system", () =>
  inKernel(async () => {
    const found = await getaddrinfo("localhost", 80);
    assert(found.some(({ address }) => ["127.0.0.1", "::1"].includes(address.hostname)));
  }));

Deno.test("getaddrinfo() of every interface is the addresses that mean it", async () => {
  const hosts = (await getaddrinfo("", 80)).map(({ address }) => address.hostname);
  assertEquals(new Set(hosts), new Set(["0.0.0.0", "::"]));
});

Deno.test("the resolvers reject with NotFound and its code for a name without an address", () =>
  inKernel(async () => {
    for (
      const resolve of [
        () => getaddrinfo("no-such-host.invalid", 80),
        () => gethostbyname("no-such-host.invalid"),
      ]
    ) {
      const error = await assertRejects(
        resolve,
        Deno.errors.NotFound,
        "no-such-host.invalid",
      ) as Error & { code: string };
      assertEquals(error.code, "ENOTFOUND");
    }
  }));

Deno.test("gethostbyname() gives an IPv4 address", () =>
  inKernel(async () => {
    assertEquals(await gethostbyname("192.0.2.7"), "192.0.2.7");
    assertEquals(await gethostbyname("localhost"), "127.0.0.1");
    await assertRejects(() => gethostbyname("::1"), Deno.errors.NotFound);
  }));

Deno.test("gethostbyaddr() gives the name, no other names, and the address", () =>
  inKernel(async () => {
    assertEquals(await gethostbyaddr("127.0.0.1"), ["localhost", [], ["127.0.0.1"]]);
    await assertRejects(() => gethostbyaddr("localhost"), TypeError, "in numbers");
  }));

Deno.test("gethostname() gives this machine's name", async () => {
  assertEquals(await gethostname(), Deno.hostname());
});

Deno.test("a lookup can be cancelled, and shows as FUTURE_WAIT", () =>
  inKernel(async () => {
    const task = spawn(getaddrinfo, "some-host.invalid", 80);
    await schedule();
    assertEquals(task.state, "FUTURE_WAIT");
    await task.cancel();
    assert(task.exception instanceof TaskCancelled);
  }));

Deno.test("getaddrinfo() refuses a port that is none", async () => {
  await assertRejects(() => getaddrinfo("localhost", -1), RangeError, "port");
});

Deno.test("without permission names are NotCapable, and addresses in numbers are answered", async () => {
  const url = import.meta.resolve("../../net/resolvers.ts");
  const program = `data:text/javascript,import { gethostbyname } from ${JSON.stringify(url)};
    console.log(await gethostbyname("192.0.2.7"));
    await gethostbyname("some-host.invalid").catch((error) => console.log(error.name));`;
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-prompt", program],
  }).output();
  assertEquals([code, text(stdout)], [0, "192.0.2.7\nNotCapable\n"]);
});
