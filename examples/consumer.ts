// Prints what examples/producer.ts sends:
//   deno run --allow-net examples/consumer.ts [host] [port]
import { Channel, run } from "@curio/core";

async function consumer(channel: Channel) {
  await using connection = await channel.connect({ authkey: "peekaboo" });
  for (;;) {
    const message = await connection.recv();
    if (message === null) break;
    console.log("Got:", message);
  }
}

const [host = "localhost", port = "30000"] = Deno.args;
await using channel = new Channel([host, Number(port)]);
await run(consumer, channel);
