import { assertEquals } from "@std/assert";
import { Example } from "./example.ts";

/** Answers one client with `response`, and gives what it asked for. */
async function answer(listener: Deno.TcpListener, response: string): Promise<string> {
  using conn = await listener.accept();
  const buffer = new Uint8Array(1000);
  const request = new TextDecoder().decode(buffer.subarray(0, await conn.read(buffer) ?? 0));
  await conn.write(new TextEncoder().encode(response));
  return request;
}

Deno.test("http_get.ts: prints what the server sends, header and all", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const response = "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nGrüße\n";
  const answering = answer(listener, response);
  await using example = new Example("http_get.ts", {
    permissions: ["--allow-net=127.0.0.1"],
    args: ["127.0.0.1", String(listener.addr.port), "/greeting"],
  });
  assertEquals(await answering, "GET /greeting HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n");
  const { code } = await example.end();
  assertEquals([code, example.text], [0, `${response}\n`]);
});

Deno.test("http_get.ts: ends with the system's error where nobody listens", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  await using example = new Example("http_get.ts", {
    permissions: ["--allow-net=127.0.0.1"],
    args: ["127.0.0.1", String(port)],
  });
  const { code, errors } = await example.end();
  assertEquals([code, errors.includes("ConnectionRefused")], [1, true]);
});
