/** Reads the lines of the file it is given, and says how many there were and how much memory that took. */
import { aopen } from "../../io/aopen.ts";
import { inKernel } from "../net/support.ts";

await inKernel(async () => {
  await using file = await aopen(Deno.args[0]);
  const before = Deno.memoryUsage().rss;
  let most = before;
  let lines = 0;
  for await (const _line of file) {
    if (++lines % 100_000 === 0) most = Math.max(most, Deno.memoryUsage().rss);
  }
  console.log(JSON.stringify({ lines, grown: most - before }));
});
