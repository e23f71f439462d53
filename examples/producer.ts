// Sends ten numbers to whoever connects with the key:
//   deno run --allow-net examples/producer.ts [host] [port]
// and in another terminal examples/consumer.ts, before or after.
import { Channel, run } from "@curio/core";

async function producer(channel: Channel) {
  await using connection = await channel.accept({ authkey: "peekaboo" });
  for (let n = 0; n < 10; n++) await connection.send(n);
  await connection.send(null);
}

const [host = "localhost", port = "30000"] = Deno.args;
await using channel = new Channel([host, Number(port)]);
console.log("Producing on port", channel.bind().port);
await run(producer, channel);
