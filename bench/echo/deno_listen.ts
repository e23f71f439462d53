// The baseline: an echo server on bare Deno. Prints its port.
async function echoClient(client: Deno.TcpConn): Promise<void> {
  using conn = client;
  const buffer = new Uint8Array(1000);
  for (;;) {
    const length = await conn.read(buffer);
    if (length === null) break;
    let sent = 0;
    while (sent < length) sent += await conn.write(buffer.subarray(sent, length));
  }
}

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
console.log(listener.addr.port);
for await (const client of listener) echoClient(client).catch(console.error);
