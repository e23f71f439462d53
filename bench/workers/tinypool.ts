import { Tinypool } from "npm:tinypool@2.2.0";
import { serve } from "./contestant.ts";

const filename = new URL("./echo_worker.mjs", import.meta.url).href;
const pool = new Tinypool({ filename, minThreads: 2, maxThreads: 2 });
await serve({ name: "tinypool 2.2.0", echo: (value) => pool.run(value) });
Deno.exit();
