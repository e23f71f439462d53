import { run, runInProcess } from "../../mod.ts";
import { serve } from "./contestant.ts";

await run(() =>
  serve({
    name: "@curio/core runInProcess, process",
    echo: <T>(value: T) => runInProcess({ isolate: "process" }, (value: T) => value, value),
  })
);
