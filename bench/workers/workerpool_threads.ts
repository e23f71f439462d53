import workerpool from "npm:workerpool@10.0.3";
import { serve } from "./contestant.ts";

const pool = workerpool.pool({ workerType: "thread", minWorkers: 2, maxWorkers: 2 });
await serve({
  name: "workerpool 10.0.3, threads",
  echo: async <T>(value: T) => await pool.exec((value: T) => value, [value]) as T,
});
Deno.exit();
