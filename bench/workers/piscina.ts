import { Piscina } from "npm:piscina@5.3.2";
import { serve } from "./contestant.ts";

const filename = new URL("./echo_worker.mjs", import.meta.url).href;
const pool = new Piscina({ filename, minThreads: 2, maxThreads: 2 });
await serve({ name: "piscina 5.3.2", echo: (value) => pool.run(value) });
Deno.exit();
