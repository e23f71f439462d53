import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { Served } from "./web_support.ts";

Deno.test("startWeb() serves a page at a URL with a random token", async () => {
  await using one = await Served.start();
  await using other = await Served.start();
  assertMatch(one.url.href, /^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32}$/);
  assertNotEquals(one.token, other.token);
  const { status, headers, text } = await one.ask();
  assertEquals([status, headers.get("content-type")], [200, "text/html; charset=utf-8"]);
  assertStringIncludes(text, "<title>Curio monitor</title>");
});

Deno.test("startWeb() takes a token, whatever is in it", async () => {
  await using served = await Served.start({ token: "a b&c=ü/?#" });
  assertEquals(served.token, "a b&c=ü/?#");
  const { status } = await served.ask({ path: served.url.pathname + served.url.search });
  assertEquals(status, 200);
});

Deno.test("startWeb() lets only the page's own script and style run, and no text become markup", async () => {
  await using served = await Served.start();
  const { headers, text } = await served.ask();
  const policy = headers.get("content-security-policy")!;
  for (const kind of ["script", "style"]) {
    const [, source] = text.match(new RegExp(`<${kind}>([^]*?)</${kind}>`))!;
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(source));
    const hash = new Uint8Array(digest).toBase64();
    assertStringIncludes(policy, `${kind}-src 'sha256-${hash}'`);
  }
  for (
    const rule of [
      "default-src 'none'",
      "connect-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
    ]
  ) assert(policy.split("; ").includes(rule), rule);
  assert(!/\son\w+=|\sstyle=|javascript:/i.test(text.replace(/<script>[^]*<\/script>/, "")));
});

Deno.test("startWeb() keeps every answer out of caches, frames and other origins", async () => {
  await using served = await Served.start();
  const token = `?token=${served.token}`;
  for (const path of [`/${token}`, "/", `/where${token}&id=1`, `/nowhere${token}`]) {
    const { headers } = await served.ask({ path });
    const told = ["cache-control", "x-content-type-options", "referrer-policy", "x-frame-options"]
      .map((name) => headers.get(name));
    assertEquals(told, ["no-store", "nosniff", "no-referrer", "DENY"], path);
    assertStringIncludes(headers.get("content-security-policy")!, "frame-ancestors 'none'");
    assertEquals(headers.get("access-control-allow-origin"), null);
  }
});

Deno.test("startWeb() refuses whoever does not know the token", async () => {
  await using served = await Served.start();
  const { token } = served;
  const wrong = [
    "",
    "?token=",
    "?token=x",
    `?token=${token.slice(1)}`,
    `?token=${token}x`,
    `?Token=${token}`,
  ];
  for (const path of ["/", "/events", "/where", "/nowhere"]) {
    for (const search of wrong) {
      const { status, text } = await served.ask({ path: path + search });
      assertEquals(status, 403, path + search);
      assert(!text.includes(token));
    }
  }
});

Deno.test("startWeb() refuses a Host that is not its own, as a rebound name gives", async () => {
  await using served = await Served.start();
  const { port } = served.url;
  for (
    const host of ["evil.example", `evil.example:${port}`, "127.0.0.1.evil.example", "10.0.0.1", ""]
  ) {
    assertEquals((await served.ask({ headers: { host } })).status, 403, host);
  }
  // A port that was forwarded is another than ours.
  for (const host of [`localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`, "127.0.0.1:9"]) {
    assertEquals((await served.ask({ headers: { host } })).status, 200, host);
  }
});

Deno.test("startWeb() on every interface takes addresses for a Host, but no names", async () => {
  await using served = await Served.start({ hostname: "0.0.0.0" });
  for (const host of ["10.1.2.3:80", "[fe80::1]:80", "localhost"]) {
    assertEquals((await served.ask({ headers: { host } })).status, 200, host);
  }
  for (const host of ["evil.example", "1.2.3.4.evil.example", "fe80.example:80"]) {
    assertEquals((await served.ask({ headers: { host } })).status, 403, host);
  }
  assertEquals((await served.ask({ headers: { host: "a[::1]" } })).status, 400);
});

Deno.test("startWeb() refuses pages of other origins, and changes nothing without an Origin", async () => {
  await using served = await Served.start();
  const path = `/cancel?id=1&token=${served.token}`;
  const others = [
    "http://evil.example",
    "null",
    `https://${served.url.host}`,
    "http://127.0.0.1:1",
    "",
  ];
  for (const origin of others) {
    assertEquals((await served.ask({ headers: { origin } })).status, 403, origin);
    assertEquals(
      (await served.ask({ method: "POST", path, headers: { origin } })).status,
      403,
      origin,
    );
  }
  assertEquals((await served.ask({ method: "POST", path, headers: { origin: null } })).status, 403);
  assertEquals(served.source.calls, []);
});

Deno.test("startWeb() cancels by POST alone", async () => {
  await using served = await Served.start();
  const path = `/cancel?id=1&token=${served.token}`;
  for (const method of ["GET", "PUT", "DELETE"]) {
    assertEquals((await served.ask({ method, path })).status, 405, method);
  }
  assertEquals(served.source.calls, []);
  const { status, text } = await served.ask({ method: "POST", path });
  assertEquals([status, JSON.parse(text)], [200, { text: "Cancelling task 1\n" }]);
  assertEquals(served.source.calls, ["cancel 1"]);
});

Deno.test("startWeb() tells where a task waits, and inside what", async () => {
  await using served = await Served.start();
  const { text } = await served.ask({ path: `/where?id=1&token=${served.token}` });
  const { stack, scopes } = JSON.parse(text);
  assertEquals(stack.frames[0].function, "main");
  assertEquals(scopes.scopes[0].kind, "timeout");
});

Deno.test("startWeb() refuses what is no task's id", async () => {
  await using served = await Served.start();
  for (const id of ["", "x", "-1", "1.5", "1e3", "9".repeat(400), "0x10", "%00"]) {
    const path = `/where?id=${id}&token=${served.token}`;
    assertEquals((await served.ask({ path })).status, 400, id);
  }
  assertEquals(served.source.calls, []);
});

Deno.test("startWeb() reads no body", async () => {
  await using served = await Served.start();
  const path = `/cancel?id=1&token=${served.token}`;
  const { status } = await served.ask({ method: "POST", path, body: '{"id":1}' });
  assertEquals(status, 413);
  const endless = { "content-length": "99999999999" };
  assertEquals((await served.ask({ method: "POST", path, headers: endless })).status, 413);
  assertEquals(served.source.calls, []);
});

Deno.test("startWeb() survives what is no request at all", async () => {
  await using served = await Served.start();
  for (
    const bytes of [
      "\r\n\r\n",
      "\0\x01\xff",
      "GET",
      "GET / HTTP/9.9\r\n\r\n",
      "ps\n",
      "x".repeat(1e5),
    ]
  ) {
    using conn = await Deno.connect({ hostname: "127.0.0.1", port: Number(served.url.port) });
    await conn.write(new TextEncoder().encode(bytes));
  }
  const token = `?token=${served.token}`;
  for (
    const path of [`//evil.example/${token}`, `http://[${token}`, `*${token}`]
  ) {
    assert((await served.ask({ path })).status >= 400, path);
  }
  assertEquals((await served.ask()).status, 200);
});

Deno.test("startWeb() rejects if the port is taken", async () => {
  await using served = await Served.start();
  const failure = await Served.start({ port: Number(served.url.port) }).catch((error) => error);
  assert(failure instanceof Deno.errors.AddrInUse);
});

Deno.test("startWeb() rejects an empty token", async () => {
  await assertRejects(() => Served.start({ token: "" }), RangeError, "empty token");
});
