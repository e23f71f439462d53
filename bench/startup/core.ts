// What a program has that imports `@curio/core`.
import { run, sleep } from "../../mod.ts";

await run(sleep, 0);
